"""Private calendars: which of a Subscriber's calendar addresses works. The address itself is signed, not stored.

It names the Subscriber and a serial number; rotating raises the number, and the addresses before are gone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import Final, Literal

from sqlalchemy import Connection, select, update

from notifier.core.subscription import Subscriber, SubscriberState
from notifier.store import subscribers
from notifier.store.tables import subscribers as people

_KEEP_THEIRS = (SubscriberState.ACTIVE, SubscriberState.SUSPENDED)


class Gone(Enum):
    """An address that worked once."""

    GONE = auto()


GONE: Final = Gone.GONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Whose a private calendar is. `since` is when they last chose anything that it shows."""

    subscriber: Subscriber
    since: datetime


def holder_of(connection: Connection, *, public_id: str, serial: int) -> Holder | Literal[Gone.GONE] | None:
    """Whose the calendar is; GONE when it was rotated or they left, None when nobody has that id."""
    found = subscribers.by_public_id(connection, public_id)
    if found is None or serial > found.calendar_serial:
        return None
    if serial < found.calendar_serial or found.state not in _KEEP_THEIRS:
        return GONE
    changed = connection.scalar(select(people.c.changed_at).where(people.c.id == found.id))
    return Holder(subscriber=found, since=changed or found.joined_at)


def rotate(connection: Connection, subscriber_id: int, *, serial: int) -> bool:
    """Give a calendar its next address, if the one with this serial still works; answers whether it did.

    So pressing twice rotates once.
    """
    here = (people.c.id == subscriber_id, people.c.calendar_serial == serial)
    return bool(connection.execute(update(people).where(*here).values(calendar_serial=serial + 1)).rowcount)
