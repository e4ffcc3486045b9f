"""Decide: what a person says about a held reading of the list."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine

from notifier.core.answer import AnswerRules
from notifier.core.clock import disbelief
from notifier.core.timing import Timing
from notifier.errors import UsageError
from notifier.jobs.refresh import ALERT, take_force
from notifier.jobs.remind import remind
from notifier.store import alerts, changes, installation
from notifier.store.changes import Reading
from notifier.store.engine import reading, writing


def approve(
    *, engine: Engine, short_hash: str, by: str, timing: Timing, rules: AnswerRules, now: datetime
) -> Reading:
    """Let exactly that held reading take force. Raises UsageError when there is none, or it came too late.

    What has fallen due by the list in force until now is recorded first, as at a tick: where the reading sets other
    Leads it would be owed no longer, and nothing would be told in its place.
    """
    with reading(engine) as connection:
        changes.find_held(connection, short_hash)
        last = installation.last_tick(connection)
    if last is not None and not disbelief(now, last_tick=last, elapsed=None, newest_checked=None):
        remind(engine=engine, timing=timing, rules=rules, now=now)
    with writing(engine) as connection:
        changes.lock(connection)
        held = changes.find_held(connection, short_hash)
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
    """Forget a held reading: it will not be asked about again. Raises UsageError when there is none."""
    with writing(engine) as connection:
        held = changes.find_held(connection, short_hash)
        changes.reject(connection, held, by=by, now=now)
        alerts.resolve(connection, key=ALERT, now=now)
        return held
