"""Promises in SQL: what is due of them is recorded for the Party's active Subscribers who follow the Change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnClause,
    Connection,
    Integer,
    String,
    Subquery,
    and_,
    column,
    exists,
    literal,
    or_,
    select,
    values,
)

from notifier.core.notice import Outcome
from notifier.core.promise import Promise
from notifier.core.subscription import SubscriberState
from notifier.store.concerned import topic_followed, topics_covering, written
from notifier.store.tables import notices, subscribers, subscriptions
from notifier.store.upsert import insert_into

_STEP = ("deadline", "kind", "lead", "spoken", "revision", "due", "expires")
_TOGETHER = 200


def record(connection: Connection, due: Sequence[Promise], *, now: datetime) -> int:
    """Make the Notices, each once whoever plans; answers how many were new. The next bundling takes them along."""
    chunks = (due[start : start + _TOGETHER] for start in range(0, len(due), _TOGETHER))
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
            *(steps.c[name] for name in _STEP),
            literal(Outcome.OWED.value),
            literal(now, notices.c.decided_at.type),
        )
        .select_from(steps.join(subscribers, theirs).join(subscriptions, followed))
        .where(subscribers.c.state == SubscriberState.ACTIVE, subscribers.c.joined_at < steps.c.due, ~told)
    )
    columns = ("subscriber_id", *_STEP, "outcome", "decided_at")
    statement = insert_into(connection, notices).from_select(columns, chosen).on_conflict_do_nothing()
    return connection.execute(statement).rowcount


def _steps(due: Sequence[Promise]) -> Subquery:
    """The steps as rows, each under every Topic that covers its Change."""
    columns: list[ColumnClause[Any]] = [
        column("topic", String),
        column("vendor", String),
        column("person", Integer),
        *(column(name, notices.c[name].type) for name in _STEP),
    ]
    given = values(*columns, name="given").data(list(_rows(due))).cte("given", nesting=True)
    return select(given).subquery("step")


def _rows(due: Sequence[Promise]) -> Iterator[tuple[Any, ...]]:
    for promise in due:
        step = promise.step
        for topic in topics_covering(promise.change.id, promise.change.service):
            yield (
                written(topic),
                promise.party.vendor,
                promise.party.subscriber_id,
                step.deadline,
                step.kind.value,
                str(step.lead or ""),
                step.spoken,
                step.revision,
                step.due,
                # With its type, since PostgreSQL takes a column of nothing but NULL for text.
                literal(step.expires, notices.c.expires.type),
            )
