"""Whom a step concerns, as conditions on a Subscriber's row, `core.plan.concerns` in SQL; and the steps as rows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    String,
    Subquery,
    and_,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.types import TypeEngine

from notifier.core.answer import Party
from notifier.core.notice import NoticeKind, Step
from notifier.core.plan import FanOut
from notifier.core.subscription import SubscriberState, Topic
from notifier.store.columns import Instant
from notifier.store.following import followed_before, topic_followed, topics_covering, written
from notifier.store.given import given_once
from notifier.store.tables import subscribers, subscriptions

# As many steps in one statement, all of whose rows are sorted before any is written.
STEPS_TOGETHER = 200

STEP: Mapping[str, type[TypeEngine[Any]]] = {
    "deadline": String,
    "kind": String,
    "lead": String,
    "spoken": String,
    "revision": Integer,
    "due": Instant,
    "expires": Instant,
}
_TOPICS = ("topic", "service", "change")


def count_concerned(connection: Connection, fan_out: FanOut, *, of: Collection[Party] | None = None) -> int:
    """How many active Subscribers a step would be told to, of these Parties or of all."""
    counted = select(func.count()).select_from(subscribers).where(_is_told(fan_out))
    if of is not None:
        counted = counted.where(belongs_to(of))
    return connection.scalar(counted) or 0


def concerned_by_vendor(connection: Connection, fan_out: FanOut) -> dict[str, int]:
    """How many active Subscribers a step would be told to, by Vendor; those without one under ""."""
    counted = select(subscribers.c.vendor_id, func.count()).where(_is_told(fan_out))
    rows = connection.execute(counted.group_by(subscribers.c.vendor_id))
    return {vendor or "": number for vendor, number in rows}


def _is_told(fan_out: FanOut) -> ColumnElement[bool]:
    topics = [written(topic) for topic in topics_covering(fan_out.change_id, fan_out.service)]
    _, service, change = topics
    follows = exists().where(
        subscriptions.c.subscriber_id == subscribers.c.id,
        topic_followed().in_(topics),
        followed_before(service, change, fan_out.step.due),
    )
    return and_(subscribers.c.state == SubscriberState.ACTIVE, present(fan_out), follows)


def belongs_to(parties: Collection[Party]) -> ColumnElement[bool]:
    """The condition on a Subscriber's row under which one of these Parties answers for them."""
    vendors = {party.vendor for party in parties if party.vendor}
    people = {party.subscriber_id for party in parties if party.subscriber_id}
    alone = and_(subscribers.c.id.in_(people), subscribers.c.vendor_id.is_(None))
    return or_(subscribers.c.vendor_id.in_(vendors), alone)


def ids_of(parties: Collection[Party]) -> Select[tuple[int]]:
    """The ids of all Subscribers of these Parties, whatever their state."""
    return select(subscribers.c.id).where(belongs_to(parties))


def present(fan_out: FanOut) -> ColumnElement[bool]:
    """The condition on a Subscriber's row under which the step concerns them, if they follow its Change."""
    due = fan_out.step.due
    # Wrapped, lest SQLite read everybody by the state's index, in place of a slice.
    state = func.coalesce(subscribers.c.state, "")
    here = or_(
        state.in_([SubscriberState.ACTIVE, SubscriberState.SUSPENDED]),
        and_(state == SubscriberState.LEFT, subscribers.c.ended_at > due),
    )
    conditions = [subscribers.c.joined_at < due, here]
    if fan_out.cadence is not None:
        conditions.append(func.coalesce(subscribers.c.cadence, "") == fan_out.cadence)
    if fan_out.step.kind is NoticeKind.REMINDER:
        took_effect = subscribers.c.cadence_since
        conditions.append(or_(took_effect.is_(None), took_effect < due))
    return and_(*conditions)


def steps_by_topic(
    connection: Connection,
    steps: Iterable[tuple[Step, Sequence[Topic], Mapping[str, Any]]],
    *,
    beside: Mapping[str, type[TypeEngine[Any]]],
) -> Subquery:
    """Steps as rows of `topic`, `service`, `change` and STEP, each under all of its Topics.

    `service` and `change` are the Topics that may be excluded from the `topic`. The columns `beside` have what is
    given with each step besides.
    """
    rows = [
        {
            "topic": written(topic),
            "service": written(service),
            "change": written(change),
            **_row(step),
            **more,
        }
        for step, topics, more in steps
        for service, change in [topics[1:]]
        for topic in topics
    ]
    return given_once(connection, {**dict.fromkeys(_TOPICS, String), **STEP, **beside}, rows)


def _row(step: Step) -> dict[str, Any]:
    return {
        "deadline": step.deadline,
        "kind": step.kind.value,
        "lead": str(step.lead or ""),
        "spoken": step.spoken,
        "revision": step.revision,
        "due": step.due,
        "expires": step.expires,
    }
