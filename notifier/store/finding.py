"""Finding people by what operators have of them: an address, a pseudonym out of the log, a number out of an Alert;
also who was erased."""

from __future__ import annotations

import re

from sqlalchemy import Connection, select

from notifier.core.pseudonym import Pseudonyms, beginning_of
from notifier.core.subscription import Subscriber, SubscriberState
from notifier.store import erasing
from notifier.store import subscribers as stored
from notifier.store.tables import subscribers


def named(connection: Connection, text: str, *, pseudonyms: Pseudonyms) -> Subscriber | None:
    """Whoever has that address, pseudonym or number, or had that address before it was last erased.

    Raises ValueError when it is none of these.
    """
    beginning = beginning_of(text)
    if re.fullmatch(r"[1-9][0-9]{0,17}", text, re.ASCII):
        ids: tuple[int, ...] = (int(text),)
    elif beginning is None:
        found = stored.find(connection, text)
        ids = (found.id,) if found else erasing.erased_by(connection, text, pseudonyms=pseudonyms)[:1]
    else:
        ids = _called(connection, text.strip(), beginning, pseudonyms)
    return next(iter(stored.load(connection, ids).values()), None)


def _called(connection: Connection, text: str, beginning: str, pseudonyms: Pseudonyms) -> tuple[int, ...]:
    """Whom the log calls so. Nothing is stored of it while they are known, so that every address is hashed anew."""
    known = select(subscribers.c.id, subscribers.c.identity).where(
        subscribers.c.state != SubscriberState.ERASED
    )
    for row in connection.execute(known):
        if text in pseudonyms.persons(row.identity):
            return (row.id,)
    erased = select(subscribers.c.id).where(subscribers.c.pseudonym.startswith(beginning, autoescape=True))
    return tuple(connection.scalars(erased.order_by(subscribers.c.id.desc()).limit(1)))
