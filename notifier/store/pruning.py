"""Forgetting what serves nobody any more. The Ledger itself is never pruned: its key is what keeps anything from
being told twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, select, update

from notifier.core.message import ON_THEIR_WAY, MessageState
from notifier.core.notice import Outcome
from notifier.core.retention import FORGETTABLE
from notifier.core.subscription import SubscriberState
from notifier.store import holding
from notifier.store.engine import database_now
from notifier.store.tables import alerts, asks, attempts, caps, messages, nodes, notices, subscribers

NODE_SILENT_SECONDS = 24 * 3600.0
MOST_AT_ONCE = 5_000


def forget_messages(connection: Connection, *, before: datetime, limit: int) -> int:
    """Messages over since before an instant, with their transmissions; answers how many.

    It repeats `core.retention.may_forget_message` in SQL; a property test holds the two together.
    """
    owes = exists().where(notices.c.message_id == messages.c.id, notices.c.outcome == Outcome.OWED)
    chosen = select(messages.c.id).where(_is_over(before), ~owes).limit(limit)
    ids = list(connection.scalars(chosen))
    if not ids:
        return 0
    connection.execute(update(notices).where(notices.c.message_id.in_(ids)).values(message_id=None))
    return connection.execute(delete(messages).where(messages.c.id.in_(ids))).rowcount


def forget_attempts(connection: Connection, *, before: datetime, limit: int) -> int:
    """Transmissions of Messages over since before an instant; answers how many."""
    of_message = attempts.join(messages, messages.c.id == attempts.c.message_id)
    chosen = select(attempts.c.id).select_from(of_message).where(_is_over(before)).limit(limit)
    ids = list(connection.scalars(chosen))
    return connection.execute(delete(attempts).where(attempts.c.id.in_(ids))).rowcount if ids else 0


def forget_replies(connection: Connection, *, before: datetime, limit: int) -> int:
    """What servers replied to Messages over since before an instant, where it stands in these; answers how many.

    A server likes to repeat the address, and a Message may be kept for longer.
    """
    said = select(messages.c.id).where(_is_over(before), messages.c.last_reply != "").limit(limit)
    ids = list(connection.scalars(said))
    blank = update(messages).where(messages.c.id.in_(ids)).values(last_reply="")
    return connection.execute(blank).rowcount if ids else 0


def _is_over(before: datetime) -> ColumnElement[bool]:
    """Ended before an instant, for good. By `not_before` as well, which has an index."""
    return and_(
        messages.c.state.in_(FORGETTABLE), messages.c.not_before < before, messages.c.state_at < before
    )


def forget_unconfirmed(connection: Connection, *, before: datetime) -> int:
    """Wishes asked before an instant that nobody confirmed, and the addresses that were only ever asked.

    Answers how many rows.
    """
    count = connection.execute(delete(asks).where(asks.c.asked_at < before)).rowcount
    asked = exists().where(asks.c.subscriber_id == subscribers.c.id)
    stale = and_(subscribers.c.state == SubscriberState.PENDING, subscribers.c.joined_at < before, ~asked)
    ids = connection.scalars(select(subscribers.c.id).where(stale).limit(MOST_AT_ONCE)).all()
    if not ids:
        return count
    holding.hold_people(connection, ids)
    # Whoever was asking anew at this instant was waited for, and has a wish by now.
    still = select(subscribers.c.id).where(stale, subscribers.c.id.in_(ids))
    return count + forget_pending(connection, connection.scalars(still).all())


def forget_pending(connection: Connection, ids: Sequence[int]) -> int:
    """These addresses, which nobody confirmed, with their Letters; answers how many addresses.

    One whose Letter is on the wire is left for another time: the server's word on it needs its row.
    """
    holding.hold_people(connection, ids)
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
    owns = exists().where(messages.c.owner == nodes.c.id, messages.c.state.in_(ON_THEIR_WAY))
    return connection.execute(delete(nodes).where(and_(silent, ~owns))).rowcount
