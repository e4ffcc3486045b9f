"""The breaker's one row, shared by all nodes, and what tells a dead address from a relay that refuses us."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, func, select

from notifier.core.backoff import CLOSED, Breaker
from notifier.core.reply import Fault
from notifier.store.tables import attempts, relay
from notifier.store.upsert import insert_into

# When the relay took none of so many transmissions, it is no use to look at what was before.
LOOKED_AT = 5_000

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


def refused_before(connection: Connection, message_ids: Collection[int]) -> Mapping[int, bool]:
    """Which of these Messages the relay had refused without a reason, and whether it has taken another since."""
    newest = (
        select(attempts.c.id, attempts.c.fault).order_by(attempts.c.id.desc()).limit(LOOKED_AT).subquery()
    )
    taken = connection.scalar(select(func.max(newest.c.id)).where(newest.c.fault == Fault.NONE.value)) or 0
    theirs = attempts.c.message_id.in_(message_ids), attempts.c.fault == Fault.UNCLEAR.value
    last = (
        select(attempts.c.message_id, func.max(attempts.c.id)).where(*theirs).group_by(attempts.c.message_id)
    )
    return {message_id: refused < taken for message_id, refused in connection.execute(last)}
