"""A whole year on the real list, tick by tick."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from tests.acceptance.story import Letter, Story
from tests.core.lists import oslo

KARI = "kari@epj.example.no"


def _told(letters: list[Letter]) -> list[tuple[date, int | None]]:
    return [(letter.day, letter.days_left()) for letter in letters]


def test_a_contact_who_joins_in_may_is_told_at_every_lead_and_never_otherwise(tmp_path: Path) -> None:
    story = Story(tmp_path)
    story.begin(oslo("2026-05-01", "07:30"))
    story.tick(oslo("2026-05-01", "07:30"))
    story.joins(KARI, now=oslo("2026-05-01", "08:00"))
    story.daily("2026-05-01", "2026-12-05")

    standing, fjernhjelp, *reminders = story.new_letters()

    assert (standing.day, standing.subject[:9]) == (date(2026, 5, 1), "Velkommen")
    assert fjernhjelp.day == date(2026, 5, 29)
    assert "Fjernhjelp" in fjernhjelp.subject
    assert "32 dager" in fjernhjelp.text
    assert _told(reminders) == [
        (date(2026, 6, 4), 180),
        (date(2026, 9, 2), 90),
        (date(2026, 10, 2), 60),
        (date(2026, 10, 30), 32),
        (date(2026, 11, 17), 14),
        (date(2026, 11, 24), 7),
        (date(2026, 11, 27), 4),
        (date(2026, 11, 30), 1),
        (date(2026, 12, 1), 0),
    ]
    for letter in reminders:
        assert "Kjernejournal" in letter.text
        assert "Pasientens journaldokumenter" in letter.text


def test_a_daemon_that_slept_for_four_weeks_sends_one_reminder_for_the_two_it_missed(tmp_path: Path) -> None:
    story = Story(tmp_path)
    story.begin(oslo("2026-05-01", "07:30"))
    story.tick(oslo("2026-05-01", "07:30"))
    story.joins(KARI, now=oslo("2026-05-01", "08:00"))
    story.daily("2026-05-01", "2026-10-24")
    story.new_letters()

    story.tick(oslo("2026-11-20", "10:00"))
    assert _told(story.new_letters()) == [(date(2026, 11, 20), 11)]

    story.daily("2026-11-21", "2026-12-05")
    assert _told(story.new_letters()) == [
        (date(2026, 11, 24), 7),
        (date(2026, 11, 27), 4),
        (date(2026, 11, 30), 1),
        (date(2026, 12, 1), 0),
    ]


def test_whoever_follows_one_service_hears_of_that_one_only(tmp_path: Path) -> None:
    story = Story(tmp_path)
    story.begin(oslo("2026-05-01", "07:30"))
    story.tick(oslo("2026-05-01", "07:30"))
    story.joins(KARI, "service:fjernhjelp", now=oslo("2026-05-01", "08:00"))
    story.daily("2026-05-01", "2026-07-05")

    standing, reminder = story.new_letters()
    assert "Kjernejournal" not in standing.text
    assert reminder.day == date(2026, 5, 29)


def test_ticking_every_five_minutes_tells_no_more_than_ticking_once_a_day(tmp_path: Path) -> None:
    story = Story(tmp_path)
    story.begin(oslo("2026-11-23", "07:30"))
    story.tick(oslo("2026-11-23", "07:30"))
    story.joins(KARI, now=oslo("2026-11-23", "08:10"))
    for hour in range(6, 20):
        for minute in range(0, 60, 5):
            story.tick(oslo("2026-11-24", f"{hour:02}:{minute:02}"))

    assert _told(story.new_letters()) == [(date(2026, 11, 24), None), (date(2026, 11, 24), 7)]
