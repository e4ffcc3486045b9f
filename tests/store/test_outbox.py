"""The Outbox's state machine, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine, insert, select, update
from sqlalchemy.exc import IntegrityError

from notifier.core.backoff import AMBIGUOUS_WAIT
from notifier.core.delivery import after_verdict
from notifier.core.letter import LetterKind
from notifier.core.message import Message, MessageState
from notifier.core.reply import NOT_TRANSMITTED, SENT, Fault, Phase, Verdict
from notifier.store import (
    breakers,
    changes,
    expiring,
    installation,
    leaving,
    letters,
    outbox,
    overdue,
    pausing,
    recovering,
    subscribers,
)
from notifier.store import messages as outbox_views
from notifier.store.engine import writing
from notifier.store.outbox import Recorded
from notifier.store.tables import attempts, messages, notices
from tests.core.lists import a_list, a_subscriber, oslo
from tests.store import crowd

NOW = oslo("2026-09-02")
SUFFIX = ".abc@varsel.example>"
NODE, OTHER = 1, 2
LOST = Verdict(fault=Fault.AMBIGUOUS, phase=Phase.VERDICT)


@pytest.fixture
def box(database: Engine) -> Iterator[Connection]:
    """Three Subscribers with a waiting Message each, and a list in force."""
    with writing(database) as connection:
        crowd.put(connection, [(replace(a_subscriber(), id=n), None) for n in (1, 2, 3)])
        put_in_force(connection)
        rows = [
            {
                "subscriber_id": n,
                "state": "pending",
                "anytime": False,
                "created_at": NOW,
                "not_before": NOW,
                "state_at": NOW,
            }
            for n in (1, 2, 3)
        ]
        connection.execute(insert(messages), rows)
        yield connection


def put_in_force(connection: Connection, revision: int = 1) -> int:
    current = a_list(revision=revision)
    changes.put_in_force(
        connection, changes=current, merged=current, differences=(), news=(), rearmed=(), now=NOW
    )
    found = changes.in_force(connection)
    assert found is not None
    return found.id


def claim(
    box: Connection, *, node: int = NODE, now: datetime = NOW, is_open: bool = True
) -> tuple[Message, ...]:
    return outbox.claim(
        box, node=node, now=now, is_open=is_open, next_opening=now + timedelta(hours=12), limit=500
    )


def arm(box: Connection, *claimed: Message, reading: int = 1) -> frozenset[int]:
    return outbox.arm(box, claimed, reading=reading, id_suffix=SUFFIX, now=NOW)


def record(box: Connection, message: Message, verdict: Verdict) -> frozenset[int]:
    armed = replace(message, copies=message.copies + 1)
    transition = after_verdict(armed, verdict, now=NOW, spread=0)
    entry = Recorded(message=armed, verdict=verdict, transition=transition)
    return outbox.record(box, [entry], now=NOW)


def state(box: Connection, message: Message) -> MessageState:
    return outbox_views.load(box, [message.id])[0].state


def test_a_message_is_claimed_by_one_node_only(box: Connection) -> None:
    assert len(claim(box)) == 3
    assert claim(box, node=OTHER) == ()


def test_a_probe_is_what_was_never_put_off_and_fell_due_last_and_else_the_oldest(box: Connection) -> None:
    box.execute(update(messages).where(messages.c.id == 1).values(deferred_since=NOW, not_before=NOW))
    box.execute(update(messages).where(messages.c.id == 3).values(not_before=NOW + timedelta(minutes=1)))
    letters.put(box, 2, LetterKind.STATUS, now=NOW + timedelta(minutes=2))
    found = [
        message.id
        for _ in range(5)
        for message in outbox.claim(
            box,
            node=NODE,
            now=NOW + timedelta(minutes=3),
            is_open=True,
            next_opening=NOW,
            limit=1,
            probing=True,
        )
    ]
    assert found == [3, 2, 4, 1]


@pytest.mark.parametrize(
    ("faults", "told"),
    [
        ([], {}),
        ([(1, Fault.NONE), (2, Fault.UNCLEAR)], {2: False}),
        ([(2, Fault.UNCLEAR), (1, Fault.NONE)], {2: True}),
        ([(2, Fault.UNCLEAR), (1, Fault.NONE), (2, Fault.UNCLEAR)], {2: False}),
        ([(2, Fault.TEMPORARY), (1, Fault.NONE), (3, Fault.UNCLEAR)], {}),
    ],
)
def test_of_what_was_refused_without_a_reason_it_is_known_whether_others_were_taken_since(
    box: Connection, faults: list[tuple[int, Fault]], told: dict[int, bool]
) -> None:
    for number, fault in faults:
        row = {"message_id": number, "at": NOW, "phase": "rcpt", "fault": fault.value, "reply": ""}
        box.execute(insert(attempts).values(row))
    assert breakers.refused_before(box, [1, 2]) == told


def test_a_message_that_must_wait_is_not_claimed_before_its_time(box: Connection) -> None:
    box.execute(update(messages).where(messages.c.id == 2).values(not_before=NOW + timedelta(minutes=5)))
    assert [message.id for message in claim(box)] == [1, 3]
    assert [message.id for message in claim(box, now=NOW + timedelta(minutes=5))] == [2]


def test_outside_the_sending_hours_only_what_may_or_must_leaves(box: Connection) -> None:
    box.execute(update(messages).where(messages.c.id == 1).values(anytime=True))
    box.execute(update(messages).where(messages.c.id == 2).values(expires=NOW + timedelta(hours=6)))
    box.execute(update(messages).where(messages.c.id == 3).values(expires=NOW + timedelta(hours=18)))
    assert [message.id for message in claim(box, is_open=False)] == [1, 2]


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
    box.execute(
        insert(notices).values(
            subscriber_id=1,
            deadline="a/end",
            kind="reminder",
            due=NOW,
            outcome="owed",
            decided_at=NOW,
            message_id=1,
        )
    )
    box.execute(
        insert(notices).values(
            subscriber_id=2,
            deadline="a/end",
            kind="reminder",
            due=NOW,
            outcome="expired",
            decided_at=NOW,
            message_id=2,
        )
    )
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
