"""What the health page says of the daemon's own loops."""

from __future__ import annotations

from pathlib import Path

import pytest
import uvloop

from notifier.daemon.loops import Loop, steady
from notifier.daemon.page import health_of
from notifier.errors import DatabaseError
from tests.acceptance.scenes import before_joining
from tests.acceptance.story import Story
from tests.core.lists import oslo
from tests.peers.smtp_sink import SmtpSink

NOW = oslo("2026-11-23", "08:01")


@pytest.fixture
def story(tmp_path: Path, sqlite_url: str) -> Story:
    with SmtpSink() as sink:
        return before_joining(tmp_path, sink, url=sqlite_url)


async def _nothing() -> None:
    """There is nothing to do."""


def test_a_loop_that_does_not_move_makes_it_neither_live_nor_ready(story: Story) -> None:
    moves = Loop(name="tick", every=15, patience=300, job=_nothing)
    stuck = Loop(name="send", every=3, patience=60, job=_nothing, moved=steady() - 64)
    waits = Loop(name="prune", every=3600, patience=60, job=_nothing, moved=steady() - 64)

    health = health_of(story.parts, NOW, [moves, stuck, waits])

    assert [problem.what for problem in health.problems] == ["the loop “send” does not move"]
    assert (health.live, health.ready) == (False, False)


def test_a_job_that_fails_makes_it_unready_since_then_until_it_succeeds(story: Story) -> None:
    failures = [DatabaseError("/srv/notifier.sqlite3: the disk is full"), ValueError("a mistake of ours")]

    async def send() -> None:
        if failures:
            raise failures.pop()

    loop = Loop(name="send", every=3, patience=60, job=send)
    for _ in range(2):
        uvloop.run(loop.turn(NOW))
        health = health_of(story.parts, NOW, [loop])
        assert [(each.what, each.since) for each in health.problems] == [
            ("the job “send” fails; the log says why", NOW)
        ]
        assert (health.live, health.ready) == (True, False)

    uvloop.run(loop.turn(NOW))
    assert health_of(story.parts, NOW, [loop]).ready
