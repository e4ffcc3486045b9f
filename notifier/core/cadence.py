"""Leads and Cadences: how long before a Deadline to speak."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import total_ordering

_DAYS = {"d": 1, "w": 7, "mo": 30}
_LONGEST_DAYS = 3 * 366
_MOST_LEADS = 24


@total_ordering
@dataclass(frozen=True, slots=True)
class Lead:
    """One lead time before a Deadline: `180d`, `12w`, `6mo`, `0d`."""

    count: int
    unit: str

    def __str__(self) -> str:
        return f"{self.count}{self.unit}"

    def __lt__(self, other: Lead) -> bool:
        return (self.days, self.unit) < (other.days, other.unit)

    @property
    def days(self) -> int:
        """Its length in days; a month counts as 30, for comparing only."""
        return self.count * _DAYS[self.unit]

    def before(self, day: date) -> date:
        """The day this long before `day`; months clamp (one month before 31 March is in February)."""
        if self.unit != "mo":
            return day - timedelta(days=self.days)
        months = day.year * 12 + day.month - 1 - self.count
        year, month = divmod(months, 12)
        return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def parse_lead(text: str) -> Lead:
    """Read `14d`, `12w` or `6mo`. Raises ValueError with a sentence that says what is accepted."""
    match = re.fullmatch(r"(0|[1-9]\d{0,3})(d|w|mo)", text.strip(), re.ASCII)
    if not match:
        raise ValueError(f"“{text}” is not a lead time; write days as 14d, weeks as 12w or months as 6mo")
    lead = Lead(int(match[1]), match[2])
    if lead.days > _LONGEST_DAYS:
        raise ValueError(f"the lead time {text} is longer than three years")
    return lead


@dataclass(frozen=True, slots=True)
class Cadence:
    """The Leads at which to speak, longest first, each once."""

    leads: tuple[Lead, ...]

    def __str__(self) -> str:
        return " ".join(str(lead) for lead in self.leads)


def parse_cadence(texts: Iterable[str]) -> Cadence:
    """Read Leads in any order; the same lead twice counts once. Raises ValueError as `parse_lead` does."""
    leads = {parse_lead(text) for text in texts}
    if not leads:
        raise ValueError("a cadence needs at least one lead time")
    if len(leads) > _MOST_LEADS:
        raise ValueError(f"a cadence has at most {_MOST_LEADS} lead times")
    return Cadence(tuple(sorted(leads, reverse=True)))


DEFAULT_CADENCE = parse_cadence(("180d", "90d", "60d", "30d", "14d", "7d", "3d", "1d", "0d"))
