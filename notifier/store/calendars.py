"""Private calendars: which of a Subscriber's calendar addresses works. The address itself is signed, not stored.

It names the Subscriber and a serial number; rotating raises the number, and the addresses before are gone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from notifier.core.cadence import parse_cadence
from notifier.core.holder import GONE, Held, Holder, Retold
from notifier.core.subscription import Scope, SubscriberState, Topic
from notifier.core.text import Language
from notifier.store.tables import subscribers, subscriptions

_KEEP_THEIRS = (SubscriberState.ACTIVE, SubscriberState.SUSPENDED)


def holders_of(connection: Connection, asked: Sequence[tuple[str, int]]) -> list[Held]:
    """Whose the calendars with these public ids and serials are (at most 30,000), in one query.

    GONE when it was rotated or they left, None when nobody has that id.
    """
    people: dict[str, Any] = {}
    topics: dict[str, list[Topic]] = {}
    for row in connection.execute(_WANTED, {"ids": [public_id for public_id, _ in asked]}):
        people[row.public_id] = row
        if row.scope is not None:
            topics.setdefault(row.public_id, []).append(Topic(Scope(row.scope), row.target))
    return [
        _held(people.get(public_id), serial, tuple(topics.get(public_id, ()))) for public_id, serial in asked
    ]


def rotate(connection: Connection, subscriber_id: int, *, serial: int) -> bool:
    """Give a calendar its next address, if the one with this serial still works; answers whether it did.

    So pressing twice rotates once.
    """
    here = (subscribers.c.id == subscriber_id, subscribers.c.calendar_serial == serial)
    return bool(
        connection.execute(update(subscribers).where(*here).values(calendar_serial=serial + 1)).rowcount
    )


_WANTED = (
    select(
        subscribers.c.public_id,
        subscribers.c.state,
        subscribers.c.calendar_serial,
        subscribers.c.language,
        subscribers.c.cadence,
        subscribers.c.cadence_since,
        subscribers.c.joined_at,
        subscribers.c.changed_at,
        subscribers.c.retold,
        subscribers.c.retold_at,
        subscriptions.c.scope,
        subscriptions.c.target,
    )
    .outerjoin(subscriptions, subscriptions.c.subscriber_id == subscribers.c.id)
    .where(subscribers.c.public_id.in_(bindparam("ids", expanding=True)))
    .order_by(subscribers.c.id, subscriptions.c.scope, subscriptions.c.target)
)


def _held(row: Any, serial: int, topics: tuple[Topic, ...]) -> Held:
    if row is None or serial > row.calendar_serial:
        return None
    if serial < row.calendar_serial or row.state not in _KEEP_THEIRS:
        return GONE
    return Holder(
        topics=topics,
        language=Language(row.language),
        cadence=parse_cadence(row.cadence.split()) if row.cadence else None,
        cadence_since=row.cadence_since,
        since=row.changed_at or row.joined_at,
        retold=Retold(times=row.retold, at=row.retold_at),
    )
