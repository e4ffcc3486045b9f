"""Believing the clock: a wrong one pauses sending and planning until it is right again or a person resumes.

Of several nodes each has a clock of its own, and their database server another. One that doubts its own, where the
server does too and other nodes go on, stops by itself and says so.
"""

from __future__ import annotations

import socket
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Engine

from notifier.core.clock import contradiction, disbelief
from notifier.jobs.alert import CLOCK
from notifier.store import alerts, changes, installation, nodes
from notifier.store.engine import database_clock, reading, writing
from notifier.store.rewinding import rewind

BY = "the clock"
ONE_NODE = "node"


def believe(engine: Engine, *, now: datetime, elapsed: timedelta | None, node: int = 0) -> str:
    """Check `now` on a live database; answers why it is not believed, empty when it is.

    `elapsed` is how long ago this process last believed the clock, None at its start; `node` is its id in the Outbox,
    0 while it has none. A believed instant is remembered as the last tick. Where a clock was doubted already, one that
    the database server contradicts is not believed over it. A rehearsal moves through time as it likes, and where no
    list is in force yet there is nothing that a wrong clock could spoil (the first reading is held against it too).
    """
    with writing(engine) as connection:
        current = changes.in_force(connection)
        if current is None or installation.mode(connection) is installation.Mode.REHEARSAL:
            installation.record_tick(connection, now=now)
            return ""
        checked = [change.checked for change in current.changes.changes]
        last = installation.last_tick(connection)
        why = disbelief(now, last_tick=last, elapsed=elapsed, newest_checked=max(checked, default=None))
        if not why and _is_doubted(connection):
            why = contradiction(now, server=_server_clock(connection))
        if why:
            _doubt(connection, why, now, node=node)
        else:
            _trust(connection, now)
        return why


def others_go_on(engine: Engine, *, node: int = 0) -> bool:
    """Whether another node showed itself lately, by the database's clock, and sends. On SQLite all have one clock."""
    with reading(engine) as connection:
        return _others_go_on(connection, node)


def _server_clock(connection: Connection) -> datetime | None:
    """What the database server's clock says; None on SQLite, which has none of its own."""
    if connection.dialect.name == "sqlite":
        return None
    return datetime.fromtimestamp(database_clock(connection), UTC)


def _doubt(connection: Connection, why: str, now: datetime, *, node: int) -> None:
    """Said once: the sentence names the hour, and would be another one at every tick."""
    said = {found.key for found in alerts.open_alerts(connection)}
    own = f"{ONE_NODE}:{socket.gethostname()}"
    if contradiction(now, server=_server_clock(connection)) and _others_go_on(connection, node):
        if own not in said:
            text = f"{socket.gethostname()} sends nothing because {why}. Other nodes do. Set its clock right"
            alerts.raise_alert(connection, key=own, text=text, now=now)
        return
    if installation.paused(connection) is None:
        installation.pause(connection, by=BY, reason=why, now=now)
    if CLOCK not in said:
        text = f"Nothing is sent because {why}. Set the clock right, or if it is right: notifier resume"
        alerts.raise_alert(connection, key=CLOCK, text=text, now=now)


def _is_doubted(connection: Connection) -> bool:
    """Whether a doubt has paused everybody."""
    pause = installation.paused(connection)
    return pause is not None and pause.by == BY


def _others_go_on(connection: Connection, node: int) -> bool:
    if connection.dialect.name == "sqlite":
        return False
    others = (each for each in nodes.listing(connection) if each.id != node)
    return any(not each.is_silent and not each.standing for each in others)


def _trust(connection: Connection, now: datetime) -> None:
    if _is_doubted(connection):
        installation.resume(connection)
    was_doubted = alerts.resolve(connection, key=CLOCK, now=now)
    doubting = {
        key for found in alerts.open_alerts(connection) if (key := found.key).startswith(f"{ONE_NODE}:")
    }
    if doubting:
        doubting -= {f"{ONE_NODE}:{each.host}" for each in nodes.listing(connection) if each.standing}
        for key in doubting | {f"{ONE_NODE}:{socket.gethostname()}"}:
            was_doubted |= alerts.resolve(connection, key=key, now=now)
    if was_doubted:
        rewind(connection, now=now)
    installation.record_tick(connection, now=now)
