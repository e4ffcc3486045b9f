"""Responses: Letters that answer a mail, at most one within an hour to an address, so that no two machines talk,
and few a day, since whoever writes may use another's name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from notifier.core.caps import CapScope
from notifier.core.letter import LetterKind
from notifier.core.pseudonym import Pseudonyms
from notifier.store import holding, letters
from notifier.store.caps import spend
from notifier.store.tables import messages

RESPONSES = (LetterKind.STATUS, LetterKind.HELP, LetterKind.LEAVING, LetterKind.ASK_AGAIN)
WAIT = timedelta(hours=1)


def put(
    connection: Connection,
    subscriber_id: int,
    kind: LetterKind,
    *,
    counted: Mapping[CapScope, str],
    pseudonyms: Pseudonyms,
    now: datetime,
) -> CapScope | None:
    """Answer a mail, unless a Cap refuses; says which, None when it is answered.

    `counted` is what the answer is counted by. That one was answered within the hour is the Cap of responses too.
    Whoever wants to leave is asked whatever else was answered: nobody is kept by what others ask in their name.
    """
    # Two mails at the same time wait for each other here.
    holding.hold_people(connection, [subscriber_id])
    alike = (kind,) if kind is LetterKind.LEAVING else RESPONSES
    answered = select(messages.c.id).where(
        messages.c.subscriber_id == subscriber_id,
        messages.c.letter.in_(alike),
        messages.c.created_at > now - WAIT,
    )
    if connection.execute(answered.limit(1)).first() is not None:
        return CapScope.RESPONSE
    refusing = spend(connection, counted, pseudonyms=pseudonyms, today=now.date())
    if refusing is None:
        letters.put(connection, subscriber_id, kind, now=now)
    return refusing
