"""How often a simulation ticks: at times of the day, or every so often."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from notifier.core.timing import Timing

_A_LITTLE = timedelta(minutes=5)
_WRONG = "write times of the day as daily@08:05 or daily@08:05,12:00, or a step as 15min or 2h"


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Local times of each day, or else a step from the first midnight on."""

    times: tuple[time, ...] = ()
    step: timedelta = timedelta(days=1)

    def instants(self, *, first: date, last: date, timing: Timing) -> Iterator[datetime]:
        """Every instant from the first day to the last, both included, soonest first."""
        day = first
        while self.times and day <= last:
            yield from (timing.instant(day, at) for at in self.times)
            day += timedelta(days=1)
        at = timing.instant(first, time(0))
        while not self.times and at < timing.end_of(last):
            yield at
            at += self.step


def parse_rhythm(text: str) -> Rhythm:
    """Read `daily@08:05`, `daily@08:05,12:00`, `15min` or `2h`. Raises ValueError with what is accepted."""
    step = re.fullmatch(r"([1-9]\d{0,3})(min|h)", text.strip(), re.ASCII)
    if step:
        unit = timedelta(hours=1) if step[2] == "h" else timedelta(minutes=1)
        return Rhythm(step=int(step[1]) * unit)
    named = re.fullmatch(r"daily@(\d\d:\d\d(?:,\d\d:\d\d)*)", text.strip(), re.ASCII)
    try:
        times = {time.fromisoformat(each) for each in named[1].split(",")} if named else set()
    except ValueError:
        times = set()
    if not times:
        raise ValueError(f"“{text}” is no rhythm; {_WRONG}")
    return Rhythm(tuple(sorted(times)))


def default_rhythm(timing: Timing) -> Rhythm:
    """A little after reminders fall due and, where that is outside the sending hours, after those open."""
    times = {timing.at} if timing.opens <= timing.at < timing.closes else {timing.at, timing.opens}
    return Rhythm(tuple(sorted(_a_little_after(at) for at in times)))


def _a_little_after(at: time) -> time:
    """Five minutes later, or as late as the day allows."""
    day = datetime.combine(date.min, at)
    return min(day + _A_LITTLE, day.replace(hour=23, minute=59)).time()
