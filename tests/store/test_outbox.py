"""The Outbox's state machine, on both databases: what verdicts make of a Message, and dead owners."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from notifier.core.backoff import AMBIGUOUS_WAIT
from notifier.core.delivery import after_verdict
from notifier.core.message import MessageState
from notifier.core.reply import NOT_TRANSMITTED, SENT, Fault, Phase, Verdict
from notifier.store import expiring, outbox, recovering
from notifier.store import messages as outbox_views
from notifier.store.outbox import Recorded
from notifier.store.tables import attempts, messages, notices
from tests.store.boxes import NODE, NOW, OTHER, arm, claim, record, state

LOST = Verdict(fault=Fault.AMBIGUOUS, phase=Phase.VERDICT)


def test_an_owner_that_lost_its_claim_can_neither_arm_nor_record(box: Connection) -> None:
    stale = claim(box)
    recovering.recover(box, dead={NODE}, mine=OTHER, now=NOW)
    fresh = claim(box, node=OTHER)
    assert arm(box, *stale) == frozenset()
    assert arm(box, *fresh) == {1, 2, 3}
    assert record(box, stale[0], SENT) == frozenset()
    assert state(box, stale[0]) is MessageState.TRANSMITTING
    assert record(box, fresh[0], SENT) == {1}
    assert state(box, fresh[0]) is MessageState.SENT


def test_a_verdict_still_counts_for_an_owner_taken_for_dead_while_nobody_else_has_claimed(
    box: Connection,
) -> None:
    first, second, third = claimed = claim(box)
    arm(box, *claimed)
    recovering.recover(box, dead={NODE}, mine=OTHER, now=NOW)
    assert record(box, first, SENT) == {1}
    assert state(box, first) is MessageState.SENT
    assert record(box, second, LOST) == {2}
    assert (state(box, second), state(box, third)) == (MessageState.PENDING, MessageState.PENDING)
    assert [message.id for message in claim(box, node=OTHER, now=NOW + AMBIGUOUS_WAIT)] == [2, 3]


def test_a_refusal_takes_the_copy_back_and_an_accepted_one_counts(box: Connection) -> None:
    first, second, _ = claimed = claim(box)
    arm(box, *claimed)
    record(box, first, Verdict(fault=Fault.TEMPORARY, phase=Phase.RCPT, code=451, reply="later"))
    record(box, second, SENT)
    again, sent = outbox_views.load(box, [first.id, second.id])
    assert (again.state, again.copies, again.tries) == (MessageState.PENDING, 0, 1)
    assert again.not_before == NOW + timedelta(minutes=5)
    assert (sent.state, sent.copies) == (MessageState.SENT, 1)


def test_silence_is_answered_by_one_more_copy_under_the_same_message_id_and_then_unknown(
    box: Connection,
) -> None:
    first = claim(box)[0]
    arm(box, first)
    record(box, first, LOST)
    waiting = outbox_views.load(box, [first.id])[0]
    assert (waiting.state, waiting.copies) == (MessageState.PENDING, 1)
    assert claim(box, now=NOW + timedelta(minutes=14)) == ()
    second = next(m for m in claim(box, now=NOW + timedelta(minutes=15)) if m.id == first.id)
    arm(box, second)
    record(box, second, LOST)
    after = outbox_views.load(box, [first.id])[0]
    assert (after.state, after.copies, after.header_id) == (MessageState.UNKNOWN, 2, waiting.header_id)


def test_the_database_itself_refuses_a_third_copy(box: Connection) -> None:
    with pytest.raises(IntegrityError):
        box.execute(update(messages).where(messages.c.id == 1).values(copies=3))


def test_what_a_dead_owner_had_claimed_waits_again_and_what_it_was_sending_waits_fifteen_minutes(
    box: Connection,
) -> None:
    first, second, _ = claimed = claim(box)
    arm(box, first)
    again, unknown = recovering.recover(box, dead=None, mine=OTHER, now=NOW)
    assert (again, unknown) == (3, ())
    sending, idle = outbox_views.load(box, [first.id, second.id])
    assert (sending.state, sending.copies) == (MessageState.PENDING, 1)
    assert sending.not_before == NOW + timedelta(minutes=15)
    assert (idle.state, idle.copies, idle.not_before) == (MessageState.PENDING, 0, NOW)
    assert len(claimed) == 3


def test_a_living_owner_keeps_its_claim_until_its_lease_runs_out(box: Connection) -> None:
    claim(box)
    assert recovering.recover(box, dead=frozenset(), mine=OTHER, now=NOW + timedelta(days=9)) == (0, ())
    box.execute(update(messages).values(lease_until=messages.c.lease_until - outbox.LEASE_SECONDS - 1))
    assert recovering.recover(box, dead=frozenset(), mine=OTHER, now=NOW) == (3, ())


def test_every_transmission_leaves_a_trace_but_not_what_never_reached_the_wire(box: Connection) -> None:
    first, second, _ = claimed = claim(box)
    arm(box, *claimed)
    record(box, first, SENT)
    record(box, second, NOT_TRANSMITTED)
    assert box.scalars(select(attempts.c.message_id)).all() == [first.id]


def test_a_message_without_anything_owed_is_closed(box: Connection) -> None:
    told = {"deadline": "a/end", "kind": "reminder", "due": NOW, "decided_at": NOW}
    for number, outcome in ((1, "owed"), (2, "expired")):
        row = told | {"subscriber_id": number, "message_id": number, "outcome": outcome}
        box.execute(insert(notices).values(row))
    assert expiring.close_emptied(box, now=NOW) == 2
    states = [message.state for message in outbox_views.load(box, [1, 2, 3])]
    assert states == [MessageState.PENDING, MessageState.EXPIRED, MessageState.CANCELLED]


def test_a_person_may_send_an_unknown_message_again_under_a_new_message_id(box: Connection) -> None:
    first = claim(box)[0]
    box.execute(
        update(messages).where(messages.c.id == first.id).values(state="unknown", copies=2, owner=None)
    )
    assert outbox_views.retry(box, [first.id], by="Kari", now=NOW)
    again = next(message for message in claim(box) if message.id == first.id)
    arm(box, again)
    assert outbox_views.load(box, [first.id])[0].header_id == "<n1.1.abc@varsel.example>"
    assert not outbox_views.retry(box, [first.id], by="Kari", now=NOW)


def test_verdicts_of_many_kinds_are_written_in_one_go_each_to_its_own_message(box: Connection) -> None:
    claimed = claim(box)
    arm(box, *claimed)
    later = Verdict(fault=Fault.TEMPORARY, phase=Phase.RCPT, code=451, reply="later")
    verdicts = [replace(SENT, reply="queued as 1"), later, replace(SENT, reply="queued as 3")]
    armed = [replace(message, copies=1) for message in claimed]
    entries = [
        Recorded(message, verdict, after_verdict(message, verdict, now=NOW, spread=0))
        for message, verdict in zip(armed, verdicts, strict=True)
    ]
    assert outbox.record(box, entries, now=NOW) == {message.id for message in claimed}

    after = outbox_views.load(box, [message.id for message in claimed])
    assert [message.last_reply for message in after] == ["queued as 1", "later", "queued as 3"]
    assert [message.copies for message in after] == [1, 0, 1]
    assert [message.not_before - NOW for message in after] == [timedelta(), timedelta(minutes=5), timedelta()]
    told = [attempt for message in after for attempt in outbox_views.attempts_of(box, message.id)]
    assert [(each.code, each.reply) for each in told] == [(v.code, v.reply) for v in verdicts]
