"""Silence is noticed: whatever keeps people from being told in time shows as trouble."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from notifier.jobs.examine import examine
from notifier.store import installation
from notifier.store.engine import sqlite_file, writing
from tests.acceptance.scenes import MONDAY, TUESDAY, eve_of_a_reminder
from tests.acceptance.story import Story
from tests.core.lists import oslo
from tests.peers.smtp_script import say
from tests.peers.smtp_sink import SmtpSink

MINUTE = timedelta(minutes=1)


@pytest.fixture
def story(tmp_path: Path, sqlite_url: str, sink: SmtpSink) -> Story:
    return eve_of_a_reminder(tmp_path, sink, url=sqlite_url)


def troubles(story: Story, now: datetime) -> list[str]:
    return [
        trouble.what for trouble in examine(engine=story.parts.engine, timing=story.parts.timing, now=now)
    ]


def test_all_is_well_after_a_tick(story: Story) -> None:
    assert troubles(story, MONDAY) == []


def test_a_tick_that_does_not_come_is_noticed_after_five_minutes(story: Story) -> None:
    assert troubles(story, MONDAY + 5 * MINUTE) == []
    assert troubles(story, MONDAY + 6 * MINUTE) == ["the tick does not move"]


def test_without_any_list_there_is_nothing_to_remind_of(tmp_path: Path, sqlite_url: str) -> None:
    story = Story(tmp_path, changes=tmp_path / "nowhere.toml", url=sqlite_url)
    story.begin(MONDAY)
    story.tick(MONDAY)

    missing, refused = troubles(story, MONDAY)
    assert missing == "no list is in force"
    assert refused == "The list was refused; the one in force stays in force. Mend it"


def test_a_refused_list_is_trouble_until_it_is_mended(story: Story) -> None:
    good = story.changes.read_bytes()
    story.changes.write_bytes(good[:100])
    story.tick(MONDAY + MINUTE)
    (refused,) = troubles(story, MONDAY + MINUTE)
    assert refused.startswith("The list was refused")

    story.changes.write_bytes(good)
    story.tick(MONDAY + 2 * MINUTE)
    assert troubles(story, MONDAY + 2 * MINUTE) == []


def test_a_pause_is_trouble_but_who_said_so_and_why_is_not_for_everybody(story: Story) -> None:
    with writing(story.parts.engine) as connection:
        installation.pause(connection, by="per", reason="ola@epj.no complained", now=MONDAY)

    assert troubles(story, MONDAY) == ["sending is paused"]


def test_a_relay_that_refuses_us_is_trouble_without_its_words(story: Story, sink: SmtpSink) -> None:
    sink.script.always("mail", say("550 5.7.1 sender not allowed"))
    story.tick(TUESDAY)

    assert troubles(story, TUESDAY) == ["the relay does not take mail"]


def test_a_message_that_does_not_leave_is_noticed_after_two_hours(story: Story, sink: SmtpSink) -> None:
    sink.stop()
    story.every(20 * MINUTE, since=TUESDAY, until=TUESDAY + 120 * MINUTE)
    down = troubles(story, TUESDAY + 121 * MINUTE)

    assert any("1 message should have left over two hours ago" in what for what in down)


def test_what_waits_for_the_sending_hours_is_no_trouble(story: Story) -> None:
    night = oslo("2026-11-24", "20:00")
    story.tick(night)
    story.tick(night + 180 * MINUTE)

    assert troubles(story, night + 180 * MINUTE) == []


def test_a_database_that_does_not_answer_is_the_trouble(story: Story) -> None:
    story.parts.engine.dispose()
    sqlite_file(story.parts.engine).write_bytes(b"this is no database" * 100)

    assert troubles(story, MONDAY) == ["the database does not answer as it should; the log says why"]
