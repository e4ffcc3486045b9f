"""Local time: instants on both nights when the clocks change, and the sending hours."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.timing import Timing
from notifier.core.working_days import is_working_day
from tests.core.lists import CLOCK_TIMES, DAYS, INSTANTS, OSLO, TIMING, oslo

SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)


@pytest.mark.parametrize(
    ("day", "at", "utc"),
    [
        (SPRING, time(1, 59), datetime(2026, 3, 29, 0, 59, tzinfo=UTC)),
        (SPRING, time(2, 30), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        (SPRING, time(3, 0), datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
        (AUTUMN, time(2, 30), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        (AUTUMN, time(3, 0), datetime(2026, 10, 25, 2, 0, tzinfo=UTC)),
    ],
)
def test_an_hour_that_is_missing_comes_an_hour_later_and_one_that_is_twice_the_first_time(
    day: date, at: time, utc: datetime
) -> None:
    assert TIMING.instant(day, at) == utc


@given(st.sampled_from([SPRING, AUTUMN]) | DAYS, CLOCK_TIMES)
def test_every_local_time_is_one_instant_on_its_own_local_day(day: date, at: time) -> None:
    instant = TIMING.instant(day, at)
    assert instant.tzinfo is UTC
    assert TIMING.today(instant) == day


@given(
    st.sampled_from([SPRING, AUTUMN]) | DAYS,
    CLOCK_TIMES,
    st.sampled_from(["Europe/Oslo", "Africa/Cairo", "America/New_York", "Pacific/Auckland"]),
)
def test_a_reminder_falls_due_on_its_working_day_or_the_one_before_and_never_later(
    day: date, at: time, zone: str
) -> None:
    timing = Timing(zone=ZoneInfo(zone), at=at)
    due = timing.today(timing.reminder_instant(day))
    assert due <= day
    assert is_working_day(due)
    assert not any(is_working_day(due + timedelta(days=n)) for n in range(1, (day - due).days + 1))


@given(CLOCK_TIMES)
def test_over_the_nights_when_clocks_change_reminders_neither_skip_a_day_nor_double(at: time) -> None:
    timing = replace(TIMING, at=at)
    for night in (SPRING, AUTUMN):
        days = [night + timedelta(days=n) for n in range(-9, 10)]
        instants = [timing.reminder_instant(day) for day in days if is_working_day(day)]
        assert [timing.today(instant) for instant in instants] == [d for d in days if is_working_day(d)]


@pytest.mark.parametrize(("day", "hours"), [(SPRING, 23), (AUTUMN, 25), (date(2026, 12, 1), 24)])
def test_a_local_day_lasts_23_to_25_hours(day: date, hours: int) -> None:
    assert TIMING.end_of(day) - TIMING.instant(day, time(0)) == timedelta(hours=hours)


@given(DAYS)
def test_the_end_of_a_day_is_the_first_instant_of_the_next(day: date) -> None:
    end = TIMING.end_of(day)
    assert TIMING.today(end - timedelta(microseconds=1)) == day
    assert TIMING.today(end) == day + timedelta(days=1)


@pytest.mark.parametrize(
    ("day", "at", "is_open"),
    [
        ("2026-12-01", "06:59:59", False),
        ("2026-12-01", "07:00", True),
        ("2026-12-01", "17:59:59", True),
        ("2026-12-01", "18:00", False),
        ("2026-11-29", "12:00", False),
        ("2026-12-24", "10:00", False),
        ("2026-05-14", "10:00", False),
        ("2026-07-01", "07:00", True),
    ],
)
def test_mail_leaves_on_working_days_from_seven_to_six(day: str, at: str, is_open: bool) -> None:
    assert TIMING.is_open(oslo(day, at)) is is_open


@pytest.mark.parametrize(
    ("now", "opening"),
    [
        (oslo("2026-12-01", "03:00"), oslo("2026-12-01", "07:00")),
        (oslo("2026-12-01", "12:34"), oslo("2026-12-01", "12:34")),
        (oslo("2026-12-01", "18:00"), oslo("2026-12-02", "07:00")),
        (oslo("2026-04-01", "19:00"), oslo("2026-04-07", "07:00")),
        (oslo("2026-12-24", "06:00"), oslo("2026-12-28", "07:00")),
        (oslo("2026-10-23", "20:00"), oslo("2026-10-26", "07:00")),
    ],
)
def test_the_next_opening_is_now_or_seven_on_the_next_working_day(now: datetime, opening: datetime) -> None:
    assert TIMING.next_opening(now) == opening


@given(INSTANTS, st.integers(0, 11), st.integers(12, 23))
def test_nothing_before_the_next_opening_is_open_and_it_is(now: datetime, opens: int, closes: int) -> None:
    timing = Timing(zone=OSLO, opens=time(opens, 30), closes=time(closes, 15))
    opening = timing.next_opening(now)
    assert opening >= now
    assert timing.is_open(opening)
    waited = int((opening - now) / timedelta(minutes=15))
    assert not any(timing.is_open(now + n * timedelta(minutes=15)) for n in range(waited))
    assert not opening > now or not timing.is_open(opening - timedelta(minutes=1))
