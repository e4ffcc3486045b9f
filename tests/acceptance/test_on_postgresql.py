"""The central stories once more on PostgreSQL, with its own locks, nodes and statements."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.acceptance.announced import change, when, write
from tests.acceptance.invariants import assert_finished, assert_sound, outcomes
from tests.acceptance.scenes import MONDAY, TUESDAY, a_crowd, before_joining
from tests.acceptance.story import KARI, Story, letters_at
from tests.core.lists import oslo
from tests.peers.smtp_script import drop, say
from tests.peers.smtp_sink import SmtpSink

MINUTE = timedelta(minutes=1)
PEOPLE = (*a_crowd(5), KARI)


@pytest.fixture
def story(tmp_path: Path, postgres_url: str, sink: SmtpSink) -> Iterator[Story]:
    begun = before_joining(tmp_path, sink, url=postgres_url)
    for address in PEOPLE:
        begun.joins(address, now=MONDAY - MINUTE)
    begun.tick(MONDAY)
    yield begun
    begun.parts.engine.dispose()


def test_a_reminder_finds_its_way_through_a_bad_morning(story: Story, sink: SmtpSink) -> None:
    sink.script.once("verdict", drop(accepts=True), drop(), say("451 4.3.0 try again"))
    sink.script.once("banner", say("421 4.3.2 busy", drops=True))
    story.every(5 * MINUTE, since=TUESDAY, until=TUESDAY + 40 * MINUTE)
    sink.script.for_recipient("rcpt", KARI, say("550 5.1.1 no such user"))
    story.leaves(PEOPLE[0], now=oslo("2026-11-27", "07:00"))
    story.tick(oslo("2026-11-27", "08:05"))

    assert outcomes(story)["reminder", "sent"] == 6 + 4
    assert outcomes(story)["reminder", "failed"] == 1
    assert len(sink.accepted) == 6 + 7 + 4
    assert_sound(story, sink.accepted)
    assert_finished(story)


def test_two_moves_overnight_are_one_and_an_overlong_one_is_held(story: Story, sink: SmtpSink) -> None:
    write(story.changes, change("portal", when("2027-02-01")), revision=2)
    story.tick(oslo("2026-11-23", "19:00"))
    write(story.changes, change("portal", when("2027-03-01")), revision=3)
    story.tick(oslo("2026-11-23", "20:00"))
    write(story.changes, change("portal", when("2072-03-01")), revision=4)
    assert story.tick(TUESDAY).needs_attention

    letters = letters_at(sink.accepted[6:])
    assert len(letters) == 6
    assert all("1. mars 2027" in letter.text and "1. desember" in letter.text for letter in letters)
    assert_sound(story, sink.accepted)
    assert_finished(story)
