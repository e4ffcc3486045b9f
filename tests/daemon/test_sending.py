"""Sending as a loop of the daemon: what one run leaves behind for the next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import uvloop

from notifier.channels.channel import Line
from notifier.core.pace import Pace
from notifier.daemon.loops import Loop, steady
from notifier.daemon.page import Shown
from notifier.daemon.running import Running
from notifier.daemon.sending import SendingRight
from notifier.daemon.turns import send
from notifier.store import nodes
from notifier.store.engine import reading
from tests.acceptance.invariants import states
from tests.acceptance.scenes import MONDAY, a_crowd, before_joining
from tests.acceptance.story import Story
from tests.peers.smtp_sink import SmtpSink


@dataclass(frozen=True)
class Broken:
    """A way out with a mistake in it."""

    async def open(self) -> Line:
        raise ValueError("a mistake of ours")

    def describe(self) -> str:
        return "nowhere"


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    with SmtpSink() as server:
        yield server


@pytest.fixture
def story(tmp_path: Path, sqlite_url: str, sink: SmtpSink) -> Story:
    begun = before_joining(tmp_path, sink, url=sqlite_url)
    for address in a_crowd(5):
        begun.joins(address, now=MONDAY)
    return begun


@pytest.fixture
def running(story: Story) -> Iterator[Running]:
    """A daemon that believes its clock, and of which only the sending is looked at."""
    with SendingRight(story.parts.engine) as right:
        daemon = Running(
            parts=story.parts, clock=lambda: MONDAY, right=right, shown=Shown(), flow=story.parts.flow()
        )
        daemon.loops = [Loop(name="send", every=3, patience=60, job=lambda: send(daemon))]
        daemon.believed, daemon.believed_at = MONDAY, steady()
        yield daemon


def test_what_a_run_held_that_failed_in_any_way_leaves_with_the_next(running: Running, story: Story) -> None:
    running.parts = replace(story.parts, channel=Broken())
    with pytest.raises(ValueError, match="a mistake of ours"):
        uvloop.run(send(running))
    assert states(story) == {"claimed": 5}

    running.parts = story.parts
    uvloop.run(send(running))
    assert states(story) == {"sent": 5}


def test_a_node_that_begins_anew_is_listed_once(running: Running, story: Story) -> None:
    running.parts = replace(story.parts, channel=Broken())
    for _ in range(3):
        with pytest.raises(ValueError, match="a mistake of ours"):
            uvloop.run(send(running))
    running.parts = story.parts
    uvloop.run(send(running))
    running.right.beat()
    with reading(story.parts.engine) as connection:
        assert [node.id for node in nodes.listing(connection)] == [running.right.node]


def test_the_pace_of_one_run_is_that_of_the_next(running: Running) -> None:
    running.flow.pace = Pace(per_minute=60_000)
    uvloop.run(send(running))
    assert running.flow.pace.free_at > 0
