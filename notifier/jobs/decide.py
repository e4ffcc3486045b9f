"""Decide: what a person says about a held reading of the list."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection, Engine

from notifier.core.answer import AnswerRules
from notifier.core.clock import contradiction, disbelief
from notifier.core.timing import Timing
from notifier.errors import UsageError
from notifier.jobs.alert import CLOCK
from notifier.jobs.refresh import ALERT, take_force
from notifier.jobs.remind import remind
from notifier.store import alerts, changes, installation
from notifier.store.changes import Reading, ReadingState
from notifier.store.engine import database_clock, reading, writing


def approve(
    *, engine: Engine, short_hash: str, by: str, timing: Timing, rules: AnswerRules, now: datetime
) -> Reading:
    """Let exactly that held reading take force. Raises UsageError when there is none, when somebody else has decided on
    it, when it came too late, and while the clock is in doubt.

    What has fallen due by the list in force until now is recorded first, as at a tick: where the reading sets other
    Leads it would be owed no longer, and nothing would be told in its place. By a clock that is ahead, all that is to
    come would be recorded as come too late.
    """
    with reading(engine) as connection:
        _held(connection, short_hash)
        doubt, last = _doubt(connection, now), installation.last_tick(connection)
    if doubt:
        raise UsageError(
            f"{doubt}; nothing was approved. Set the clock right that is wrong; if it is the one in doubt that is"
            " right: notifier resume"
        )
    # A rehearsal may go back in time.
    if last is not None and not disbelief(now, last_tick=last, elapsed=None, newest_checked=None):
        remind(engine=engine, timing=timing, rules=rules, now=now)
    with writing(engine) as connection:
        changes.lock(connection)
        held = _held(connection, short_hash)
        current = changes.in_force(connection)
        if current is not None and held.revision <= current.revision:
            raise UsageError(
                f"reading {short_hash} has revision {held.revision}, but revision {current.revision} is in"
                " force; raise the revision in the list and approve the new reading"
            )
        take_force(connection, current.changes if current else None, held.changes, now=now, by=by)
        alerts.resolve(connection, key=ALERT, now=now)
        return held


def reject(*, engine: Engine, short_hash: str, by: str, now: datetime) -> Reading:
    """Forget a held reading: it will not be asked about again. Raises UsageError when there is none, or somebody else
    has decided on it."""
    with writing(engine) as connection:
        changes.lock(connection)
        held = _held(connection, short_hash)
        changes.reject(connection, held, by=by, now=now)
        alerts.resolve(connection, key=ALERT, now=now)
        return held


def _doubt(connection: Connection, now: datetime) -> str:
    """Why `now` cannot be right, empty when it may be, or the database is a rehearsal."""
    if installation.mode(connection) is not installation.Mode.LIVE:
        return ""
    if any(found.key == CLOCK for found in alerts.open_alerts(connection)):
        return f"the clock says {now:%Y-%m-%d %H:%M} UTC, and the daemon doubts it"
    is_server = connection.dialect.name == "postgresql"
    server = datetime.fromtimestamp(database_clock(connection), UTC) if is_server else None
    last = installation.last_tick(connection)
    return disbelief(now, last_tick=last, elapsed=None, newest_checked=None) or contradiction(
        now, server=server
    )


def _held(connection: Connection, short_hash: str) -> Reading:
    """The held reading whose hash begins so. Where there is none since it was decided on, perhaps at another node a
    moment ago, the error says how."""
    try:
        return changes.find_held(connection, short_hash)
    except UsageError:
        typed = short_hash.strip().lower()
        known = [each for each in changes.readings(connection) if typed and each.hash.startswith(typed)]
        if len(known) == 1 and known[0].state is not ReadingState.HELD:
            raise UsageError(_decided(known[0])) from None
        raise


def _decided(found: Reading) -> str:
    if found.state is ReadingState.REJECTED:
        how = f"{found.decided_by} has rejected it"
    elif found.decided_by:
        how = f"{found.decided_by} has approved it"
    else:
        how = (
            "a higher revision has taken force" if found.state is ReadingState.REPLACED else "it is in force"
        )
    return f"reading {changes.short(found.hash)} (revision {found.revision}) is not held any more: {how}"
