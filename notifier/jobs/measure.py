"""Measure: the figures of the whole installation, for monitoring. Only reads, so twice is harmless.

Every node gives the same figures, since they come from the one database.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Engine

from notifier.core.backoff import Breaker
from notifier.store import breakers, figures, installation, overdue
from notifier.store.engine import reading
from notifier.store.figures import DELAYS, Delays, Stock

# So many transmissions are counted in one go; what is more waits for the next.
MOST_AT_ONCE = 50_000


@dataclass(slots=True, kw_only=True)
class Counted:
    """What has been counted since this process began to count; it only grows.

    `until` is the number of the last transmission counted.
    """

    until: int
    verdicts: Counter[tuple[str, str]] = field(default_factory=Counter)
    delays: dict[str, Delays] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The installation's figures at an instant."""

    at: datetime
    stock: Stock
    breaker: Breaker
    paused: bool
    last_tick: datetime | None
    overdue: int


def begin_counting(engine: Engine) -> Counted:
    """Count what is transmitted from now on. Raises DatabaseError."""
    with reading(engine) as connection:
        return Counted(until=figures.newest_attempt(connection))


def measure(
    *, engine: Engine, counted: Counted, leads: Sequence[str], overdue_before: datetime, now: datetime
) -> Figures:
    """Read the figures, and count on in `counted`. Raises DatabaseError."""
    with reading(engine) as connection:
        newest = figures.newest_attempt(connection)
        until = min(newest, counted.until + MOST_AT_ONCE)
        fresh = figures.verdicts(connection, after=counted.until, until=until)
        late = figures.delays(connection, after=counted.until, until=until, leads=leads)
        found = Figures(
            at=now,
            stock=figures.stock(connection),
            breaker=breakers.breaker(connection),
            paused=installation.paused(connection) is not None,
            last_tick=installation.last_tick(connection),
            overdue=overdue.count_overdue(connection, before=overdue_before),
        )
    counted.until = until
    counted.verdicts.update(fresh)
    for more in late:
        counted.delays[more.lead] = _added(counted.delays.get(more.lead), more)
    return found


def _added(before: Delays | None, more: Delays) -> Delays:
    counts = before.counts if before else (0,) * (len(DELAYS) + 1)
    return Delays(
        lead=more.lead,
        counts=tuple(a + b for a, b in zip(counts, more.counts, strict=True)),
        seconds=more.seconds + (before.seconds if before else 0.0),
    )
