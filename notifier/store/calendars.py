"""Private calendars: whose a token is. Only the token's hash is stored, and each Subscriber has one that works.

The token stands in the calendar's address and is all it takes to read it, so it is random (256 bits) and can be
made anew at any time, which revokes the one before.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import Final, Literal

from sqlalchemy import Connection, insert, select, update

from notifier.core.subscription import Subscriber, SubscriberState
from notifier.store import subscribers
from notifier.store.tables import calendars

_TOKEN_BYTES = 32
_KEEP_THEIRS = (SubscriberState.ACTIVE, SubscriberState.SUSPENDED)


class Gone(Enum):
    """A token that worked once."""

    GONE = auto()


GONE: Final = Gone.GONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Whose a private calendar is. `since` is when they last chose anything that it shows."""

    subscriber: Subscriber
    since: datetime


def new_token(connection: Connection, subscriber_id: int, now: datetime) -> str:
    """A fresh token for a Subscriber's calendar; the one they had stops working."""
    theirs = calendars.c.subscriber_id == subscriber_id
    working = update(calendars).where(theirs, calendars.c.revoked_at.is_(None))
    connection.execute(working.values(revoked_at=now))
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    row = {
        "token_hash": _hash(token),
        "subscriber_id": subscriber_id,
        "created_at": now,
        "changed_at": now,
    }
    connection.execute(insert(calendars).values(row))
    return token


def subscriber_of(connection: Connection, token: str) -> Holder | Literal[Gone.GONE] | None:
    """Whose the token is; GONE when it was revoked or they left, None when there never was such a token."""
    chosen = select(calendars).where(calendars.c.token_hash == _hash(token))
    row = connection.execute(chosen).one_or_none()
    if row is None:
        return None
    found = subscribers.load(connection, [row.subscriber_id]).get(row.subscriber_id)
    if row.revoked_at is not None or found is None or found.state not in _KEEP_THEIRS:
        return GONE
    return Holder(subscriber=found, since=row.changed_at)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
