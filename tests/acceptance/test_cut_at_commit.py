"""The connection to PostgreSQL is cut exactly at a COMMIT: whether it took effect, nobody can say.

Everybody is told once all the same, nothing is lost, and nothing is counted twice.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from notifier.errors import DatabaseError
from notifier.store.engine import reading
from notifier.store.tables import attempts
from tests.acceptance.invariants import assert_finished, assert_sound, outcomes
from tests.acceptance.scenes import TUESDAY, a_crowd, eve_of_a_reminder
from tests.acceptance.story import Story
from tests.peers.cut_wire import CutWire
from tests.peers.smtp_script import say
from tests.peers.smtp_sink import SmtpSink
from tests.postgresql import Server

MINUTE = timedelta(minutes=1)
PEOPLE = a_crowd(3)
# What is said in the transaction that plans, the one that claims, the one that arms, the one that records.
STEPS = {
    "plan": b"INSERT INTO notices",
    "finish": b"INSERT INTO steps",
    "claim": b"SKIP LOCKED",
    "arm": b"copies=(messages.copies",
    "record": b"INSERT INTO attempts",
}


@pytest.fixture
def wire(postgres_server: Server, tmp_path: Path) -> Iterator[CutWire]:
    with CutWire(postgres_server.folder, tmp_path) as wire:
        yield wire


@pytest.fixture
def story(tmp_path: Path, postgres_url: str, wire: CutWire, sink: SmtpSink) -> Iterator[Story]:
    """Everybody was told where they stand, and is owed a reminder on Tuesday."""
    begun = eve_of_a_reminder(tmp_path, sink, people=PEOPLE, url=wire.url(postgres_url))
    yield begun
    begun.parts.engine.dispose()


def _tries(story: Story) -> Counter[int]:
    """How many attempts are recorded, by Message."""
    with reading(story.parts.engine) as connection:
        return Counter(connection.scalars(select(attempts.c.message_id)))


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("after", [False, True], ids=["not committed", "committed"])
def test_everybody_is_told_once(story: Story, sink: SmtpSink, wire: CutWire, step: str, after: bool) -> None:
    wire.cut(STEPS[step], after=after)
    with contextlib.suppress(DatabaseError):
        story.tick(TUESDAY)
    assert wire.cuts == 1

    story.every(20 * MINUTE, since=TUESDAY + MINUTE, until=TUESDAY + 41 * MINUTE)

    told = Counter(mail.recipients[0] for mail in sink.accepted)
    assert told == dict.fromkeys(PEOPLE, 2), "once where they stand, once the reminder"
    assert outcomes(story)["reminder", "sent"] == len(PEOPLE)
    assert set(_tries(story).values()) == {1}
    assert_sound(story, sink.accepted)
    assert_finished(story)


def test_trouble_with_the_relay_is_counted_once(story: Story, sink: SmtpSink, wire: CutWire) -> None:
    busy = say("421 4.3.2 closing", drops=True)
    sink.script.once("mail", busy, busy)
    wire.cut(STEPS["record"], after=True)

    story.tick(TUESDAY)

    assert wire.cuts == 1
    assert outcomes(story)["reminder", "sent"] == 1, "three in a row would have kept the last one waiting"
