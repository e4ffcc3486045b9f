"""Norwegian working days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from holidays.countries.norway import NO
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.working_days import (
    is_working_day,
    working_day_on_or_after,
    working_day_on_or_before,
    working_days_left,
)
from tests.core.lists import DAYS

# The movable feasts of 2026: Easter Sunday is 5 April.
CLOSED_2026 = {
    "New Year's Day": "2026-01-01",
    "Maundy Thursday": "2026-04-02",
    "Good Friday": "2026-04-03",
    "Easter Monday": "2026-04-06",
    "Labour Day": "2026-05-01",
    "Ascension Day": "2026-05-14",
    "Constitution Day": "2026-05-17",
    "Whit Monday": "2026-05-25",
    "Christmas Eve": "2026-12-24",
    "Christmas Day": "2026-12-25",
    "Boxing Day": "2026-12-26",
    "New Year's Eve": "2026-12-31",
}


@pytest.mark.parametrize("day", CLOSED_2026.values(), ids=CLOSED_2026)
def test_on_holidays_and_the_two_eves_nobody_works(day: str) -> None:
    assert not is_working_day(date.fromisoformat(day))


def test_they_are_the_holidays_that_the_package_of_all_countries_knows() -> None:
    years = range(2000, 2100)
    days = (date(2000, 1, 1) + timedelta(days=n) for n in range(365 * 100 + 25))
    eves = {date(year, 12, day) for year in years for day in (24, 31)}
    closed = {day for day in days if day.weekday() < 5 and not is_working_day(day)}
    assert closed == {day for day in set(NO(years=years, observed=False)) | eves if day.weekday() < 5}


def test_2026_has_its_251_working_days() -> None:
    # 261 days from Monday to Friday, less the ten closed days above that fall on one.
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    assert sum(is_working_day(day) for day in days) == 251


@pytest.mark.parametrize("day", ["2026-04-01", "2026-05-18", "2026-12-23", "2026-12-30", "2026-06-23"])
def test_other_weekdays_around_them_are_worked(day: str) -> None:
    assert is_working_day(date.fromisoformat(day))


@pytest.mark.parametrize(
    ("day", "before", "after"),
    [
        ("2026-04-05", "2026-04-01", "2026-04-07"),
        ("2027-05-17", "2027-05-14", "2027-05-18"),
        ("2026-12-27", "2026-12-23", "2026-12-28"),
        ("2027-01-03", "2026-12-30", "2027-01-04"),
        ("2026-11-30", "2026-11-30", "2026-11-30"),
    ],
)
def test_the_nearest_working_day_is_found_over_long_weekends(day: str, before: str, after: str) -> None:
    assert working_day_on_or_before(date.fromisoformat(day)) == date.fromisoformat(before)
    assert working_day_on_or_after(date.fromisoformat(day)) == date.fromisoformat(after)


@given(st.dates(min_value=date(2000, 1, 10), max_value=date(2099, 12, 20)))
def test_a_working_day_is_never_far_and_never_on_the_wrong_side(day: date) -> None:
    before, after = working_day_on_or_before(day), working_day_on_or_after(day)
    assert before <= day <= after
    assert is_working_day(before)
    assert is_working_day(after)
    assert after - before <= timedelta(days=8)
    assert (before == day) == (after == day) == is_working_day(day)


@pytest.mark.parametrize(
    ("today", "first_day_gone", "left"),
    [
        ("2026-11-24", "2026-12-01", 5),
        ("2026-11-27", "2026-12-01", 2),
        ("2026-11-28", "2026-12-01", 1),
        ("2026-11-30", "2026-12-01", 1),
        ("2026-12-01", "2026-12-01", 0),
        ("2026-12-02", "2026-12-01", 0),
        ("2026-12-23", "2027-01-04", 4),
    ],
)
def test_working_days_left_count_today_and_not_the_day_of_the_end(
    today: str, first_day_gone: str, left: int
) -> None:
    assert working_days_left(date.fromisoformat(today), date.fromisoformat(first_day_gone)) == left


@given(DAYS, st.integers(0, 400))
def test_each_working_day_that_passes_takes_one_away(end: date, ahead: int) -> None:
    today = end - timedelta(days=ahead + 1)
    tomorrow = today + timedelta(days=1)
    assert working_days_left(today, end) - working_days_left(tomorrow, end) == is_working_day(today)
