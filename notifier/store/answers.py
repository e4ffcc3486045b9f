"""Answers: Letters that answer a mail, at most one within an hour to an address, so that no two machines talk."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from notifier.core.letter import LetterKind
from notifier.store import letters
from notifier.store.tables import messages, subscribers

ANSWERS = (LetterKind.STATUS, LetterKind.HELP)
WAIT = timedelta(hours=1)


def put(connection: Connection, subscriber_id: int, kind: LetterKind, *, now: datetime) -> bool:
    """Answer a mail unless one was answered within the hour; says whether it is answered."""
    # Two mails at the same time wait for each other here.
    connection.execute(select(subscribers.c.id).where(subscribers.c.id == subscriber_id).with_for_update())
    answered = select(messages.c.id).where(
        messages.c.subscriber_id == subscriber_id,
        messages.c.letter.in_(ANSWERS),
        messages.c.created_at > now - WAIT,
    )
    if connection.execute(answered.limit(1)).first() is not None:
        return False
    letters.put(connection, subscriber_id, kind, now=now)
    return True
