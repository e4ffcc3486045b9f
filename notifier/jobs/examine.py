"""Examine: is everything as it should be? Only reads, so twice is harmless.

The health page tells it to everybody, so it is told in our own words. Those of others (why somebody paused,
what the relay replied, what a list held) may hold an address or a path, or what is not published yet: they are
in the log, and `notifier plan` and `notifier changes list` show them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine

from notifier.core.backoff import OVERDUE
from notifier.core.text import count
from notifier.core.timing import Timing
from notifier.errors import DatabaseError
from notifier.jobs import alert as alerting
from notifier.jobs import canary
from notifier.store import alerts, breakers, changes, installation, overdue
from notifier.store.alerts import Alert
from notifier.store.engine import reading

STALE_TICK = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One thing that is wrong, in a sentence that anybody may read, and since when if that is known."""

    what: str
    since: datetime | None = None


def examine(*, engine: Engine, timing: Timing, now: datetime) -> tuple[Trouble, ...]:
    """Everything that keeps the notifier from telling people in time; empty when all is well."""
    try:
        with reading(engine) as connection:
            return tuple(_troubles(connection, timing, now))
    except DatabaseError:
        return (Trouble(what="the database does not answer as it should; the log says why"),)


def _troubles(connection: Connection, timing: Timing, now: datetime) -> list[Trouble]:
    found = []
    if changes.in_force(connection) is None:
        found.append(Trouble(what="no list is in force"))
    pause = installation.paused(connection)
    if pause is not None:
        found.append(Trouble(what="sending is paused", since=pause.at))
    breaker = breakers.breaker(connection)
    if breaker.open_until is not None:
        found.append(Trouble(what="the relay does not take mail", since=breaker.since))
    tick = installation.last_tick(connection)
    if tick is None or now - tick > STALE_TICK:
        found.append(Trouble(what="the tick does not move", since=tick))
    found += _told_of(alerts.open_alerts(connection))
    if timing.is_open(now) and timing.is_open(now - OVERDUE):
        late = overdue.count_overdue(connection, before=now - OVERDUE)
        if late:
            found.append(Trouble(what=f"{count(late, 'message')} should have left over two hours ago"))
    return found


def _told_of(open_alerts: Sequence[Alert]) -> Iterator[Trouble]:
    """What Alerts say of it, in words for everybody."""
    for alert in open_alerts:
        match alert.key:
            case "list":
                yield Trouble(what=_headline(alert.text), since=alert.first_at)
            case alerting.CLOCK:
                yield Trouble(what="the clock is in doubt; the log says why", since=alert.first_at)
            case canary.CANARY:
                yield Trouble(what="the canary has not come back: mail may not arrive", since=alert.first_at)


def _headline(text: str) -> str:
    """What an Alert of the list says before it names what was found."""
    return text.partition("\n")[0].removesuffix(":")
