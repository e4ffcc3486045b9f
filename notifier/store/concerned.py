"""Whom a step concerns, as conditions on a Subscriber's row, `core.plan.concerns` in SQL; and the steps as rows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import (
    ColumnClause,
    ColumnElement,
    Connection,
    Select,
    String,
    Subquery,
    and_,
    column,
    exists,
    func,
    literal,
    or_,
    select,
    values,
)

from notifier.core.answer import Party
from notifier.core.notice import NoticeKind, Step
from notifier.core.plan import FanOut
from notifier.core.subscription import SubscriberState, Topic
from notifier.store.following import followed_before, topic_followed, topics_covering, written
from notifier.store.tables import notices, subscribers, subscriptions

# As many steps in one statement: each takes three rows of up to twelve values, and SQLite has room for 32,766 of them.
STEPS_TOGETHER = 200

STEP = ("deadline", "kind", "lead", "spoken", "revision", "due", "expires")


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
    steps: Iterable[tuple[Step, Sequence[Topic], Sequence[Any]]], *, beside: Sequence[ColumnClause[Any]]
) -> Subquery:
    """STEPS_TOGETHER steps at most as rows of `topic`, `service`, `change` and STEP, each under all of its Topics.

    `service` and `change` are the Topics that may be excluded from the `topic`. The columns `beside` have what is
    given with each step besides.
    """
    columns = [
        *(column(name, String) for name in ("topic", "service", "change")),
        *(column(name, notices.c[name].type) for name in STEP),
        *beside,
    ]
    rows = [
        (written(topic), *map(written, topics[1:]), *_row(step), *more)
        for step, topics, more in steps
        for topic in topics
    ]
    # Nested, since a statement must begin with INSERT for SQLite's driver to count its rows.
    given = values(*columns, name="given").data(rows).cte("given", nesting=True)
    return select(given).subquery("step")


def _row(step: Step) -> tuple[Any, ...]:
    return (
        step.deadline,
        step.kind.value,
        str(step.lead or ""),
        step.spoken,
        step.revision,
        step.due,
        # With its type, since PostgreSQL takes a column of nothing but NULL for text.
        literal(step.expires, notices.c.expires.type),
    )
