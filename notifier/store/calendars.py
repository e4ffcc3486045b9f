"""Private calendars: which of a Subscriber's calendar addresses works. The address itself is signed, not stored.

It names the Subscriber and a serial number; rotating raises the number, and the addresses before are gone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update

from notifier.core.answer import Party
from notifier.core.cadence import parse_cadence
from notifier.core.holder import GONE, Held, Holder, Mark, Retold
from notifier.core.subscription import Followed, Scope, SubscriberState, Topic
from notifier.core.text import Language
from notifier.core.timing import Timing
from notifier.store import marks
from notifier.store.tables import exclusions, subscribers, subscriptions

_KEEP_THEIRS = (SubscriberState.ACTIVE, SubscriberState.SUSPENDED)


def holders_of(connection: Connection, asked: Sequence[tuple[str, int]], *, timing: Timing) -> list[Held]:
    """Whose the calendars with these public ids and serials are (at most 30,000), in three queries.

    GONE when it was rotated or they left, None when nobody has that id.
    """
    found = connection.execute(_WANTED, {"ids": [public_id for public_id, _ in asked]})
    people = {row.public_id: row for row in found}
    marked = marks.marks_of(connection, {_party(row) for row in people.values()}, timing=timing)
    return [_held(people.get(public_id), serial, marked) for public_id, serial in asked]


def rotate(connection: Connection, subscriber_id: int, *, serial: int) -> bool:
    """Give a calendar its next address, if the one with this serial still works; answers whether it did.

    So pressing twice rotates once.
    """
    here = (subscribers.c.id == subscriber_id, subscribers.c.calendar_serial == serial)
    return bool(
        connection.execute(update(subscribers).where(*here).values(calendar_serial=serial + 1)).rowcount
    )


_FOLLOWED = (
    select(func.aggregate_strings(subscriptions.c.scope + ":" + subscriptions.c.target, " "))
    .where(subscriptions.c.subscriber_id == subscribers.c.id)
    .scalar_subquery()
)
_EXCLUDED = (
    select(func.aggregate_strings(exclusions.c.scope + ":" + exclusions.c.target, " "))
    .where(exclusions.c.subscriber_id == subscribers.c.id, exclusions.c.lifted_at.is_(None))
    .scalar_subquery()
)
_WANTED = select(
    subscribers.c.id,
    subscribers.c.vendor_id,
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
    _FOLLOWED.label("followed"),
    _EXCLUDED.label("excluded"),
).where(subscribers.c.public_id.in_(bindparam("ids", expanding=True)))


def _party(row: Any) -> Party:
    return Party(vendor=row.vendor_id) if row.vendor_id else Party(subscriber_id=row.id)


def _held(row: Any, serial: int, marked: Mapping[Party, tuple[Mark, ...]]) -> Held:
    if row is None or serial > row.calendar_serial:
        return None
    if serial < row.calendar_serial or row.state not in _KEEP_THEIRS:
        return GONE
    return Holder(
        followed=Followed(_topics(row.followed or ""), _topics(row.excluded or "")),
        language=Language(row.language),
        cadence=parse_cadence(row.cadence.split()) if row.cadence else None,
        cadence_since=row.cadence_since,
        since=row.changed_at or row.joined_at,
        retold=Retold(times=row.retold, at=row.retold_at),
        marks=marked.get(_party(row), ()),
    )


@lru_cache(maxsize=1024)
def _topics(followed: str) -> tuple[Topic, ...]:
    """Topics in one order, whichever the database gave them in; ids hold neither spaces nor colons."""
    named = (each.partition(":") for each in sorted(followed.split()))
    return tuple(Topic(Scope(scope), target) for scope, _, target in named)
