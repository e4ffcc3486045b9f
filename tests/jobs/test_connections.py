"""Dispatching over connections: how many there are, how long they are kept, and how fast mails leave by them."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from datetime import timedelta

import pytest
import uvloop

from notifier.channels.smtp import SmtpChannel
from notifier.channels.timeouts import Timeouts
from notifier.jobs import transmit
from notifier.jobs.dispatch import dispatch
from notifier.store import outbox
from tests.acceptance.invariants import assert_sound, states
from tests.acceptance.scenes import MONDAY, a_crowd
from tests.acceptance.story import Story
from tests.jobs.sendings import for_seconds, sending, slowly
from tests.peers.smtp_script import Act, say, stall, wait
from tests.peers.smtp_sink import SmtpSink


def test_one_slow_connection_stops_neither_the_others_nor_what_is_claimed_later(
    crowd: Story, sink: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "CLAIM_LIMIT", 10)
    sink.script.for_recipient("verdict", a_crowd(30)[0], wait(6))

    with sending(crowd) as sender:

        async def until_the_others_are_there() -> float:
            began = time.monotonic()
            sending = asyncio.create_task(dispatch(sender))
            await asyncio.to_thread(sink.wait_for, 30)
            taken = time.monotonic() - began
            assert (await sending).sent == 30
            return taken

        # The sink has a mail in hand before it keeps its sender waiting for the answer.
        assert uvloop.run(until_the_others_are_there()) < 5.5


def test_connections_are_kept_from_one_claim_to_the_next(
    crowd: Story, sink: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "CLAIM_LIMIT", 5)
    before = sink.connections
    crowd.tick(MONDAY)

    assert len(sink.accepted) == 30
    assert sink.connections - before == 1


def test_no_more_leave_in_a_minute_than_may_in_one_run_or_the_next(
    crowd: Story, sink: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transmit, "ARM_LIMIT", 5)
    before = sink.connections
    with sending(crowd, per_minute=600) as sender:
        began = time.monotonic()
        assert uvloop.run(dispatch(sender)).sent == 30
        for address in ("one@more.example.no", "two@more.example.no"):
            crowd.joins(address, now=MONDAY)
            assert uvloop.run(dispatch(sender)).sent == 1

    # Ten a second, the first ten at once.
    assert time.monotonic() - began > 3.0
    # One connection keeps up, in each run.
    assert sink.connections - before == 3


@pytest.mark.parametrize(
    "act",
    [Act(drops=True, lingers=0.05), say("250 sink.example\n421 4.3.2 closing", drops=True)],
    ids=["hangs up", "says more"],
)
def test_a_relay_that_ends_every_connection_at_the_greeting_is_left_alone(
    crowd: Story, sink: SmtpSink, act: Act
) -> None:
    before = sink.connections
    sink.script.always("ehlo", act)
    with sending(crowd) as sender:
        slow = replace(sender, clock=slowly(0.1))
        done = uvloop.run(dispatch(slow, draining=for_seconds(3)))
        assert sender.flow.admission.known is None
    assert done.stopped.startswith("the relay is left alone until")
    assert sink.connections - before == 1
    assert "relay" in crowd.alerts()

    sink.script.reset()
    crowd.tick(MONDAY + timedelta(minutes=2))
    assert states(crowd) == {"sent": 30}
    assert_sound(crowd, sink.accepted)


def test_a_relay_that_admits_few_connections_is_sent_everything_over_those(
    crowd: Story, sink: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transmit, "ARM_LIMIT", 5)
    sink.admits = 2
    sink.script.always("verdict", wait(0.02))
    before = sink.connections
    with sending(crowd) as sender:
        assert uvloop.run(dispatch(sender)).sent == 30
        assert sender.flow.admission.known == 2
    assert "relay" not in crowd.alerts()
    assert sink.connections - before == crowd.parts.settings.mail.connections


def test_a_relay_that_does_not_part_is_waited_for_once_and_not_on_each_connection(
    crowd: Story, sink: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transmit, "ARM_LIMIT", 5)
    sink.script.always("verdict", wait(0.02))
    sink.script.always("quit", stall())
    before = sink.connections
    with sending(crowd) as sender:
        assert isinstance(sender.channel, SmtpChannel)
        impatient = replace(sender.channel, timeouts=Timeouts(goodbye=1))
        began = time.monotonic()
        assert uvloop.run(dispatch(replace(sender, channel=impatient))).sent == 30
    assert sink.connections - before == 4
    assert time.monotonic() - began < 3.5
