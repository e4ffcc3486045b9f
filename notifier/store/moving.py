"""Moving a Subscriber to another address."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, exists, select, update
from sqlalchemy.exc import IntegrityError

from notifier.core.address import identity_of, normal_address
from notifier.core.subscription import SubscriberState
from notifier.store import pruning
from notifier.store.outbox import recall
from notifier.store.tables import subscribers


def is_taken(connection: Connection, address: str) -> bool:
    """Whether somebody has confirmed that address, now or once. Raises ValueError when it is none."""
    confirmed = exists().where(
        subscribers.c.identity == identity_of(address), subscribers.c.state != SubscriberState.PENDING
    )
    return bool(connection.scalar(select(confirmed)))


def move(connection: Connection, subscriber_id: int, *, address: str, now: datetime) -> bool:
    """Write to this address from now on; False when it is somebody's, or they are not active.

    Who only awaits confirmation gives way. What the old mailbox holds ends: every link, the private calendar's
    address, and mails that were composed for it and are not on the wire.
    """
    identity = identity_of(address)
    pending = select(subscribers.c.id).where(
        subscribers.c.identity == identity, subscribers.c.state == SubscriberState.PENDING
    )
    pruning.forget_pending(connection, list(connection.scalars(pending)))
    if connection.scalar(select(exists().where(subscribers.c.identity == identity))):
        return False
    here = (subscribers.c.id == subscriber_id, subscribers.c.state == SubscriberState.ACTIVE)
    values = {
        "address": normal_address(address),
        "identity": identity,
        "score": 0,
        "generation": subscribers.c.generation + 1,
        "calendar_serial": subscribers.c.calendar_serial + 1,
        "moves": subscribers.c.moves + 1,
    }
    try:
        # Somebody may take the address just now: only the table knows who was first.
        with connection.begin_nested():
            moved = connection.execute(update(subscribers).where(*here).values(values)).rowcount
    except IntegrityError:
        return False
    if not moved:
        return False
    recall(connection, [subscriber_id], now=now)
    return True
