"""The database: whether it answers, is whole, of this release, and agrees on the time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Engine

from notifier.core.clock import disbelief
from notifier.errors import DatabaseError
from notifier.jobs.diagnosis.finding import Finding, error, ok, warning
from notifier.store import changes, installation, migrating
from notifier.store.engine import damage, database_clock, name_of, reading

# Leases last minutes; beyond this somebody's clock is simply wrong.
SKEW_SECONDS = 5.0


def look_at_database(engine: Engine | None, now: datetime, *, upgrades: bool = True) -> Iterator[Finding]:
    """Everything about it. `engine` is None where there is no database yet; `upgrades` says whether a start brings its
    tables up to date by itself."""
    if engine is None:
        yield ok("database", "there is none yet; the first start makes it")
        return
    try:
        yield _revision(engine, upgrades)
        with reading(engine) as connection:
            broken = damage(connection)
            skew = database_clock(connection) - now.timestamp()
    except DatabaseError as trouble:
        yield error("database", str(trouble), "see the sentence above; notifier backup and the handbook help")
        return
    if broken:
        advice = "stop the daemon and restore the last good copy; see deploy/README.md"
        yield error("database", f"{name_of(engine)} is damaged: {'; '.join(broken)}", advice)
    if abs(skew) > SKEW_SECONDS:
        advice = "let both follow a time server"
        yield warning("database", f"its clock differs from this machine's by {skew:.0f} seconds", advice)


def _revision(engine: Engine, upgrades: bool) -> Finding:
    found, newest = migrating.current(engine), migrating.newest()
    if found == newest:
        return ok("database", f"{name_of(engine)} answers; its tables are at {found}")
    seen = f"{name_of(engine)} has tables at {found or 'nothing'}, and this release has {newest}"
    if not upgrades:
        return error(
            "database", seen, "run: notifier db upgrade; until then nothing starts, by database.upgrade"
        )
    return warning("database", seen, "the next start or notifier db upgrade brings them up to date")


def look_at_installation(engine: Engine, now: datetime) -> Iterator[Finding]:
    """What the database says of the running installation: pause, clock, last tick, rehearsal."""
    with reading(engine) as connection:
        mode, pause = installation.mode(connection), installation.paused(connection)
        tick, current = installation.last_tick(connection), changes.in_force(connection)
    if mode is installation.Mode.REHEARSAL:
        advice = "give the daemon a database of its own"
        yield warning("running", "the database is a rehearsal, which run refuses", advice)
        return
    if pause is not None:
        seen = f"sending is paused by {pause.by} since {pause.at:%Y-%m-%d %H:%M} UTC: {pause.reason}"
        yield warning("running", seen, "when that is over: notifier resume")
    checked = [change.checked for change in current.changes.changes] if current else []
    why = disbelief(now, last_tick=tick, elapsed=None, newest_checked=max(checked, default=None))
    if why:
        yield error("running", why, "set the clock right, or if it is right: notifier resume")
    elif tick is not None:
        yield ok("running", f"the last tick was at {tick:%Y-%m-%d %H:%M} UTC")
