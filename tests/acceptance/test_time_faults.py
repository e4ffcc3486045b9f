"""Nights of 23 and 25 hours, a daemon that slept, hours in which nothing leaves, last chances."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from notifier.settings.tables import MailSettings, ReminderSettings
from tests.acceptance.announced import change, when, write
from tests.acceptance.invariants import assert_finished, assert_sound, outcomes
from tests.acceptance.scenes import MONDAY, TUESDAY, before_joining, eve_of_a_reminder
from tests.acceptance.story import KARI, Letter, Story, letters_at
from tests.core.lists import oslo
from tests.peers.smtp_sink import SmtpSink

HOUR = timedelta(hours=1)


def told(letters: list[Letter]) -> list[tuple[datetime, int | None]]:
    return [(letter.message["Date"].datetime, letter.days_left()) for letter in letters]


def installed(
    folder: Path,
    sink: SmtpSink,
    url: str,
    *changes: str,
    at: datetime,
    reminders: ReminderSettings | None = None,
) -> Story:
    """An installation whose one Subscriber joined at an instant and was told where they stand."""
    story = Story(
        folder,
        changes=write(folder / "list.toml", *changes),
        url=url,
        mail=MailSettings(url=sink.url),
        reminders=reminders or ReminderSettings(),
    )
    story.begin(at)
    story.tick(at - HOUR / 2)
    story.joins(KARI, now=at - HOUR / 4)
    story.tick(at)
    assert len(sink.accepted) == 1
    return story


@pytest.mark.parametrize(
    "days",
    [
        ("2026-10-23", "2026-10-24", "2026-10-26", "2026-10-27"),  # the hour from two to three comes twice
        ("2028-03-24", "2028-03-25", "2028-03-27", "2028-03-28"),  # the hour from two to three is left out
    ],
)
def test_reminders_at_half_past_two_survive_the_night_in_which_the_clocks_change(
    tmp_path: Path, sqlite_url: str, sink: SmtpSink, days: tuple[str, str, str, str]
) -> None:
    friday, saturday, monday, tuesday = days
    reminders = ReminderSettings(at=time(2, 30), leads=("2d", "1d", "0d"))
    begun = oslo(friday, "00:30")
    story = installed(
        tmp_path, sink, sqlite_url, change("portal", when(tuesday)), at=begun, reminders=reminders
    )
    story.every(6 * HOUR, since=oslo(friday, "08:00"), until=oslo(saturday, "20:00"))
    story.every(HOUR / 2, since=oslo(saturday, "23:00"), until=oslo(saturday, "23:00") + 6 * HOUR)
    story.every(HOUR, since=oslo(monday, "01:00"), until=oslo(monday, "09:00"))
    story.every(HOUR, since=oslo(tuesday, "01:00"), until=oslo(tuesday, "09:00"))

    assert told(letters_at(sink.accepted[1:])) == [
        (oslo(friday, "08:00"), 4),
        (oslo(monday, "07:00"), 1),
        (oslo(tuesday, "07:00"), 0),
    ]
    assert_sound(story, sink.accepted)
    assert_finished(story)


@pytest.mark.parametrize(
    ("resumed", "leaves"),
    [
        (("2026-11-24", "20:00"), ("2026-11-25", "07:00")),
        (("2026-11-25", "05:00"), ("2026-11-25", "07:00")),
        (("2026-11-25", "18:00"), ("2026-11-26", "07:00")),
        (("2026-11-25", "17:59"), ("2026-11-25", "17:59")),
    ],
)
def test_a_reminder_that_was_missed_waits_for_the_sending_hours(
    tmp_path: Path, sqlite_url: str, sink: SmtpSink, resumed: tuple[str, str], leaves: tuple[str, str]
) -> None:
    story = eve_of_a_reminder(tmp_path, sink, url=sqlite_url)
    story.every(HOUR / 2, since=oslo(*resumed), until=oslo(*leaves))

    (letter,) = letters_at(sink.accepted[1:])
    assert letter.message["Date"].datetime == oslo(*leaves)
    assert_sound(story, sink.accepted)
    assert_finished(story)


@pytest.mark.parametrize(
    ("closed", "opens"),
    [
        ("2027-05-15", "2027-05-18"),  # Saturday before Whitsun
        ("2027-05-17", "2027-05-18"),  # Constitution Day, Whit Monday as well
        ("2027-03-25", "2027-03-30"),  # Maundy Thursday
        ("2026-12-24", "2026-12-28"),
        ("2026-12-31", "2027-01-04"),
    ],
)
def test_nothing_but_standing_leaves_on_a_day_off(
    tmp_path: Path, sqlite_url: str, sink: SmtpSink, closed: str, opens: str
) -> None:
    end = (date.fromisoformat(closed) + timedelta(days=60)).isoformat()
    entry = change("portal", when(end, more='reminders = ["70d"]'))
    story = installed(tmp_path, sink, sqlite_url, entry, at=oslo("2026-11-23", "09:00"))
    day = date.fromisoformat(closed)
    while day < date.fromisoformat(opens):
        story.tick(oslo(day.isoformat(), "11:00"))
        day += timedelta(days=1)
    assert len(sink.accepted) == 1

    story.joins("ola@vendor.example.no", now=oslo(closed, "11:30"))
    story.tick(oslo(closed, "11:31"))
    assert len(sink.accepted) == 2

    story.tick(oslo(opens, "07:00"))
    assert len(sink.accepted) == 3
    assert_sound(story, sink.accepted)
    assert_finished(story)


def test_one_reminder_catches_up_for_three_that_were_missed(
    tmp_path: Path, sqlite_url: str, sink: SmtpSink
) -> None:
    at = oslo("2026-11-10", "09:00")
    story = installed(tmp_path, sink, sqlite_url, change("portal"), at=at)
    story.every(HOUR, since=oslo("2026-11-27", "10:00"), until=oslo("2026-11-27", "15:00"))

    assert told(letters_at(sink.accepted[1:])) == [(oslo("2026-11-27", "10:00"), 4)]
    assert outcomes(story)["reminder", "superseded"] == 2
    assert_sound(story, sink.accepted)
    assert_finished(story)


def test_what_is_announced_five_days_ahead_is_told_at_once_and_then_at_the_leads_that_remain(
    tmp_path: Path, sqlite_url: str, sink: SmtpSink
) -> None:
    story = installed(tmp_path, sink, sqlite_url, change("tba", when("tba")), at=MONDAY)
    write(story.changes, change("tba", when("tba")), change("portal"), revision=2)
    for day in ("2026-11-26", "2026-11-27", "2026-11-28", "2026-11-30", "2026-12-01", "2026-12-02"):
        story.tick(oslo(day, "09:00"))

    letters = letters_at(sink.accepted[1:])
    assert [letter.day for letter in letters] == [
        date(2026, 11, 26),
        date(2026, 11, 27),
        date(2026, 11, 30),
        date(2026, 12, 1),
    ]
    assert [letter.days_left() for letter in letters[1:]] == [4, 1, 0]
    assert outcomes(story) == {
        ("standing", "sent"): 1,
        ("announced", "sent"): 1,
        ("reminder", "sent"): 3,
    }
    assert_sound(story, sink.accepted)
    assert_finished(story)


def test_who_joins_late_gets_no_backlog(tmp_path: Path, sqlite_url: str, sink: SmtpSink) -> None:
    story = before_joining(tmp_path, sink, url=sqlite_url)
    story.joins(KARI, now=oslo("2026-11-30", "12:00"))
    story.daily("2026-11-30", "2026-12-03", at="12:05")

    standing, today = letters_at(sink.accepted)
    assert standing.subject.startswith("Velkommen")
    assert (today.day, today.days_left()) == (date(2026, 12, 1), 0)


def test_a_reminder_for_a_sunday_leaves_on_the_saturday_when_the_daemon_was_down_on_the_friday(
    tmp_path: Path, sqlite_url: str, sink: SmtpSink
) -> None:
    story = installed(tmp_path, sink, sqlite_url, change("portal", when("2026-11-29")), at=MONDAY)
    story.tick(oslo("2026-11-28", "21:00"))

    assert told(letters_at(sink.accepted[1:])) == [(oslo("2026-11-28", "21:00"), 1)]
    assert_sound(story, sink.accepted)
    assert_finished(story)


def test_a_reminder_whose_day_ended_in_vain_takes_no_other_one_out_into_the_night(
    tmp_path: Path, sqlite_url: str, sink: SmtpSink
) -> None:
    """Bundled with one that expires at midnight, it would otherwise count as a last chance."""
    entries = (change("portal"), change("archive", when("2026-12-15")))
    story = installed(tmp_path, sink, sqlite_url, *entries, at=oslo("2026-11-30", "12:00"))
    sink.stop()
    story.every(3 * HOUR, since=oslo("2026-12-01", "08:00"), until=oslo("2026-12-01", "23:00"))
    sink.start()
    story.every(HOUR, since=oslo("2026-12-02", "00:30"), until=oslo("2026-12-02", "07:30"))

    assert told(letters_at(sink.accepted[1:])) == [(oslo("2026-12-02", "07:30"), 13)]
    assert outcomes(story)["reminder", "expired"] == 1
    assert any(key.startswith("expired:") for key in story.alerts())
    assert_sound(story, sink.accepted)
    assert_finished(story)


def test_a_day_that_was_slept_through_ends_in_an_alert_and_never_in_silence(
    tmp_path: Path, sqlite_url: str, sink: SmtpSink
) -> None:
    story = eve_of_a_reminder(tmp_path, sink, url=sqlite_url)

    ticked = story.tick(oslo("2026-12-02", "09:00"))

    assert len(sink.accepted) == 1
    assert ticked.needs_attention
    assert outcomes(story)["reminder", "expired"] == 1
    assert outcomes(story)["reminder", "superseded"] == 3
    assert_sound(story, sink.accepted)
    assert_finished(story)


def test_default_leads_that_are_replaced_owe_what_was_due_until_then(
    tmp_path: Path, sqlite_url: str, sink: SmtpSink
) -> None:
    story = eve_of_a_reminder(tmp_path, sink, url=sqlite_url)
    again = Story(
        tmp_path,
        changes=story.changes,
        url=sqlite_url,
        mail=story.mail,
        reminders=ReminderSettings(leads=("30d", "3d")),
    )
    again.tick(TUESDAY)
    again.tick(TUESDAY + HOUR)
    assert [letter.days_left() for letter in letters_at(sink.accepted[1:])] == [7]
    again.tick(oslo("2026-11-27", "09:00"))
    again.tick(oslo("2026-11-30", "09:00"))
    assert [letter.days_left() for letter in letters_at(sink.accepted[1:])] == [7, 4]


def test_a_new_revision_takes_nothing_along_that_was_due_by_the_one_before(
    tmp_path: Path, sqlite_url: str, sink: SmtpSink
) -> None:
    story = eve_of_a_reminder(tmp_path, sink, url=sqlite_url)
    write(story.changes, change("portal", when(more='reminders = ["30d", "3d"]')), revision=2)
    story.tick(TUESDAY)
    story.tick(TUESDAY + HOUR)
    assert [letter.days_left() for letter in letters_at(sink.accepted[1:])] == [7]


def test_a_reminder_of_a_date_that_moved_in_the_same_tick_is_not_sent(
    tmp_path: Path, sqlite_url: str, sink: SmtpSink
) -> None:
    story = eve_of_a_reminder(tmp_path, sink, url=sqlite_url)
    write(story.changes, change("portal", when("2027-02-01")), revision=2)
    story.tick(TUESDAY)
    (letter,) = letters_at(sink.accepted[1:])
    assert letter.subject.startswith("Flyttet")
    assert outcomes(story)["reminder", "cancelled"] == 1
