"""Norwegian working days: not weekends, public holidays, 24 or 31 December.

Public holidays are those of lov om 1 og 17 mai som høgtidsdager and lov om helligdager og helligdagsfred,
as the `holidays` package computes them; the two eves are added because nobody is at work to act on a mail.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

_DAY = timedelta(days=1)


@lru_cache(maxsize=64)
def _closed_days(year: int) -> frozenset[date]:
    # Imported late: the package takes longer to load than the rest of the core together.
    from holidays.countries.norway import NO

    return frozenset(NO(years=year, observed=False)) | {date(year, 12, 24), date(year, 12, 31)}


def is_working_day(day: date) -> bool:
    """Whether people in Norwegian offices are normally at work."""
    return day.weekday() < 5 and day not in _closed_days(day.year)


def working_day_on_or_before(day: date) -> date:
    """The day itself, or the nearest working day before it."""
    while not is_working_day(day):
        day -= _DAY
    return day


def working_day_on_or_after(day: date) -> date:
    """The day itself, or the nearest working day after it."""
    while not is_working_day(day):
        day += _DAY
    return day


def working_days_left(today: date, first_day_gone: date) -> int:
    """Working days one still has: today counted, the day of the end not; never below zero."""
    span = (first_day_gone - today).days
    return sum(is_working_day(today + timedelta(days=n)) for n in range(max(span, 0)))
