"""A Deadline's date as a value: when the old way stops working, as exactly as it was announced.

Both ends are *first days gone*: `earliest` is the first day a vendor can be hit, `latest` the last day
on which the end can come. An exact date has both the same; `2026-03..` has no latest; `tba` has neither.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import partial


class Precision(StrEnum):
    """How exactly a date was announced."""

    DAY = "day"
    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"
    SPAN = "span"
    OPEN = "open"
    TBA = "tba"


class Certainty(StrEnum):
    """Whether the announcement was firm."""

    CONFIRMED = "confirmed"
    TENTATIVE = "tentative"


LONG_WINDOW_DAYS = 31
_YEARS = range(2000, 2100)


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """A date as announced: `written` is its canonical text, `stated` the announcement's own words."""

    written: str
    earliest: date | None
    latest: date | None
    precision: Precision
    certainty: Certainty
    stated: str = ""

    @property
    def is_set(self) -> bool:
        """Whether any day is known at all."""
        return self.earliest is not None

    @property
    def is_exact(self) -> bool:
        """Whether the first day gone is one known day."""
        return self.precision is Precision.DAY

    @property
    def is_long_window(self) -> bool:
        """Whether the end may come on any of more than 31 days (an open window is long)."""
        if self.earliest is None:
            return False
        return self.latest is None or (self.latest - self.earliest).days + 1 > LONG_WINDOW_DAYS

    def same_days(self, other: When) -> bool:
        """Whether both speak of the same days, however they are worded."""
        return (self.earliest, self.latest) == (other.earliest, other.latest)

    def lies_within(self, other: When) -> bool:
        """Whether this window is inside the other one (the same days count as inside)."""
        if self.earliest is None or other.earliest is None or self.earliest < other.earliest:
            return False
        return other.latest is None or (self.latest is not None and self.latest <= other.latest)


def parse_when(written: str, *, certainty: Certainty = Certainty.CONFIRMED, stated: str = "") -> When:
    """Read `2026-12-01`, `2026-12`, `2026-Q4`, `2026-H1`, `2026`, `A..B`, `A..` or `tba`.

    Raises ValueError with a sentence that says what is accepted.
    """
    text = written.strip()
    when = partial(When, written=text, certainty=certainty, stated=stated)
    if text == "tba":
        return when(earliest=None, latest=None, precision=Precision.TBA)
    first, dots, last = text.partition("..")
    earliest, latest, precision = days_of(first)
    if dots and last == first:
        raise ValueError(f"the window “{text}” begins and ends alike; write {first}")
    if dots and not last:
        return when(earliest=earliest, latest=None, precision=Precision.OPEN)
    if dots:
        _, latest, _ = days_of(last)
        precision = Precision.SPAN
        if latest < earliest:
            raise ValueError(f"the window “{text}” ends before it begins")
    return when(earliest=earliest, latest=latest, precision=precision)


def days_of(text: str) -> tuple[date, date, Precision]:
    """The first and last day of one plain date, month, quarter, half-year or year.

    Raises ValueError when the text is none of them.
    """
    match = re.fullmatch(r"(\d{4})(?:-(?:(\d{2})(?:-(\d{2}))?|Q([1-4])|H([12])))?", text, re.ASCII)
    if not match:
        raise ValueError(
            f"“{text}” is not a date; write 2026-12-01, 2026-12, 2026-Q4, 2026-H1, 2026, A..B, A.. or tba"
        )
    year = int(match[1])
    if year not in _YEARS:
        raise ValueError(f"“{text}” is not in this century; its year must be 2000 to 2099")
    month, day, quarter, half = (int(part) if part else None for part in match.groups()[1:])
    try:
        if month is not None and day is not None:
            exact = date(year, month, day)
            return exact, exact, Precision.DAY
        if month is not None:
            return *_months(year, month, 1), Precision.MONTH
    except ValueError:
        raise ValueError(f"“{text}” is not a day that exists in the calendar") from None
    if quarter:
        return *_months(year, 3 * quarter - 2, 3), Precision.QUARTER
    if half:
        return *_months(year, 6 * half - 5, 6), Precision.HALF
    return *_months(year, 1, 12), Precision.YEAR


def _months(year: int, month: int, count: int) -> tuple[date, date]:
    first = date(year, month, 1)
    after = month + count
    return first, date(year + (after - 1) // 12, (after - 1) % 12 + 1, 1) - timedelta(days=1)
