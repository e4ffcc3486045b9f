"""Where days go on the drawn timeline, in per cent of its width, so that a narrow screen never shrinks its text.

A day is drawn as a point and a vague date as the span it may fall in, so that neither says more than was announced.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from notifier.core.change import Deadline, Status
from notifier.core.when import Certainty, When
from notifier.web.standing import ShownChange

# The longest Lead by default, so that whoever is reminded for the first time finds the day on the drawing.
_LEAST_AHEAD = timedelta(days=183)
# One far day must not press all the others together; what lies beyond runs out of the drawing.
_MOST_AHEAD = timedelta(days=3 * 365)
_MARGIN = 0.06
_MOST_TICKS = 7
_STEPS = (1, 2, 3, 6, 12, 24, 60, 120, 240)
# A span that reaches outside is drawn a little beyond the edge, so that no end of it is seen.
_OUTSIDE = 4.0
_DAY = timedelta(days=1)


class Shape(StrEnum):
    """How a date is drawn: a known day, the days it may fall on, or all days from one on."""

    DAY = "day"
    SPAN = "span"
    OPEN = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """The first day of a month that the axis names; `names_year` where the year must be said too."""

    x: float
    day: date
    names_year: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One Deadline on the drawing: from `x`, `width` wide, on the height `y`; all in per cent.

    `ahead` is where the way from today to it begins and ends, None when it does not lie ahead.
    """

    when: When
    shape: Shape
    x: float
    width: float
    y: float
    status: Status | None
    ahead: tuple[float, float] | None

    @property
    def is_tentative(self) -> bool:
        """Whether the announcement was not firm."""
        return self.when.certainty is Certainty.TENTATIVE

    @property
    def is_beyond(self) -> bool:
        """Whether it lies after the last day of the drawing."""
        return self.x > 100

    @property
    def name_at(self) -> tuple[float, str]:
        """Where its name is written, and by which end (SVG's text-anchor), so that it stays on the drawing."""
        begin, end = max(self.x, 0.0), min(self.x + self.width, 100.0)
        if begin < 40:
            return begin, "start"
        return (end, "end") if end > 60 else (round((begin + end) / 2, 2), "middle")


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """The days that a drawing shows, `first` to `last`, with today among them."""

    first: date
    last: date
    today: date

    def at(self, day: date) -> float:
        """The place of a day's beginning, in per cent from the left; outside of 0 to 100 when it is not shown."""
        return round((day - self.first) / (self.last - self.first) * 100, 2)

    @property
    def now(self) -> float:
        """Today's place."""
        return self.at(self.today)

    @property
    def step(self) -> int:
        """How many months lie between two ticks."""
        months = (self.last - self.first).days / 30.4
        return next((step for step in _STEPS if months / step <= _MOST_TICKS), _STEPS[-1])

    @property
    def ticks(self) -> tuple[Tick, ...]:
        """The months that are named, few enough to be read on a phone; the year with the first of each year."""
        ticks: list[Tick] = []
        for day in _month_starts(self.first, self.last, self.step):
            x = self.at(day)
            # One that begins near the right edge has no room for its name.
            if x <= 100 - 80 / _MOST_TICKS:
                ticks.append(Tick(x=x, day=day, names_year=not ticks or ticks[-1].day.year != day.year))
        return tuple(ticks)


def axis_ahead(items: Iterable[ShownChange], today: date) -> Axis:
    """From today to the last known day, at least half a year and at most three."""
    last = max([today, *_days(items)])
    return _axis(today, min(max(last, today + _LEAST_AHEAD), today + _MOST_AHEAD), today)


def axis_whole(items: Iterable[ShownChange], today: date) -> Axis:
    """From the first known day to the last, with today among them."""
    days = [today, *_days(items)]
    return _axis(min(days), max(days), today)


def marks(item: ShownChange, axis: Axis) -> tuple[Mark, ...]:
    """The Deadlines of one Change on the axis, each on a height of its own.

    What lies before the axis is left out; what lies beyond it is named at its edge.
    """
    count = len(item.deadlines)
    drawn = (
        _mark(shown.deadline, axis, y=round((number + 0.5) / count * 100, 2))
        for number, shown in enumerate(item.deadlines)
    )
    return tuple(mark for mark in drawn if mark and mark.x + mark.width >= 1)


def _mark(deadline: Deadline, axis: Axis, *, y: float) -> Mark | None:
    when = deadline.when
    if when.earliest is None:
        return None
    begin = axis.at(when.earliest)
    if when.latest is None:
        shape, end = Shape.OPEN, 100 + _OUTSIDE
    elif when.earliest == when.latest:
        shape, end = Shape.DAY, begin
    else:
        shape, end = Shape.SPAN, axis.at(when.latest + _DAY)
    is_ahead = deadline.is_open and when.earliest > axis.today
    x, end = _kept_near(begin), _kept_near(end)
    return Mark(
        when=when,
        shape=shape,
        x=x,
        width=round(end - x, 2),
        y=y,
        status=deadline.status,
        ahead=(axis.now, x) if is_ahead else None,
    )


def _kept_near(x: float) -> float:
    return min(max(x, -_OUTSIDE), 100 + _OUTSIDE)


def _days(items: Iterable[ShownChange]) -> Iterator[date]:
    for item in items:
        for shown in item.deadlines:
            when = shown.deadline.when
            yield from (day for day in (when.earliest, when.latest) if day)


def _axis(first: date, last: date, today: date) -> Axis:
    margin = max((last - first) * _MARGIN, 7 * _DAY)
    return Axis(first=first - margin, last=last + margin, today=today)


def _month_starts(first: date, last: date, step: int) -> Sequence[date]:
    """The first days of every `step`-th month, counted from January so that years begin with a tick."""
    index = -(-(first.year * 12 + first.month - 1 + (first.day > 1)) // step) * step
    days = []
    while (day := date(index // 12, index % 12 + 1, 1)) <= last:
        days.append(day)
        index += step
    return days
