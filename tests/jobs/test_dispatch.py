"""Dispatching: what happens when the database fails in the middle, and how Messages are spread."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from notifier.core.backoff import UNANSWERED_STREAK, spread_of
from notifier.core.message import Message, MessageState
from notifier.core.pace import Pace
from notifier.daemon.sending import SendingRight
from notifier.errors import ConstraintError, DatabaseError
from notifier.jobs import transmit
from notifier.jobs.dispatch import dispatch
from notifier.jobs.recording import persistently
from notifier.jobs.recover import recover
from notifier.jobs.sender import Dispatched, Sender
from notifier.jobs.taking import Taken, take
from notifier.jobs.transmit import Transmitter
from notifier.jobs.verdicts import Tally
from notifier.store import outbox
from notifier.store.engine import writing
from tests.acceptance.invariants import assert_finished, assert_sound, states
from tests.acceptance.scenes import MONDAY, a_crowd, before_joining
from tests.acceptance.story import Story
from tests.acceptance.test_stop import after_the_claim
from tests.peers.smtp_script import Act, drop, say, wait
from tests.peers.smtp_sink import SmtpSink

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture
def story(tmp_path: Path, sqlite_url: str, sink: SmtpSink) -> Story:
    begun = before_joining(tmp_path, sink, url=sqlite_url)
    for address in a_crowd(30):
        begun.joins(address, now=MONDAY)
    return begun


@contextmanager
def sending(story: Story, *, per_minute: int = 0) -> Iterator[Sender]:
    """The Sender of a node that has the right to send, on Monday."""
    with SendingRight(story.parts.engine) as right:
        assert right.try_acquire()
        flow = replace(story.parts.flow(), pace=Pace(per_minute=per_minute))
        yield story.parts.sender(node=right.node, clock=lambda: MONDAY, flow=flow)


def taken(sender: Sender, *, most: int) -> Taken:
    return take(sender, now=MONDAY, most=most)


def rename(story: Story, old: str, new: str) -> None:
    with writing(story.parts.engine) as connection:
        connection.execute(text(f"ALTER TABLE {old} RENAME TO {new}"))


def test_a_database_that_fails_before_the_wire_is_told_as_such_and_nothing_is_lost(
    story: Story, sink: SmtpSink
) -> None:
    after_the_claim(story, lambda: rename(story, "readings", "elsewhere"))
    with pytest.raises(DatabaseError, match="a statement failed"):
        story.tick(MONDAY)
    assert sink.accepted == ()

    rename(story, "elsewhere", "readings")
    story.tick(MONDAY + timedelta(minutes=1))
    assert len(sink.accepted) == 30
    assert_sound(story, sink.accepted)
    assert_finished(story)


def refuse_to_record(story: Story, which: str) -> None:
    with writing(story.parts.engine) as connection:
        connection.execute(
            text(
                f"CREATE TRIGGER bad BEFORE UPDATE ON messages WHEN new.state = 'sent' AND {which}"
                " BEGIN SELECT RAISE(ABORT, 'bad row'); END"
            )
        )


def test_a_verdict_that_cannot_be_recorded_takes_none_beside_it_along(story: Story, sink: SmtpSink) -> None:
    refuse_to_record(story, "new.id % 30 = 7")
    with pytest.raises(ConstraintError, match="bad row"):
        story.tick(MONDAY)
    after = states(story)
    assert after["transmitting"] == 1
    assert after["sent"] == len(sink.accepted) - 1 > 0

    with writing(story.parts.engine) as connection:
        connection.execute(text("DROP TRIGGER bad"))
    story.tick(MONDAY + timedelta(minutes=1))
    story.tick(MONDAY + timedelta(minutes=20))
    assert states(story) == {"sent": 30}
    assert len(sink.accepted) == 31


def test_nothing_more_leaves_once_a_verdict_could_not_be_recorded(story: Story, sink: SmtpSink) -> None:
    refuse_to_record(story, "true")

    async def send_twice(sender: Sender) -> None:
        transmitter = Transmitter(sender, Dispatched(), lambda: False)
        await transmitter.send(taken(sender, most=1))
        with pytest.raises(ConstraintError):
            await transmitter.pause(10)
        with pytest.raises(ConstraintError):
            await transmitter.send(taken(sender, most=5))
        with pytest.raises(ConstraintError):
            await transmitter.end()

    with sending(story) as sender:
        asyncio.run(send_twice(sender))
    assert len(sink.accepted) == 1


def slowly(seconds: float) -> Callable[[], datetime]:
    """A clock that takes its time, as the database may: it is asked in arming."""

    def clock() -> datetime:
        time.sleep(seconds)
        return MONDAY

    return clock


def for_seconds(seconds: float) -> Callable[[], bool]:
    """Whether to stop, lest a test go on for ever."""
    until = time.monotonic() + seconds
    return lambda: time.monotonic() > until


def test_arming_that_takes_long_keeps_nothing_from_leaving(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transmit, "BATCH_SECONDS", 0.1)
    with sending(story) as sender:
        slow = replace(sender, clock=slowly(0.15))
        assert asyncio.run(dispatch(slow, draining=for_seconds(10))).sent == 30


def test_whoever_drains_leaves_what_was_not_begun_to_the_next(story: Story, sink: SmtpSink) -> None:
    with sending(story) as sender:
        done = asyncio.run(dispatch(sender, draining=lambda: len(sink.accepted) > 0))

    assert 0 < done.sent < 30
    assert states(story)["pending"] == 30 - done.sent
    story.tick(MONDAY)
    assert len(sink.accepted) == 30


def test_what_was_twice_on_the_wire_and_never_answered_is_unknown_and_said_so(
    story: Story, sink: SmtpSink
) -> None:
    for address in a_crowd(2):
        sink.script.for_recipient("verdict", address, drop())
    for minutes in (0, 20, 40, 60):
        story.tick(MONDAY + timedelta(minutes=minutes))

    assert states(story) == {"unknown": 2, "sent": 28}
    assert sum(key.startswith("unknown:") for key in story.alerts()) == 2


def test_a_relay_that_loses_every_answer_is_given_few_mails(story: Story, sink: SmtpSink) -> None:
    sink.script.always("verdict", drop(accepts=True))
    story.tick(MONDAY)
    story.tick(MONDAY + timedelta(seconds=30))
    # As many connections as there are may each have one on the wire when the last goes unanswered.
    assert len(sink.accepted) <= UNANSWERED_STREAK + story.parts.settings.mail.connections

    sink.script.reset()
    for minutes in (5, 25):
        story.tick(MONDAY + timedelta(minutes=minutes))
    assert states(story) == {"sent": 30}
    assert_sound(story, sink.accepted)


def test_a_living_node_keeps_what_it_holds(story: Story) -> None:
    with writing(story.parts.engine) as connection:
        connection.execute(text("UPDATE messages SET state = 'claimed', owner = 7, lease_until = 1e12"))

    assert recover(engine=story.parts.engine, dead=None, mine=7, now=MONDAY) == 0
    assert recover(engine=story.parts.engine, dead=frozenset({6}), mine=5, now=MONDAY) == 0
    assert recover(engine=story.parts.engine, dead=frozenset({7}), mine=5, now=MONDAY) == 30


def test_a_verdict_is_written_again_until_the_database_takes_it() -> None:
    troubles = [DatabaseError("locked"), DatabaseError("locked")]

    def write(again: bool) -> Tally:
        assert again == (len(troubles) < 2)
        if troubles:
            raise troubles.pop()
        return Tally(sent=1)

    assert persistently(write) == Tally(sent=1)


@given(st.integers(1, 10**9), st.integers(0, 1000))
def test_messages_are_spread_within_bounds_and_each_the_same_way_every_time(row_id: int, tries: int) -> None:
    message = Message(
        id=row_id,
        subscriber_id=1,
        state=MessageState.PENDING,
        anytime=False,
        created_at=AT,
        not_before=AT,
        tries=tries,
    )

    assert -1 <= spread_of(message) <= 1
    assert spread_of(message) == spread_of(message)


def test_one_slow_connection_stops_neither_the_others_nor_what_is_claimed_later(
    story: Story, sink: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "CLAIM_LIMIT", 10)
    sink.script.for_recipient("verdict", a_crowd(30)[0], wait(6))

    with sending(story) as sender:

        async def until_the_others_are_there() -> float:
            began = time.monotonic()
            sending = asyncio.create_task(dispatch(sender))
            await asyncio.to_thread(sink.wait_for, 30)
            taken = time.monotonic() - began
            assert (await sending).sent == 30
            return taken

        # The sink has a mail in hand before it keeps its sender waiting for the answer.
        assert asyncio.run(until_the_others_are_there()) < 5.5


def test_connections_are_kept_from_one_claim_to_the_next(
    story: Story, sink: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "CLAIM_LIMIT", 5)
    before = sink.connections
    story.tick(MONDAY)

    assert len(sink.accepted) == 30
    assert sink.connections - before == 1


def test_no_more_leave_in_a_minute_than_may_in_one_run_or_the_next(
    story: Story, sink: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transmit, "ARM_LIMIT", 5)
    before = sink.connections
    with sending(story, per_minute=600) as sender:
        began = time.monotonic()
        assert asyncio.run(dispatch(sender)).sent == 30
        for address in ("one@more.example.no", "two@more.example.no"):
            story.joins(address, now=MONDAY)
            assert asyncio.run(dispatch(sender)).sent == 1

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
    story: Story, sink: SmtpSink, act: Act
) -> None:
    before = sink.connections
    sink.script.always("ehlo", act)
    with sending(story) as sender:
        slow = replace(sender, clock=slowly(0.1))
        done = asyncio.run(dispatch(slow, draining=for_seconds(3)))
        assert sender.flow.admission.known is None
    assert done.stopped.startswith("the relay is left alone until")
    assert sink.connections - before == 1
    assert "relay" in story.alerts()

    sink.script.reset()
    story.tick(MONDAY + timedelta(minutes=2))
    assert states(story) == {"sent": 30}
    assert_sound(story, sink.accepted)


def test_a_relay_that_admits_few_connections_is_sent_everything_over_those(
    story: Story, sink: SmtpSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transmit, "ARM_LIMIT", 5)
    sink.admits = 2
    sink.script.always("verdict", wait(0.02))
    before = sink.connections
    with sending(story) as sender:
        assert asyncio.run(dispatch(sender)).sent == 30
        assert sender.flow.admission.known == 2
    assert "relay" not in story.alerts()
    assert sink.connections - before == story.parts.settings.mail.connections
