"""Rewinding: what people chose by a clock that was ahead counts from when it is right again.

Who joined or followed meanwhile would else be told nothing until the time comes that the clock showed.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, Connection, Table, and_, update

from notifier.core.letter import CONFIRM_WITHIN
from notifier.core.message import MessageState
from notifier.core.notice import NoticeKind, Outcome
from notifier.store.tables import (
    asks,
    continuations,
    exclusions,
    messages,
    notices,
    subscribers,
    subscriptions,
)

_SINCE: tuple[tuple[Table, Column[datetime]], ...] = (
    (subscribers, subscribers.c.joined_at),
    (subscribers, subscribers.c.cadence_since),
    (subscriptions, subscriptions.c.since),
    (exclusions, exclusions.c.lifted_at),
    (continuations, continuations.c.since),
)


def rewind(connection: Connection, *, now: datetime) -> int:
    """Bring back to `now` what lies ahead of it: since when people subscribe, ask to, follow and have their Leads,
    where they stand as it is owed to them, and Messages made then; answers how many rows."""
    standing = and_(notices.c.kind == NoticeKind.STANDING, notices.c.outcome == Outcome.OWED)
    made_then = and_(messages.c.state == MessageState.PENDING, messages.c.created_at > now)
    statements = [update(table).where(since > now).values({since.name: now}) for table, since in _SINCE]
    asked_then = {"asked_at": now, "expires": now + CONFIRM_WITHIN}
    statements += [
        update(asks).where(asks.c.asked_at > now).values(asked_then),
        update(messages).where(made_then).values(created_at=now, not_before=now, state_at=now),
        update(notices).where(standing, notices.c.due > now).values(due=now),
    ]
    return sum(connection.execute(statement).rowcount for statement in statements)
