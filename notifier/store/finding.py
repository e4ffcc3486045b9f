"""Finding people by what operators have of them: an address, or a pseudonym out of the log; also who was erased."""

from __future__ import annotations

from sqlalchemy import Connection, select

from notifier.core.pseudonym import Pseudonyms, beginning_of
from notifier.core.subscription import Subscriber, SubscriberState
from notifier.store import erasing
from notifier.store import subscribers as stored
from notifier.store.tables import subscribers


def named(connection: Connection, text: str, *, pseudonyms: Pseudonyms) -> Subscriber | None:
    """Whoever has that address or pseudonym, or had that address before the last time that it was erased.

    Raises ValueError when it is neither.
    """
    beginning = beginning_of(text)
    if beginning is None:
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
