"""Promises in SQL: what is due of them is recorded for the Party's active Subscribers who follow the Change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Integer, String, Subquery, and_, column, exists, literal, or_, select

from notifier.core.notice import Outcome
from notifier.core.promise import Promise
from notifier.core.subscription import SubscriberState
from notifier.store.concerned import STEP, STEPS_TOGETHER, steps_by_topic, topic_followed, topics_covering
from notifier.store.tables import notices, subscribers, subscriptions
from notifier.store.upsert import insert_into


def record(connection: Connection, due: Sequence[Promise], *, now: datetime) -> int:
    """Make the Notices, each once whoever plans; answers how many were new. The next bundling takes them along."""
    chunks = (due[start : start + STEPS_TOGETHER] for start in range(0, len(due), STEPS_TOGETHER))
    return sum(_record(connection, together, now) for together in chunks)


def _record(connection: Connection, due: Sequence[Promise], now: datetime) -> int:
    steps = _steps(due)
    theirs = or_(
        subscribers.c.vendor_id == steps.c.vendor,
        and_(subscribers.c.id == steps.c.person, subscribers.c.vendor_id.is_(None)),
    )
    followed = and_(
        subscriptions.c.subscriber_id == subscribers.c.id,
        topic_followed() == steps.c.topic,
        subscriptions.c.since < steps.c.due,
    )
    # Under another Deadline as well: what the promise looked to before may be over by now.
    told = exists().where(
        notices.c.subscriber_id == subscribers.c.id,
        notices.c.kind == steps.c.kind,
        notices.c.revision == steps.c.revision,
    )
    chosen = (
        select(
            subscribers.c.id,
            *(steps.c[name] for name in STEP),
            literal(Outcome.OWED.value),
            literal(now, notices.c.decided_at.type),
        )
        .select_from(steps.join(subscribers, theirs).join(subscriptions, followed))
        .where(subscribers.c.state == SubscriberState.ACTIVE, subscribers.c.joined_at < steps.c.due, ~told)
    )
    columns = ("subscriber_id", *STEP, "outcome", "decided_at")
    statement = insert_into(connection, notices).from_select(columns, chosen).on_conflict_do_nothing()
    return connection.execute(statement).rowcount


def _steps(due: Sequence[Promise]) -> Subquery:
    return steps_by_topic(
        (
            (
                promise.step,
                topics_covering(promise.change.id, promise.change.service),
                (promise.party.vendor, promise.party.subscriber_id),
            )
            for promise in due
        ),
        beside=[column("vendor", String), column("person", Integer)],
    )
