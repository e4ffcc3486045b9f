"""Believing the clock: a wrong one pauses sending and planning until it is right again or a person resumes."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine

from notifier.core.clock import disbelief
from notifier.jobs.alert import CLOCK
from notifier.store import alerts, changes, installation
from notifier.store.engine import writing

BY = "the clock"


def believe(engine: Engine, *, now: datetime, elapsed: timedelta | None) -> str:
    """Check `now` on a live database; answers why it is not believed, empty when it is.

    `elapsed` is how long ago this process last believed the clock, None at its start. A believed instant is
    remembered as the last tick. A rehearsal moves through time as it likes, and where no list is in force yet
    there is nothing that a wrong clock could spoil (the first reading is held against it too).
    """
    with writing(engine) as connection:
        current = changes.in_force(connection)
        if current is None or installation.mode(connection) is installation.Mode.REHEARSAL:
            installation.record_tick(connection, now=now)
            return ""
        checked = [change.checked for change in current.changes.changes]
        last = installation.last_tick(connection)
        why = disbelief(now, last_tick=last, elapsed=elapsed, newest_checked=max(checked, default=None))
        if why:
            _doubt(connection, why, now)
        else:
            _trust(connection, now)
        return why


def _doubt(connection: Connection, why: str, now: datetime) -> None:
    """Said once: the sentence names the hour, and would be another one at every tick."""
    if installation.paused(connection) is None:
        installation.pause(connection, by=BY, reason=why, now=now)
    if CLOCK not in {found.key for found in alerts.open_alerts(connection)}:
        text = f"Nothing is sent because {why}. Set the clock right, or if it is right: notifier resume"
        alerts.raise_alert(connection, key=CLOCK, text=text, now=now)


def _trust(connection: Connection, now: datetime) -> None:
    pause = installation.paused(connection)
    if pause is not None and pause.by == BY:
        installation.resume(connection)
    alerts.resolve(connection, key=CLOCK, now=now)
    installation.record_tick(connection, now=now)
