"""Leaving and being suspended; `store.erasing` forgets people.

Whoever leaves or is suspended is sent nothing more: what was owed is closed with that outcome, and Messages
not yet on the wire are cancelled, in the transaction that ends the Subscriber. A Message being transmitted
goes on, for its copy may have been accepted already.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, delete, exists, select, update

from notifier.core.message import MessageState
from notifier.core.notice import Outcome
from notifier.core.subscription import SubscriberState
from notifier.store import alerts, owing
from notifier.store.tables import asks, messages, notices, subscribers

_NOT_ON_THE_WIRE = (MessageState.PENDING, MessageState.CLAIMED)


def leave(
    connection: Connection,
    *,
    why: str,
    now: datetime,
    subscriber_id: int | None = None,
    public_id: str | None = None,
) -> bool:
    """End a Subscriber, found by id or by the id in their links; answers whether anything changed.

    Twice is harmless.
    """
    here = subscribers.c.id == subscriber_id if public_id is None else subscribers.c.public_id == public_id
    stays = subscribers.c.state.in_([SubscriberState.ACTIVE, SubscriberState.SUSPENDED])
    values = {"state": SubscriberState.LEFT.value, "ended_at": now, "ended_why": why[:200]}
    return _end(connection, and_(here, stays), values, outcome=Outcome.LEFT, now=now)


def suspend(connection: Connection, *, subscriber_id: int, why: str, now: datetime) -> bool:
    """Send an active Subscriber nothing until they are resumed; answers whether anything changed."""
    here = and_(subscribers.c.id == subscriber_id, subscribers.c.state == SubscriberState.ACTIVE)
    values = {"state": SubscriberState.SUSPENDED.value, "ended_at": now, "ended_why": why[:200]}
    return _end(connection, here, values, outcome=Outcome.SUSPENDED, now=now)


def resume(connection: Connection, *, subscriber_id: int, now: datetime) -> bool:
    """End a suspension; answers whether anything changed.

    What fell due meanwhile is not sent. They are told where they stand instead, within the hours, and after a pause
    that they chose once it is over.
    """
    suspended = and_(subscribers.c.id == subscriber_id, subscribers.c.state == SubscriberState.SUSPENDED)
    values = {"state": SubscriberState.ACTIVE.value, "ended_at": None, "ended_why": None, "score": 0}
    resumed = update(subscribers).where(suspended).values(values).returning(subscribers.c.generation)
    generation = connection.scalar(resumed)
    if generation is None:
        return False
    owing.tell_where_they_stand(connection, subscriber_id, generation=generation, after="resuming", now=now)
    return True


def _end(
    connection: Connection, condition: Any, values: Mapping[str, Any], *, outcome: Outcome, now: datetime
) -> bool:
    values = {**values, "paused_until": None}
    ended = update(subscribers).where(condition).values(values)
    row = connection.execute(ended.returning(subscribers.c.id, subscribers.c.vendor_id)).one_or_none()
    if row is None:
        return False
    subscriber_id = row.id
    if row.vendor_id is not None:
        _tell_of_last_contact(connection, row.vendor_id, now)
    _cancel_messages(connection, subscriber_id, now)
    connection.execute(delete(asks).where(asks.c.subscriber_id == subscriber_id))
    _close_notices(connection, subscriber_id, outcome, now)
    return True


def _tell_of_last_contact(connection: Connection, vendor_id: str, now: datetime) -> None:
    """Nobody is kept against their will, but operators must know when a Vendor has nobody left to tell."""
    another = exists().where(
        subscribers.c.vendor_id == vendor_id, subscribers.c.state == SubscriberState.ACTIVE
    )
    if connection.scalar(select(another)):
        return
    text = (
        f"The vendor {vendor_id} has nobody left who is told of changes: its last contact left or cannot be"
        f" reached. Find another, then: notifier subscribers add ADDRESS --vendor {vendor_id}"
    )
    alerts.raise_alert(connection, key=f"contactless:{vendor_id}", text=text, now=now)


def _cancel_messages(connection: Connection, subscriber_id: int, now: datetime) -> None:
    waiting = and_(messages.c.subscriber_id == subscriber_id, messages.c.state.in_(_NOT_ON_THE_WIRE))
    values = {
        "state": MessageState.CANCELLED.value,
        "owner": None,
        "lease_until": None,
        "letter_to": None,
        "last_reply": "the subscriber left or was suspended",
        "state_at": now,
    }
    connection.execute(update(messages).where(waiting).values(values))


def _close_notices(connection: Connection, subscriber_id: int, outcome: Outcome, now: datetime) -> None:
    on_the_wire = exists().where(
        messages.c.id == notices.c.message_id, messages.c.state == MessageState.TRANSMITTING
    )
    owed = and_(notices.c.subscriber_id == subscriber_id, notices.c.outcome == Outcome.OWED, ~on_the_wire)
    values = {"outcome": outcome.value, "reason": f"the subscriber is {outcome}", "decided_at": now}
    connection.execute(update(notices).where(owed).values(values))
