"""Forgetting what serves nobody any more. The Ledger itself is never pruned here."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, and_, delete, exists

from notifier.core.message import MessageState
from notifier.store.engine import database_now
from notifier.store.tables import alerts, attempts, messages, nodes

NODE_SILENT_SECONDS = 24 * 3600.0

_ON_THEIR_WAY = [MessageState.PENDING, MessageState.CLAIMED, MessageState.TRANSMITTING]


def forget_attempts(connection: Connection, *, before: datetime) -> int:
    """Transmissions of Messages that ended before an instant."""
    ended = exists().where(
        messages.c.id == attempts.c.message_id,
        messages.c.state.not_in(_ON_THEIR_WAY),
        messages.c.state_at < before,
    )
    return connection.execute(delete(attempts).where(ended)).rowcount


def forget_alerts(connection: Connection, *, before: datetime) -> int:
    """Alerts that were resolved before an instant."""
    return connection.execute(delete(alerts).where(alerts.c.resolved_at < before)).rowcount


def forget_nodes(connection: Connection) -> int:
    """Nodes unseen for a day by the database's clock that own nothing in the Outbox."""
    silent = nodes.c.seen < database_now(connection.dialect.name) - NODE_SILENT_SECONDS
    owns = exists().where(messages.c.owner == nodes.c.id, messages.c.state.in_(_ON_THEIR_WAY))
    return connection.execute(delete(nodes).where(and_(silent, ~owns))).rowcount
