"""Taking ahead: while some leave, the next are claimed already, and given back where they may not leave after all."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest
import uvloop

from notifier.jobs import ahead, transmit
from notifier.jobs.dispatch import dispatch
from notifier.jobs.sender import Sender
from notifier.jobs.taking import Taken
from notifier.store import outbox
from tests.acceptance.invariants import assert_finished, assert_sound, states
from tests.acceptance.scenes import MONDAY
from tests.acceptance.story import Story
from tests.jobs.sendings import sending
from tests.peers.smtp_script import say
from tests.peers.smtp_sink import SmtpSink


@pytest.fixture(autouse=True)
def _few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "CLAIM_LIMIT", 5)
    monkeypatch.setattr(transmit, "ARM_LIMIT", 2)


def taking(monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[Taken], None]) -> None:
    """Let something happen whenever a batch was taken."""
    really = ahead._take

    def take(sender: Sender) -> Taken:
        taken = really(sender)
        meanwhile(taken)
        return taken

    monkeypatch.setattr(ahead, "_take", take)


def test_the_next_are_taken_while_those_before_have_not_left_yet(
    crowd: Story, sink: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    left: list[int] = []
    taking(monkeypatch, lambda taken: left.append(len(sink.accepted)) if taken.claimed else None)
    with sending(crowd) as sender:
        assert uvloop.run(dispatch(sender)).sent == 30

    assert len(left) == 6
    assert any(accepted < 5 * before for before, accepted in enumerate(left))
    assert_sound(crowd, sink.accepted)
    assert_finished(crowd)


def test_whoever_drains_gives_back_what_was_taken_ahead(crowd: Story, sink: SmtpSink) -> None:
    with sending(crowd) as sender:
        done = uvloop.run(dispatch(sender, draining=lambda: len(sink.accepted) > 0))

    assert 0 < done.sent < 30
    assert states(crowd) == {"sent": done.sent, "pending": 30 - done.sent}


def test_what_was_taken_ahead_waits_once_the_breaker_opens(crowd: Story, sink: SmtpSink) -> None:
    sink.script.always("mail", say("451 4.3.0 not now"))
    with sending(crowd) as sender:
        done = uvloop.run(dispatch(sender))

    assert done.stopped.startswith("the relay is left alone")
    assert states(crowd) == {"pending": 30}
    sink.script.reset()
    crowd.tick(MONDAY + timedelta(minutes=20))
    assert states(crowd) == {"sent": 30}
    assert len(sink.accepted) == 30


def test_whoever_is_cut_off_while_taking_leaves_nothing_claimed(
    crowd: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def cut_off(sender: Sender) -> None:
        running = asyncio.create_task(dispatch(sender))
        loop = asyncio.get_running_loop()

        def cancel(_: Taken) -> None:
            loop.call_soon_threadsafe(running.cancel)

        taking(monkeypatch, cancel)
        with pytest.raises(asyncio.CancelledError):
            await running

    with sending(crowd) as sender:
        uvloop.run(cut_off(sender))
    assert states(crowd) == {"pending": 30}
