"""Forgetting what serves nobody any more. The Ledger itself is never pruned here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Connection, and_, delete, exists, select

from notifier.core.message import MessageState
from notifier.core.subscription import SubscriberState
from notifier.store.engine import database_now
from notifier.store.tables import alerts, asks, attempts, caps, messages, nodes, subscribers

NODE_SILENT_SECONDS = 24 * 3600.0
MOST_AT_ONCE = 5_000

_ON_THEIR_WAY = [MessageState.PENDING, MessageState.CLAIMED, MessageState.TRANSMITTING]


def forget_attempts(connection: Connection, *, before: datetime) -> int:
    """Transmissions of Messages that ended before an instant."""
    ended = exists().where(
        messages.c.id == attempts.c.message_id,
        messages.c.state.not_in(_ON_THEIR_WAY),
        messages.c.state_at < before,
    )
    return connection.execute(delete(attempts).where(ended)).rowcount


def forget_unconfirmed(connection: Connection, *, before: datetime) -> int:
    """Wishes asked before an instant that nobody confirmed, and the addresses that were only ever asked.

    Answers how many rows.
    """
    count = connection.execute(delete(asks).where(asks.c.asked_at < before)).rowcount
    asked = exists().where(asks.c.subscriber_id == subscribers.c.id)
    stale = and_(subscribers.c.state == SubscriberState.PENDING, subscribers.c.joined_at < before, ~asked)
    ids = list(connection.scalars(select(subscribers.c.id).where(stale).limit(MOST_AT_ONCE)))
    return count + forget_pending(connection, ids)


def forget_pending(connection: Connection, ids: Sequence[int]) -> int:
    """These addresses, which nobody confirmed, with their Letters; answers how many addresses.

    One whose Letter is on the wire is left for another time: the server's word on it needs its row.
    """
    pending = and_(subscribers.c.id.in_(ids), subscribers.c.state == SubscriberState.PENDING)
    idle = messages.c.state.not_in([MessageState.CLAIMED, MessageState.TRANSMITTING])
    theirs = messages.c.subscriber_id.in_(select(subscribers.c.id).where(pending))
    connection.execute(delete(messages).where(theirs, idle))
    has_letter = exists().where(messages.c.subscriber_id == subscribers.c.id)
    return connection.execute(delete(subscribers).where(pending, ~has_letter)).rowcount


def forget_caps(connection: Connection, *, before: date) -> int:
    """Counts of days before one."""
    return connection.execute(delete(caps).where(caps.c.day < before)).rowcount


def forget_alerts(connection: Connection, *, before: datetime) -> int:
    """Alerts that were resolved before an instant."""
    return connection.execute(delete(alerts).where(alerts.c.resolved_at < before)).rowcount


def forget_nodes(connection: Connection) -> int:
    """Nodes unseen for a day by the database's clock that own nothing in the Outbox."""
    silent = nodes.c.seen < database_now(connection.dialect.name) - NODE_SILENT_SECONDS
    owns = exists().where(messages.c.owner == nodes.c.id, messages.c.state.in_(_ON_THEIR_WAY))
    return connection.execute(delete(nodes).where(and_(silent, ~owns))).rowcount
