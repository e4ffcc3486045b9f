"""Arming: what may still leave at the moment when a connection is about to write it."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection

from notifier.core.letter import LetterKind
from notifier.core.message import MessageState
from notifier.core.reply import Fault, Phase, Verdict
from notifier.store import installation, leaving, letters, outbox, overdue, pausing, subscribers
from notifier.store import messages as outbox_views
from tests.store.boxes import NOW, arm, claim, put_in_force, record


def test_arming_counts_a_copy_and_fixes_the_message_id(box: Connection) -> None:
    first, *_ = claimed = claim(box)
    assert arm(box, *claimed) == {1, 2, 3}
    armed = outbox_views.load(box, [first.id])[0]
    assert (armed.state, armed.copies) == (MessageState.TRANSMITTING, 1)
    assert armed.header_id == "<n1.0.abc@varsel.example>"


def test_nothing_is_armed_after_the_subscriber_left(box: Connection) -> None:
    claimed = claim(box)
    leaving.leave(box, subscriber_id=2, why="one-click", now=NOW)
    assert arm(box, *claimed) == {1, 3}


def test_nothing_is_armed_while_paused(box: Connection) -> None:
    claimed = claim(box)
    installation.pause(box, by="Kari", reason="wrong list", now=NOW)
    assert arm(box, *claimed) == frozenset()
    outbox.release(box, claimed, now=NOW)
    installation.resume(box)
    assert len(arm(box, *claim(box))) == 3


def test_a_pause_holds_what_was_claimed_and_what_comes_back_from_the_wire(box: Connection) -> None:
    claimed = claim(box)
    assert arm(box, claimed[0], claimed[1]) == {1, 2}
    people = subscribers.load(box, [1, 2, 3])
    for number in (1, 3):
        pausing.pause(box, people[number], until=NOW + timedelta(days=30), now=NOW)
    assert arm(box, claimed[2]) == frozenset()
    outbox.release(box, claimed, now=NOW)
    for message in claimed[:2]:
        record(box, message, Verdict(fault=Fault.TEMPORARY, phase=Phase.RCPT, code=450, reply="later"))
    letters.put(box, 1, LetterKind.STATUS, now=NOW)
    day = timedelta(days=1)
    assert [overdue.count_overdue(box, before=NOW + days * day) for days in (2, 31)] == [2, 6]

    taken = claim(box, now=NOW + timedelta(days=29))
    assert {(message.subscriber_id, message.letter) for message in taken} == {
        (1, LetterKind.STATUS),
        (2, None),
    }
    assert {message.subscriber_id for message in claim(box, now=NOW + timedelta(days=30))} == {1, 3}


def test_what_was_composed_from_another_list_is_composed_anew(box: Connection) -> None:
    claimed = claim(box)
    put_in_force(box, revision=2)
    assert arm(box, *claimed) == frozenset()
