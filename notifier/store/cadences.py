"""Cadences that Subscribers chose for themselves."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, select

from notifier.core.cadence import Cadence, parse_cadence
from notifier.store.tables import subscribers


def in_use(connection: Connection) -> tuple[Cadence, ...]:
    """Every own Cadence in use; what cannot be read is left out, lest it stop everybody's reminders."""
    return tuple(cadence for _, cadence in _texts(connection) if cadence is not None)


def unreadable(connection: Connection) -> tuple[str, ...]:
    """The texts in place of Cadences whose Subscribers therefore get no reminders."""
    return tuple(text for text, cadence in _texts(connection) if cadence is None)


def _texts(connection: Connection) -> Iterator[tuple[str, Cadence | None]]:
    chosen = select(subscribers.c.cadence).where(subscribers.c.cadence.is_not(None)).distinct()
    for text in connection.scalars(chosen.order_by(subscribers.c.cadence)):
        try:
            yield text, parse_cadence(text.split())
        except ValueError:
            yield text, None
