"""Dates as people write them in a mail: «12. mai», «tirsdag 12/5», “May 12, 2027”, «2027-05-12», «12. mai neste år».

A day without a year is the next such day. What can be read in two ways is not read at all.
"""

from __future__ import annotations

import re
from datetime import date

from notifier.core.answer import FARTHEST_PROMISE

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "januar january jan",
            "februar february feb",
            "mars march mar",
            "april apr",
            "mai may",
            "juni june jun",
            "juli july jul",
            "august aug",
            "september sept sep",
            "oktober october okt oct",
            "november nov",
            "desember december des dec",
        ),
        1,
    )
    for name in names.split()
}
_WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            "mandag måndag monday",
            "tirsdag tysdag tuesday",
            "onsdag wednesday",
            "torsdag thursday",
            "fredag friday",
            "lørdag laurdag saturday",
            "søndag sundag sunday",
        )
    )
    for name in names.split()
}
_MONTH = rf"(?P<month>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\.?"
_YEAR = r"(?P<year>20\d\d|neste år|next year)"
_FORMS = tuple(
    re.compile(form)
    for form in (
        r"(?P<year>20\d\d)-(?P<number>\d\d)-(?P<day>\d\d)",
        rf"(?P<day>\d{{1,2}})(?:\.|st|nd|rd|th)?(?: of)? ?{_MONTH}(?:,? {_YEAR})?",
        rf"{_MONTH} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:,? {_YEAR})?",
        r"(?P<day>\d{1,2})\. ?(?P<number>\d{1,2})(?:\. ?(?P<year>(?:20)?\d\d))?\.?",
        rf"(?P<day>\d{{1,2}})\. ?(?P<number>\d{{1,2}})\.? {_YEAR}",
        rf"(?P<day>\d{{1,2}})(?P<slash>/)(?P<number>\d{{1,2}})(?:[-/ ]{_YEAR})?",
        r"(?P<day>\d{1,2})-(?P<number>\d{1,2})-(?P<year>20\d\d)",
    )
)
_AROUND = re.compile(
    rf"(?:(?:den|the|on|på) )?(?:(?P<weekday>{'|'.join(_WEEKDAYS)}),? )?(?:(?:den|the) )?(?P<rest>.+?)"
)


def written_date(text: str, *, today: date, month_may_come_first: bool = False) -> date | None:
    """The day that the whole of `text`, in small letters, names from `today` on; None for anything else.

    In English «5/12» may be either of two days (`month_may_come_first`): then it is none, unless it can only be one.
    """
    around = _AROUND.fullmatch(text.strip())
    if around is None:
        return None
    for form in _FORMS:
        match = form.fullmatch(around["rest"])
        if match is not None:
            day = _day(match, today, doubtful=month_may_come_first)
            meant = around["weekday"]
            return day if day is None or not meant or day.weekday() == _WEEKDAYS[meant] else None
    return None


def _day(match: re.Match[str], today: date, *, doubtful: bool) -> date | None:
    named = match.groupdict()
    day = int(named["day"])
    month = int(named["number"]) if named.get("number") else _MONTHS[str(named.get("month"))]
    if doubtful and named.get("slash") and day != month and day <= 12:
        return None
    found = _in_year(named.get("year"), month, day, today)
    return found if found is not None and today <= found <= today + FARTHEST_PROMISE else None


def _in_year(year: str | None, month: int, day: int, today: date) -> date | None:
    """That day of the year; without one, the next such day."""
    if year is None:
        days = (_existing(today.year + later, month, day) for later in range(9))
        return next((each for each in days if each is not None and each >= today), None)
    return _existing(int(year) % 100 + 2000 if year.isdigit() else today.year + 1, month, day)


def _existing(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
