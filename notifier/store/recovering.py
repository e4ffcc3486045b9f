"""Taking back what dead owners left in the Outbox."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, case, or_, update

from notifier.core.backoff import AMBIGUOUS_WAIT
from notifier.core.letter import KEEPS_WHERE_IT_WENT
from notifier.core.message import MOST_COPIES, MessageState
from notifier.store.engine import database_now
from notifier.store.tables import messages


def recover(
    connection: Connection, *, dead: Collection[int] | None, mine: int, now: datetime
) -> tuple[int, tuple[int, ...]]:
    """Take back what dead owners left; answers how many wait again, and the ids that became unknown.

    `dead` are the nodes known to be dead; None means that every node but `mine` is (SQLite's one sender).
    Otherwise an owner is dead when its lease has run out by the database's clock.
    """
    gone = messages.c.owner != mine if dead is None else messages.c.owner.in_(dead)
    left = or_(gone, messages.c.lease_until < database_now(connection.dialect.name))
    freed: dict[str, Any] = {
        "owner": None,
        "lease_until": None,
        "token": messages.c.token + 1,
        "state_at": now,
    }
    claimed = and_(messages.c.state == MessageState.CLAIMED, left)
    waiting = {**freed, "state": MessageState.PENDING.value}
    again = connection.execute(update(messages).where(claimed).values(waiting)).rowcount
    transmitting = and_(messages.c.state == MessageState.TRANSMITTING, left)
    once = and_(transmitting, messages.c.copies < MOST_COPIES)
    later = {
        **waiting,
        "not_before": now + AMBIGUOUS_WAIT,
        "last_reply": "the sender died during transmission",
    }
    again += connection.execute(update(messages).where(once).values(later)).rowcount
    kept = case((messages.c.letter.in_(sorted(KEEPS_WHERE_IT_WENT)), messages.c.letter_to))
    lost = {**freed, "state": MessageState.UNKNOWN.value, "letter_to": kept}
    unknown = connection.scalars(update(messages).where(transmitting).values(lost).returning(messages.c.id))
    return again, tuple(unknown)
