"""News of the list: each Difference is told once, to those who follow it, as it stands when it is told."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from notifier.daemon.tick import plan
from tests.acceptance.announced import change, when, write
from tests.acceptance.editor import FAR, Editor
from tests.acceptance.invariants import assert_finished, outcomes
from tests.acceptance.meanwhile import after_the_claim
from tests.acceptance.story import KARI, OLA
from tests.core.lists import oslo
from tests.peers.smtp_sink import SmtpSink

# Early enough that no reminder of the portal (1 December 2026) or of others falls due by chance.
NEXT = oslo("2026-11-23", "10:00")
NIGHT = oslo("2026-11-23", "19:00")
MORNING = oslo("2026-11-24", "07:30")


@pytest.fixture
def editor(tmp_path: Path, sqlite_url: str, sink: SmtpSink) -> Editor:
    return Editor(tmp_path, sink, sqlite_url, change("portal", when(FAR)))


def test_a_new_change_is_announced_to_those_who_follow_everything_and_to_no_others(editor: Editor) -> None:
    editor.publishes(change("portal", when(FAR)), change("api", when("2027-05-03")), at=NEXT)
    editor.story.tick(NEXT + timedelta(hours=1))

    (letter,) = editor.new_letters()
    assert letter.to == KARI
    assert "3. mai 2027" in letter.text
    assert "api" in letter.subject
    assert_finished(editor.story)


def test_a_new_change_of_a_followed_service_is_announced_to_its_followers(editor: Editor) -> None:
    editor.publishes(change("portal", when(FAR)), change("data", when("2027-05-03"), service="preg"), at=NEXT)

    assert sorted(letter.to for letter in editor.new_letters()) == [KARI, OLA]


ONCE = {
    "dated": (when("tba"), when("2027-05-03"), "3. mai 2027"),
    "confirmed": (when(FAR, certainty="tentative"), when(FAR), "6. september 2027"),
    "no longer certain": (when(FAR), when(FAR, certainty="tentative"), "ikke lenger sikkert"),
    "narrowed": (when("2027-Q3"), when("2027-08-09"), "9. august 2027"),
    "moved later": (when(FAR), when("2027-11-01"), "1. november 2027"),
    "put off": (when(FAR), when("tba"), "6. september 2027"),
    "withdrawn": (when(FAR), when(FAR, more='status = "withdrawn"'), "portal"),
    "completed": (when(FAR), when(FAR, more='status = "completed"'), "portal"),
}
KINDS = {"narrowed": "confirmed", "moved later": "moved", "put off": "moved", "no longer certain": "moved"}


@pytest.mark.parametrize("news", ONCE)
def test_each_difference_is_told_once_to_each_who_follows_it(
    tmp_path: Path, sqlite_url: str, sink: SmtpSink, news: str
) -> None:
    old, new, words = ONCE[news]
    editor = Editor(tmp_path, sink, sqlite_url, change("portal", old))

    editor.means(change("portal", new), at=NEXT)
    for hour in range(1, 5):
        editor.story.tick(NEXT + timedelta(hours=hour))
    editor.publishes(
        change("portal", new, more='contact = "hjelp@example.no"\n'), at=NEXT + timedelta(hours=6)
    )

    (letter,) = editor.new_letters()
    assert letter.to == KARI
    assert words in letter.text
    assert outcomes(editor.story)[KINDS.get(news, news), "sent"] == 1
    assert_finished(editor.story)


def test_a_date_that_moves_twice_before_the_mail_leaves_is_told_from_the_one_that_was_heard_of(
    editor: Editor,
) -> None:
    def move_again() -> None:
        write(editor.story.changes, change("portal", when("2027-12-01")), revision=3)
        plan(editor.story.parts, NEXT)

    after_the_claim(editor.story, move_again)
    editor.publishes(change("portal", when("2027-11-01")), at=NEXT)
    editor.story.tick(NEXT + timedelta(minutes=1))

    (letter,) = editor.new_letters()
    assert "6. september 2027" in letter.text
    assert "1. desember 2027" in letter.text
    assert "november" not in letter.text.replace("30. november 2027", "")
    assert_finished(editor.story)


def test_a_date_that_moves_earlier_mails_nobody_until_it_is_approved(editor: Editor) -> None:
    held = editor.publishes(change("portal", when("2027-06-01")), at=NEXT)
    assert editor.new_letters() == []
    assert held.hash in editor.story.alerts()["list"]

    editor.story.approves(held, now=NEXT + timedelta(hours=1))
    editor.story.tick(NEXT + timedelta(hours=2))

    (letter,) = editor.new_letters()
    assert "1. juni 2027" in letter.text
    assert "6. september 2027" in letter.text
    assert "list" not in editor.story.alerts()


def test_what_was_undone_overnight_is_told_to_nobody(editor: Editor) -> None:
    editor.publishes(change("portal", when("2027-11-01")), at=NIGHT)
    held = editor.publishes(change("portal", when(FAR)), at=NIGHT + timedelta(hours=1))
    editor.story.approves(held, now=NIGHT + timedelta(hours=1))
    editor.story.tick(MORNING)

    assert editor.new_letters() == []
    assert outcomes(editor.story)["moved", "cancelled"] == 1
    assert outcomes(editor.story)["moved", "superseded"] == 1
    assert_finished(editor.story)


def test_two_moves_overnight_are_told_as_one_from_the_first_date_to_the_last(editor: Editor) -> None:
    editor.publishes(change("portal", when("2027-11-01")), at=NIGHT)
    editor.publishes(change("portal", when("2027-12-13")), at=NIGHT + timedelta(hours=1))
    editor.story.tick(MORNING)

    (letter,) = editor.new_letters()
    assert "13. desember 2027" in letter.text
    assert "6. september 2027" in letter.text
    assert "1. november 2027" not in letter.text
    assert_finished(editor.story)


def test_what_was_announced_and_moved_overnight_is_announced_with_its_last_date(editor: Editor) -> None:
    portal = change("portal", when(FAR))
    editor.publishes(portal, change("api", when("2027-05-03")), at=NIGHT)
    editor.publishes(portal, change("api", when("2027-06-14")), at=NIGHT + timedelta(hours=1))
    editor.story.tick(MORNING)

    (letter,) = editor.new_letters()
    assert "14. juni 2027" in letter.text
    assert outcomes(editor.story)["announced", "superseded"] == 1
    assert_finished(editor.story)


def test_news_and_a_reminder_that_fall_together_travel_together(
    tmp_path: Path, sqlite_url: str, sink: SmtpSink
) -> None:
    editor = Editor(tmp_path, sink, sqlite_url, change("portal"))
    editor.publishes(change("portal"), change("api", when("2027-05-03")), at=oslo("2026-11-24", "08:05"))

    (letter,) = editor.new_letters()
    assert letter.days_left() == 7
    assert "3. mai 2027" in letter.text


def test_reminders_start_afresh_for_the_new_date_and_do_not_repeat_for_the_old_one(
    tmp_path: Path, sqlite_url: str, sink: SmtpSink
) -> None:
    editor = Editor(tmp_path, sink, sqlite_url, change("portal"))
    editor.story.tick(oslo("2026-11-24", "08:05"))
    editor.publishes(change("portal", when("2026-12-15")), at=oslo("2026-11-25", "09:00"))
    assert [letter.days_left() for letter in editor.new_letters()] == [7, None]

    held = editor.publishes(change("portal"), at=oslo("2026-11-26", "09:00"))
    editor.story.approves(held, now=oslo("2026-11-26", "09:30"))
    for day in ("2026-11-26", "2026-11-27", "2026-11-30", "2026-12-01", "2026-12-02", "2026-12-08"):
        editor.story.tick(oslo(day, "10:00"))

    moved_back, *reminders = editor.new_letters()
    assert moved_back.day == date(2026, 11, 26)
    assert [(letter.day.day, letter.days_left()) for letter in reminders] == [(27, 4), (30, 1), (1, 0)]


def test_the_reminders_of_a_date_that_moved_come_at_the_leads_before_the_new_one(
    tmp_path: Path, sqlite_url: str, sink: SmtpSink
) -> None:
    editor = Editor(tmp_path, sink, sqlite_url, change("portal"))
    editor.publishes(change("portal", when("2026-12-15")), at=NEXT)
    editor.story.daily("2026-11-24", "2026-12-16")

    moved, *reminders = editor.new_letters()
    assert moved.day == date(2026, 11, 23)
    assert [letter.days_left() for letter in reminders] == [14, 7, 4, 1, 0]
    assert_finished(editor.story)


@pytest.mark.parametrize("status", ["withdrawn", "completed"])
def test_nothing_more_is_said_of_what_is_over(
    tmp_path: Path, sqlite_url: str, sink: SmtpSink, status: str
) -> None:
    editor = Editor(tmp_path, sink, sqlite_url, change("portal"))
    over = change("portal", when(more=f'status = "{status}"'))
    editor.means(over, at=NEXT)
    editor.story.daily("2026-11-24", "2026-12-02")

    assert len(editor.new_letters()) == 1
    assert_finished(editor.story)


def test_other_words_are_told_to_nobody(editor: Editor) -> None:
    reworded = change("portal", when(FAR, more="")).replace("summary portal nb", "Andre ord.")
    editor.publishes(reworded, at=NEXT)
    editor.story.tick(MORNING)

    assert editor.new_letters() == []


def test_leads_that_are_approved_take_nothing_along_that_fell_due_before(
    tmp_path: Path, sqlite_url: str, sink: SmtpSink
) -> None:
    editor = Editor(tmp_path, sink, sqlite_url, change("portal"), change("api", when(FAR)))
    own = change("portal", when(more='reminders = ["2d"]\n'))
    held = editor.publishes(own, change("api", when("2027-08-02")), at=oslo("2026-11-24", "07:55"))

    editor.story.approves(held, now=oslo("2026-11-24", "08:02"))
    editor.story.tick(oslo("2026-11-24", "08:05"))

    reminders = [letter.days_left() for letter in editor.new_letters() if "portal" in letter.subject]
    assert 7 in reminders
    assert_finished(editor.story)
