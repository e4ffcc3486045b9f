"""Dates as people write them: the next such day, and never one of two that could be meant."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.answer import FARTHEST_PROMISE
from notifier.core.dates import day_text
from notifier.core.text import Language
from notifier.core.written_date import written_date

TODAY = date(2026, 11, 23)
MAY = date(2027, 5, 12)
DECEMBER = date(2026, 12, 1)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("12. mai", MAY),
        ("12 mai", MAY),
        ("den 12. mai", MAY),
        ("onsdag 12. mai", MAY),
        ("wednesday 12 may", MAY),
        ("wednesday, the 12th of may", MAY),
        ("may 12", MAY),
        ("may 12th, 2027", MAY),
        ("12. mai 2027", MAY),
        ("12.05.2027", MAY),
        ("12.05.27", MAY),
        ("12.5.2027", MAY),
        ("12.5.", MAY),
        ("12.5", MAY),
        ("12/5", MAY),
        ("12/5-2027", MAY),
        ("12/5/2027", MAY),
        ("12-05-2027", MAY),
        ("2027-05-12", MAY),
        ("12. mai neste år", MAY),
        ("may 12 next year", MAY),
        ("1. desember", DECEMBER),
        ("1. des", DECEMBER),
        ("1 dec", DECEMBER),
        ("23. november", TODAY),
        ("22. november", date(2027, 11, 22)),
        ("29. februar", date(2028, 2, 29)),
    ],
)
def test_a_day_is_the_next_such_day(written: str, day: date) -> None:
    assert written_date(written, today=TODAY) == day


@pytest.mark.parametrize(
    "written",
    [
        "",
        "mai",
        "i mai",
        "uke 20",
        "neste uke",
        "våren 2027",
        "32. mai",
        "31. november",
        "29. februar 2027",
        "12.13.2027",
        "12. mai 2026",
        "2026-11-22",
        "12. mai 2031",
        "torsdag 12. mai",
        "12. mai eller 13. mai",
        "12. mai, kanskje",
        "12. til 15. mai",
        "12",
        "2027",
        "99999999-99-99",
    ],
)
def test_what_is_no_day_to_come_is_none(written: str) -> None:
    assert written_date(written, today=TODAY) is None


@pytest.mark.parametrize(("written", "day"), [("5/12", None), ("5/13", None), ("5/5", date(2027, 5, 5))])
def test_where_the_month_may_come_first_what_can_be_two_days_is_none(written: str, day: date | None) -> None:
    assert written_date(written, today=TODAY, month_may_come_first=True) == day


@given(st.integers(0, FARTHEST_PROMISE.days), st.sampled_from(Language))
def test_every_day_is_read_as_we_write_it_ourselves(ahead: int, language: Language) -> None:
    day = TODAY + timedelta(days=ahead)
    assert written_date(day_text(day, language).casefold(), today=TODAY) == day


@given(st.text(max_size=60))
def test_any_text_is_read_without_fault(text: str) -> None:
    day = written_date(text, today=TODAY)
    assert day is None or TODAY <= day <= TODAY + FARTHEST_PROMISE
