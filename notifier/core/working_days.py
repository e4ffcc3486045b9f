"""Norwegian working days: not weekends, public holidays, 24 or 31 December.

Public holidays are those of lov om 1 og 17 mai som høgtidsdager and lov om helligdager og helligdagsfred (§ 2); the
two eves are added because nobody is at work to act on a mail. Counted here rather than by a package, since the one
there is brings the calendars of all countries along; a test compares the two.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

_DAY = timedelta(days=1)

# Month and day: New Year, 1 May, 17 May, the two days of Christmas, and the eves.
_FIXED = ((1, 1), (5, 1), (5, 17), (12, 24), (12, 25), (12, 26), (12, 31))

# Days from Easter Sunday: Maundy Thursday, Good Friday, Easter, Ascension, Whitsun.
_MOVABLE = (-3, -2, 0, 1, 39, 49, 50)


@lru_cache(maxsize=64)
def _closed_days(year: int) -> frozenset[date]:
    easter = easter_sunday(year)
    movable = {easter + timedelta(days=days) for days in _MOVABLE}
    return frozenset(movable | {date(year, month, day) for month, day in _FIXED})


def easter_sunday(year: int) -> date:
    """By the Gregorian computus in the form of Meeus, Jones and Butcher (Meeus, Astronomical Algorithms, chapter 8)."""
    golden = year % 19
    century, within = divmod(year, 100)
    leap_centuries, century_rest = divmod(century, 4)
    moon_shift = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leap_centuries - moon_shift + 15) % 30
    leap_years, year_rest = divmod(within, 4)
    to_sunday = (32 + 2 * century_rest + 2 * leap_years - epact - year_rest) % 7
    early = (golden + 11 * epact + 22 * to_sunday) // 451
    month, day = divmod(epact + to_sunday - 7 * early + 114, 31)
    return date(year, month, day + 1)


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
