"""How often a simulation ticks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import pytest

from notifier.core.rhythm import default_rhythm, parse_rhythm
from tests.core.lists import TIMING, oslo

FRIDAY, SUNDAY = date(2026, 10, 23), date(2026, 10, 25)


def test_a_daily_rhythm_keeps_the_local_time_when_the_clocks_go_back() -> None:
    found = parse_rhythm("daily@08:05,12:00").instants(first=FRIDAY, last=SUNDAY, timing=TIMING)
    assert list(found) == [
        oslo(day, at) for day in ("2026-10-23", "2026-10-24", "2026-10-25") for at in ("08:05", "12:00")
    ]


def test_a_step_covers_every_hour_of_a_day_of_25() -> None:
    found = list(parse_rhythm("1h").instants(first=SUNDAY, last=SUNDAY, timing=TIMING))
    assert (len(found), found[0], found[-1]) == (25, oslo("2026-10-25", "00:00"), oslo("2026-10-25", "23:00"))


def test_minutes_are_a_step_too() -> None:
    assert len(list(parse_rhythm("15min").instants(first=FRIDAY, last=FRIDAY, timing=TIMING))) == 96


@pytest.mark.parametrize("text", ["", "weekly", "daily", "daily@8:05", "daily@25:00", "0min", "1d", "daily@"])
def test_anything_else_is_refused_with_what_is_accepted(text: str) -> None:
    with pytest.raises(ValueError, match=r"daily@08:05.*15min"):
        parse_rhythm(text)


@pytest.mark.parametrize(
    ("at", "times"),
    [
        (time(8), ["08:05"]),
        (time(6), ["06:05", "07:05"]),
        (time(20), ["07:05", "20:05"]),
        (time(23, 58), ["07:05", "23:59"]),
    ],
)
def test_by_default_it_ticks_when_reminders_are_due_and_when_they_may_leave(
    at: time, times: list[str]
) -> None:
    rhythm = default_rhythm(replace(TIMING, at=at))
    assert [f"{each:%H:%M}" for each in rhythm.times] == times
