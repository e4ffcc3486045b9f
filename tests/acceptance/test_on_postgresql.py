"""The central stories once more on PostgreSQL, with its own locks, nodes and statements."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from notifier.settings.tables import MailSettings
from tests.acceptance.announced import change, when, write
from tests.acceptance.invariants import assert_finished, assert_sound, outcomes
from tests.acceptance.scenes import MONDAY, TUESDAY, a_crowd, before_joining
from tests.acceptance.story import KARI, Letter, Story, letters_at
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


def test_three_nodes_that_tick_at_once_tell_everybody_once(
    tmp_path: Path, postgres_url: str, story: Story, sink: SmtpSink
) -> None:
    others = [
        Story(tmp_path, changes=story.changes, url=postgres_url, mail=MailSettings(url=sink.url))
        for _ in range(2)
    ]
    write(story.changes, change("portal"), change("api", when("2027-05-03")), revision=2)
    together = threading.Barrier(3)

    def ticks(node: Story) -> None:
        together.wait()
        node.tick(TUESDAY)

    with ThreadPoolExecutor(3) as nodes:
        list(nodes.map(ticks, [story, *others]))
    for node in others:
        node.parts.engine.dispose()

    # Usually in one mail; in two where a node had sent the reminder before another had read the new Change.
    told = letters_at(sink.accepted[6:])
    assert sorted(told_of(told, "3. mai 2027")) == sorted(told_of(told, "7 dager")) == sorted(PEOPLE)
    assert_sound(story, sink.accepted)
    assert_finished(story)


def told_of(letters: list[Letter], words: str) -> list[str]:
    return [letter.to for letter in letters if words in letter.text]
