"""A date that goes and comes back: its reminders are told as if it had never been away."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from notifier.store import installation
from notifier.store.engine import writing
from tests.acceptance.announced import change, when
from tests.acceptance.editor import Editor
from tests.acceptance.invariants import assert_finished, outcomes
from tests.core.lists import oslo
from tests.peers.smtp_script import say
from tests.peers.smtp_sink import SmtpSink


@pytest.mark.parametrize("away", [when("2026-12-15"), when(more='status = "withdrawn"')])
def test_a_date_that_goes_and_comes_back_unheard_takes_no_reminder_along(
    tmp_path: Path, sqlite_url: str, sink: SmtpSink, away: str
) -> None:
    editor = Editor(tmp_path, sink, sqlite_url, change("portal"))
    editor.story.daily("2026-11-24", "2026-11-27")
    assert [letter.days_left() for letter in editor.new_letters()] == [7, 4]
    with writing(editor.story.parts.engine) as connection:
        installation.pause(connection, by="per", reason="the relay moves", now=oslo("2026-11-27", "11:00"))
    editor.publishes(change("portal", away), at=oslo("2026-11-27", "12:00"))
    editor.means(change("portal"), at=oslo("2026-11-30", "09:01"))
    with writing(editor.story.parts.engine) as connection:
        installation.resume(connection)
    editor.story.tick(oslo("2026-11-30", "09:05"))

    assert [letter.days_left() for letter in editor.new_letters()] == [1]
    assert_finished(editor.story)


@pytest.mark.parametrize("away", [when("2026-12-15"), when("tba"), when(more='status = "completed"')])
def test_a_reminder_that_was_given_up_for_a_date_that_comes_back_unheard_is_told_after_all(
    tmp_path: Path, sqlite_url: str, sink: SmtpSink, away: str
) -> None:
    editor = Editor(tmp_path, sink, sqlite_url, change("portal"))
    editor.story.daily("2026-11-24", "2026-11-27")
    assert [letter.days_left() for letter in editor.new_letters()] == [7, 4]
    sink.script.always("verdict", say("451 4.7.1 try again later"))
    editor.story.tick(oslo("2026-11-30", "08:05"))
    editor.means(change("portal", away), at=oslo("2026-11-30", "09:00"))
    editor.story.tick(oslo("2026-11-30", "09:20"))
    assert outcomes(editor.story)["reminder", "cancelled"] == 1
    editor.means(change("portal"), at=oslo("2026-11-30", "10:00"))
    editor.story.tick(oslo("2026-11-30", "10:10"))
    sink.script.reset()
    editor.story.every(
        timedelta(minutes=30), since=oslo("2026-11-30", "11:00"), until=oslo("2026-11-30", "13:00")
    )

    assert [letter.days_left() for letter in editor.new_letters()] == [1]
    assert_finished(editor.story)
