"""Promises in SQL: what is due of them is recorded for the Party's active Subscribers who follow the Change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    String,
    Subquery,
    and_,
    exists,
    func,
    literal,
    or_,
    select,
)

from notifier.core.notice import Outcome
from notifier.core.promise import Promise
from notifier.core.subscription import SubscriberState
from notifier.store.concerned import STEP, STEPS_TOGETHER, steps_by_topic
from notifier.store.following import followed_before, topic_followed, topics_covering
from notifier.store.tables import notices, subscribers, subscriptions
from notifier.store.upsert import insert_into


def record(connection: Connection, due: Sequence[Promise], *, now: datetime) -> int:
    """Make the Notices, each once whoever plans; answers how many were new. The next bundling takes them along."""
    return sum(_record(connection, together, now) for together in _chunks(due))


def count_told(connection: Connection, promised: Sequence[Promise]) -> dict[tuple[str, int], int]:
    """How many people are to be told of each of these promises and have not been, by kind and the Answer's id."""
    return {
        (row.kind, row.revision): row.people
        for together in _chunks(promised)
        for row in connection.execute(_counted(connection, together))
    }


def _chunks(promised: Sequence[Promise]) -> Iterator[Sequence[Promise]]:
    return (promised[start : start + STEPS_TOGETHER] for start in range(0, len(promised), STEPS_TOGETHER))


def _record(connection: Connection, due: Sequence[Promise], now: datetime) -> int:
    steps = _steps(connection, due)
    chosen = _told(
        steps,
        subscribers.c.id,
        *(steps.c[name] for name in STEP),
        literal(Outcome.OWED.value),
        literal(now, notices.c.decided_at.type),
    )
    columns = ("subscriber_id", *STEP, "outcome", "decided_at")
    statement = insert_into(connection, notices).from_select(columns, chosen).on_conflict_do_nothing()
    return connection.execute(statement).rowcount


def _counted(connection: Connection, promised: Sequence[Promise]) -> Select[Any]:
    steps = _steps(connection, promised)
    key = (steps.c.kind, steps.c.revision)
    people = func.count(subscribers.c.id.distinct()).label("people")
    return _told(steps, *key, people).group_by(*key)


def _told(steps: Subquery, *wanted: ColumnElement[Any]) -> Select[Any]:
    """A row for everybody whom a promise is to be told to and was not, and each Topic by which they follow it."""
    theirs = or_(
        subscribers.c.vendor_id == steps.c.vendor,
        and_(subscribers.c.id == steps.c.person, subscribers.c.vendor_id.is_(None)),
    )
    followed = and_(
        subscriptions.c.subscriber_id == subscribers.c.id,
        topic_followed() == steps.c.topic,
        followed_before(steps.c.service, steps.c.change, steps.c.due),
    )
    # Under another Deadline as well: what the promise looked to before may be over by now.
    told = exists().where(
        notices.c.subscriber_id == subscribers.c.id,
        notices.c.kind == steps.c.kind,
        notices.c.revision == steps.c.revision,
    )
    return (
        select(*wanted)
        .select_from(steps.join(subscribers, theirs).join(subscriptions, followed))
        .where(
            subscribers.c.state == SubscriberState.ACTIVE,
            subscribers.c.joined_at < steps.c.due,
            ~told,
        )
    )


def _steps(connection: Connection, due: Sequence[Promise]) -> Subquery:
    return steps_by_topic(
        connection,
        (
            (
                promise.step,
                topics_covering(promise.change.id, promise.change.service),
                {"vendor": promise.party.vendor, "person": promise.party.subscriber_id},
            )
            for promise in due
        ),
        beside={"vendor": String, "person": BigInteger},
    )
