"""Dispatching: what happens when the database fails in the middle, when answers are lost, and when a node must stop."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import uvloop
from sqlalchemy import text

from notifier.core.backoff import UNANSWERED_STREAK
from notifier.errors import ConstraintError, DatabaseError
from notifier.jobs import transmit
from notifier.jobs.dispatch import dispatch
from notifier.jobs.recording import persistently
from notifier.jobs.recover import recover
from notifier.jobs.sender import Dispatched, Sender
from notifier.jobs.taking import take
from notifier.jobs.transmit import Transmitter
from notifier.jobs.verdicts import Tally
from notifier.store.engine import writing
from tests.acceptance.invariants import assert_finished, assert_sound, states
from tests.acceptance.meanwhile import after_the_claim
from tests.acceptance.scenes import MONDAY, a_crowd
from tests.acceptance.story import Story
from tests.jobs.sendings import for_seconds, sending, slowly
from tests.peers.smtp_script import drop
from tests.peers.smtp_sink import SmtpSink


def rename(story: Story, old: str, new: str) -> None:
    with writing(story.parts.engine) as connection:
        connection.execute(text(f"ALTER TABLE {old} RENAME TO {new}"))


def test_a_database_that_fails_before_the_wire_is_told_as_such_and_nothing_is_lost(
    crowd: Story, sink: SmtpSink
) -> None:
    after_the_claim(crowd, lambda: rename(crowd, "readings", "elsewhere"))
    with pytest.raises(DatabaseError, match="a statement failed"):
        crowd.tick(MONDAY)
    assert sink.accepted == ()

    rename(crowd, "elsewhere", "readings")
    crowd.tick(MONDAY + timedelta(minutes=1))
    assert len(sink.accepted) == 30
    assert_sound(crowd, sink.accepted)
    assert_finished(crowd)


def refuse_to_record(story: Story, which: str) -> None:
    with writing(story.parts.engine) as connection:
        connection.execute(
            text(
                f"CREATE TRIGGER bad BEFORE UPDATE ON messages WHEN new.state = 'sent' AND {which}"
                " BEGIN SELECT RAISE(ABORT, 'bad row'); END"
            )
        )


def test_a_verdict_that_cannot_be_recorded_takes_none_beside_it_along(crowd: Story, sink: SmtpSink) -> None:
    refuse_to_record(crowd, "new.id % 30 = 7")
    with pytest.raises(ConstraintError, match="bad row"):
        crowd.tick(MONDAY)
    after = states(crowd)
    assert after["transmitting"] == 1
    assert after["sent"] == len(sink.accepted) - 1 > 0

    with writing(crowd.parts.engine) as connection:
        connection.execute(text("DROP TRIGGER bad"))
    crowd.tick(MONDAY + timedelta(minutes=1))
    crowd.tick(MONDAY + timedelta(minutes=20))
    assert states(crowd) == {"sent": 30}
    assert len(sink.accepted) == 31


def test_nothing_more_leaves_once_a_verdict_could_not_be_recorded(crowd: Story, sink: SmtpSink) -> None:
    refuse_to_record(crowd, "true")

    async def send_twice(sender: Sender) -> None:
        transmitter = Transmitter(sender, Dispatched(), lambda: False)
        await transmitter.send(take(sender, now=MONDAY, most=1))
        with pytest.raises(ConstraintError):
            await transmitter.pause(10)
        with pytest.raises(ConstraintError):
            await transmitter.send(take(sender, now=MONDAY, most=5))
        with pytest.raises(ConstraintError):
            await transmitter.end()

    with sending(crowd) as sender:
        uvloop.run(send_twice(sender))
    assert len(sink.accepted) == 1


def test_arming_that_takes_long_keeps_nothing_from_leaving(
    crowd: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transmit, "BATCH_SECONDS", 0.1)
    with sending(crowd) as sender:
        slow = replace(sender, clock=slowly(0.15))
        assert uvloop.run(dispatch(slow, draining=for_seconds(10))).sent == 30


def test_whoever_drains_leaves_what_was_not_begun_to_the_next(crowd: Story, sink: SmtpSink) -> None:
    with sending(crowd) as sender:
        done = uvloop.run(dispatch(sender, draining=lambda: len(sink.accepted) > 0))

    assert 0 < done.sent < 30
    assert states(crowd)["pending"] == 30 - done.sent
    crowd.tick(MONDAY)
    assert len(sink.accepted) == 30


def test_what_was_twice_on_the_wire_and_never_answered_is_unknown_and_said_so(
    crowd: Story, sink: SmtpSink
) -> None:
    for address in a_crowd(2):
        sink.script.for_recipient("verdict", address, drop())
    for minutes in (0, 20, 40, 60):
        crowd.tick(MONDAY + timedelta(minutes=minutes))

    assert states(crowd) == {"unknown": 2, "sent": 28}
    assert sum(key.startswith("unknown:") for key in crowd.alerts()) == 2


def test_a_relay_that_loses_every_answer_is_given_few_mails(crowd: Story, sink: SmtpSink) -> None:
    sink.script.always("verdict", drop(accepts=True))
    crowd.tick(MONDAY)
    crowd.tick(MONDAY + timedelta(seconds=30))
    # As many connections as there are may each have one on the wire when the last goes unanswered.
    assert len(sink.accepted) <= UNANSWERED_STREAK + crowd.parts.settings.mail.connections

    sink.script.reset()
    for minutes in (5, 25):
        crowd.tick(MONDAY + timedelta(minutes=minutes))
    assert states(crowd) == {"sent": 30}
    assert_sound(crowd, sink.accepted)


def test_a_living_node_keeps_what_it_holds(crowd: Story) -> None:
    with writing(crowd.parts.engine) as connection:
        connection.execute(text("UPDATE messages SET state = 'claimed', owner = 7, lease_until = 1e12"))

    assert recover(engine=crowd.parts.engine, dead=None, mine=7, now=MONDAY) == 0
    assert recover(engine=crowd.parts.engine, dead=frozenset({6}), mine=5, now=MONDAY) == 0
    assert recover(engine=crowd.parts.engine, dead=frozenset({7}), mine=5, now=MONDAY) == 30


def test_a_verdict_is_written_again_until_the_database_takes_it() -> None:
    troubles = [DatabaseError("locked"), DatabaseError("locked")]

    def write(again: bool) -> Tally:
        assert again == (len(troubles) < 2)
        if troubles:
            raise troubles.pop()
        return Tally(sent=1)

    assert persistently(write) == Tally(sent=1)
