"""Believing the clock: a wrong one pauses sending and planning until it is right again or a person resumes."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Engine

from notifier.core.clock import disbelief
from notifier.store import alerts, changes, installation
from notifier.store.engine import writing

CLOCK = "the clock"
ALERT = "clock"


def believe(engine: Engine, *, now: datetime, elapsed: timedelta | None) -> str:
    """Check `now` on a live database; answers why it is not believed, empty when it is.

    `elapsed` is how long ago this process last believed the clock, None at its start. A believed instant is
    remembered as the last tick. A rehearsal moves through time as it likes.
    """
    with writing(engine) as connection:
        if installation.mode(connection) is installation.Mode.REHEARSAL:
            installation.record_tick(connection, now=now)
            return ""
        current = changes.in_force(connection)
        checked = [change.checked for change in current.changes.changes] if current else []
        last = installation.last_tick(connection)
        why = disbelief(now, last_tick=last, elapsed=elapsed, newest_checked=max(checked, default=None))
        pause = installation.paused(connection)
        if why:
            if pause is None:
                installation.pause(connection, by=CLOCK, reason=why, now=now)
            text = f"Nothing is sent because {why}. Set the clock right, or if it is right: notifier resume"
            alerts.raise_alert(connection, key=ALERT, text=text, now=now)
            return why
        if pause is not None and pause.by == CLOCK:
            installation.resume(connection)
        alerts.resolve(connection, key=ALERT, now=now)
        installation.record_tick(connection, now=now)
        return ""
