"""When the weekly report is due."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given

from notifier.core.weekly import due_week, week_of
from tests.core.lists import INSTANTS, TIMING, oslo


@pytest.mark.parametrize(
    ("day", "at", "week"),
    [
        ("2026-11-23", "07:59", None),  # a Monday
        ("2026-11-23", "08:00", "2026-W48"),
        ("2026-11-27", "17:59", "2026-W48"),
        ("2026-11-27", "18:00", None),
        ("2026-11-28", "10:00", None),
        ("2026-04-06", "10:00", None),  # Easter Monday
        ("2026-04-07", "08:00", "2026-W15"),
        ("2027-01-01", "10:00", None),
        ("2027-01-04", "08:00", "2027-W01"),
    ],
)
def test_it_is_due_from_the_first_working_day_of_the_week(day: str, at: str, week: str | None) -> None:
    assert due_week(oslo(day, at), TIMING) == week


@given(INSTANTS)
def test_within_the_hours_it_is_due_in_its_own_week_and_stays_so(now: object) -> None:
    week = due_week(now, TIMING)
    if week is None:
        return
    assert week == week_of(TIMING.today(now))
    assert TIMING.is_open(now)
    later = TIMING.next_opening(now + timedelta(hours=1))
    assert due_week(later, TIMING) == week_of(TIMING.today(later)) or TIMING.today(later) != TIMING.today(now)
