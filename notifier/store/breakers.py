"""The breaker's one row, shared by all nodes."""

from __future__ import annotations

from sqlalchemy import Connection, select

from notifier.core.backoff import CLOSED, Breaker
from notifier.store.tables import relay
from notifier.store.upsert import insert_into

_ROW = select(relay).where(relay.c.id == 1)


def breaker(connection: Connection) -> Breaker:
    """The relay's health as last recorded; closed when nothing was."""
    row = connection.execute(_ROW).one_or_none()
    if row is None:
        return CLOSED
    return Breaker(
        failures=row.failures,
        streak=row.streak,
        open_until=row.open_until,
        since=row.since,
        reason=row.reason,
    )


def record_breaker(connection: Connection, state: Breaker) -> None:
    """Remember the relay's health. Of two nodes at once the later one's view stays; both are recent."""
    values = {
        "failures": state.failures,
        "streak": state.streak,
        "open_until": state.open_until,
        "since": state.since,
        "reason": state.reason[:300],
    }
    statement = insert_into(connection, relay).values(id=1, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values))
