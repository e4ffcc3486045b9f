"""A copy that is put in force again: how it is known, and what it need not send a second time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, and_, delete, select, update

from notifier.core.notice import Outcome
from notifier.store import expiring
from notifier.store.copies import MARK
from notifier.store.tables import installation, notices

ALERT = "restored"


def take_mark(connection: Connection) -> datetime | None:
    """When this copy was made, None for an original. It is an original from now on."""
    marked = installation.c.key == MARK
    value = connection.scalar(select(installation.c.value).where(marked))
    connection.execute(delete(installation).where(marked))
    return datetime.fromisoformat(value) if value else None


def consider_told(connection: Connection, *, until: datetime, by: str, now: datetime) -> int:
    """Close what is owed and fell due by an instant, since the lost database had told it; answers how many."""
    owed = and_(notices.c.outcome == Outcome.OWED.value, notices.c.due <= until)
    reason = f"told before the database was restored, says {by}"[:200]
    values = {"outcome": Outcome.CANCELLED.value, "reason": reason, "decided_at": now}
    told = connection.execute(update(notices).where(owed).values(values)).rowcount
    expiring.close_emptied(connection, now=now)
    return told
