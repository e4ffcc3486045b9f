"""Pipelining changes how fast mail leaves, and nothing else: held against lock-step and the relay's own account."""

from __future__ import annotations

import asyncio
import math
from dataclasses import replace

import pytest
import uvloop
from hypothesis import event, given, settings
from hypothesis import strategies as st

from notifier.channels.channel import Parcel
from notifier.channels.smtp_line import SmtpLine
from notifier.channels.timeouts import Limits
from notifier.channels.wire import Wire
from notifier.core.reply import NOT_TRANSMITTED, Fault, Phase, Verdict
from tests.channels.sending import PATIENT
from tests.peers.relay_in_memory import ENDS, Plan, Relay

MAILS = tuple(
    Parcel(
        sender="varsel@nhn.example",
        recipient=f"person{number}@epj.example",
        data=f"Subject: Hei\r\n\r\nTil nummer {number}.\r\n..\r\n".encode(),
    )
    for number in range(4)
)
BODIES = tuple(mail.data.replace(b"\r\n..\r\n", b"\r\n...\r\n").removesuffix(b"\r\n") for mail in MAILS)
REPLIES = {
    "mail": ("421 4.3.2 closing", "451 4.3.0 later", "550 5.7.1 not you", "354 hm", "hva?"),
    "rcpt": (
        "421 4.3.2 closing",
        "450 4.2.1 later",
        "550-5.1.1 nobody\n550 5.1.1 here",
        "250-a\n250 b",
        "354 hm",
    ),
    "data": ("421 4.3.2 closing", "451 4.3.0 later", "554 5.5.1 nobody", "250 hm", "354 go on"),
    "verdict": ("421 4.3.2 closing", "451 4.3.0 later", "554 5.7.1 spam", "354 hm", "250-a\n250 b", "hva?"),
}


def carry(plan: Plan, *, pipelining: bool) -> tuple[list[Verdict], Relay]:
    """Send all mails over one connection."""

    async def over_one_line() -> tuple[list[Verdict], Relay]:
        relay = Relay(plan)
        offers = {"pipelining": ""} if pipelining else {}
        line = SmtpLine(wire=Wire(relay), offers=offers, timeouts=PATIENT, limits=Limits())
        verdicts = [verdict async for verdict in line.send_all(MAILS, latest=math.inf)]
        await line.close()
        return verdicts, relay

    return uvloop.run(over_one_line())


def assert_true(verdicts: list[Verdict], relay: Relay) -> None:
    """What is believed of each mail is what happened to it."""
    assert len(verdicts) == len(MAILS)
    for body, verdict in zip(BODIES, verdicts, strict=True):
        taken = relay.taken.count(body)
        assert taken <= 1
        if verdict.is_sent:
            assert taken == 1, "sent means that the relay took it"
        elif verdict.fault is Fault.AMBIGUOUS:
            assert body + ENDS in relay.written, "in doubt is only what was written to its end"
        else:
            assert taken == 0, "called undelivered, and it was taken"


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    steps = st.sampled_from([(number, step) for number in range(len(MAILS)) for step in REPLIES])
    replies = {
        (number, step): draw(st.sampled_from(REPLIES[step]))
        for number, step in draw(st.lists(steps, max_size=4, unique=True))
    }
    return Plan(replies=replies, pieces=draw(st.lists(st.integers(1, 40), max_size=3)))


def one_trouble_each(plan: Plan) -> Plan:
    """What in lock-step would never be asked is not answered strangely either, but for DATA without anybody."""
    first = {number: (number, step) for number, step in sorted(plan.replies, key=_in_order, reverse=True)}
    replies = {place: plan.replies[place] for place in first.values()}
    for number, step in first.values():
        if step == "rcpt" and plan.replies.get((number, "data")) == "354 go on":
            replies[number, "data"] = "354 go on"
    return replace(plan, replies=replies)


def _in_order(place: tuple[int, str]) -> tuple[int, int]:
    return place[0], list(REPLIES).index(place[1])


@settings(max_examples=300, deadline=None)
@given(plans().map(one_trouble_each))
def test_every_mail_fares_as_in_lock_step_however_replies_are_cut(plan: Plan) -> None:
    pipelined, relay = carry(plan, pipelining=True)
    in_steps, other = carry(replace(plan, pieces=()), pipelining=False)

    event(f"{sum(verdict.is_sent for verdict in pipelined)} of {len(MAILS)} are sent")
    assert pipelined == in_steps
    assert relay.taken == other.taken
    assert_true(pipelined, relay)


@settings(max_examples=300, deadline=None)
@given(plans(), st.booleans(), st.integers(0, 700), st.booleans())
def test_wherever_the_connection_breaks_each_mail_is_known_or_in_doubt(
    plan: Plan, pipelining: bool, at: int, says: bool
) -> None:
    cut = {"hangs_up_after_saying": at // 4} if says else {"hangs_up_after_reading": at}
    verdicts, relay = carry(replace(plan, **cut), pipelining=pipelining)
    assert_true(verdicts, relay)


@pytest.mark.parametrize("pipelining", [True, False])
def test_after_each_byte_that_is_read_or_said_the_connection_may_break(pipelining: bool) -> None:
    _, whole = carry(Plan(), pipelining=pipelining)
    for at in range(len(whole.written)):
        verdicts, relay = carry(Plan(hangs_up_after_reading=at), pipelining=pipelining)
        assert_true(verdicts, relay)
        assert [verdict.fault for verdict in verdicts].count(Fault.AMBIGUOUS) <= 1
    for at in range(1, 4 * len(MAILS) * len("250 ok\r\n")):
        verdicts, relay = carry(Plan(hangs_up_after_saying=at), pipelining=pipelining)
        assert_true(verdicts, relay)
        assert [verdict.fault for verdict in verdicts].count(Fault.AMBIGUOUS) <= 1


def test_a_mail_costs_one_write_and_the_commands_of_the_next_leave_with_it() -> None:
    _, relay = carry(Plan(), pipelining=True)

    first = b"MAIL FROM:<varsel@nhn.example>\r\nRCPT TO:<person%d@epj.example>\r\nDATA\r\n"
    assert relay.writes[0] == first % 0
    for number in range(3):
        assert relay.writes[number + 1] == BODIES[number] + ENDS + first % (number + 1)
    assert relay.writes[4:] == [BODIES[3] + ENDS, b"QUIT\r\n"]


def test_data_taken_although_nobody_is_written_to_is_answered_by_a_dot_and_is_no_mail() -> None:
    plan = Plan(replies={(1, "rcpt"): "550 5.1.1 nobody", (1, "data"): "354 go on"})

    verdicts, relay = carry(plan, pipelining=True)

    assert [verdict.fault for verdict in verdicts] == [Fault.NONE, Fault.ADDRESS, Fault.NONE, Fault.NONE]
    assert b".\r\n" in relay.writes
    assert BODIES[1] not in relay.written
    assert relay.taken == [BODIES[0], BODIES[2], BODIES[3]]


def test_no_empty_mail_goes_to_somebody_where_the_sender_was_refused() -> None:
    plan = Plan(replies={(1, "mail"): "451 4.3.0 later", (1, "rcpt"): "250 ok", (1, "data"): "354 go on"})

    verdicts, relay = carry(plan, pipelining=True)

    assert [verdict.fault for verdict in verdicts[:2]] == [Fault.NONE, Fault.RELAY]
    assert verdicts[2:] == [NOT_TRANSMITTED] * 2
    assert b".\r\n" not in relay.writes


@pytest.mark.parametrize("pipelining", [True, False])
def test_a_refusal_before_the_end_leaves_the_neighbour_alone(pipelining: bool) -> None:
    # Such a relay takes what is left of the body for commands, and answers each of them.
    verdicts, relay = carry(Plan(early={1: (9, "552 5.3.4 too big")}), pipelining=pipelining)

    assert [verdict.fault for verdict in verdicts[:2]] == [Fault.NONE, Fault.MESSAGE]
    assert verdicts[2:] == [NOT_TRANSMITTED] * 2
    assert_true(verdicts, relay)


@pytest.mark.parametrize("step", ["mail", "rcpt", "data", "verdict"])
def test_words_that_nobody_asked_for_are_never_taken_for_an_answer(step: str) -> None:
    usual = {"data": "354 go on"}.get(step, "250 ok")
    verdicts, relay = carry(Plan(replies={(1, step): f"{usual}\n250 and more"}), pipelining=True)

    assert verdicts[0].is_sent
    assert not any(verdict.is_sent for verdict in verdicts[2:])
    assert_true(verdicts, relay)


def test_a_relay_that_goes_down_fails_only_what_it_speaks_of() -> None:
    verdicts, _ = carry(Plan(replies={(1, "verdict"): "421 4.3.2 closing"}), pipelining=True)

    assert [(verdict.fault, verdict.phase) for verdict in verdicts[:2]] == [
        (Fault.NONE, Phase.VERDICT),
        (Fault.RELAY, Phase.VERDICT),
    ]
    assert verdicts[2:] == [NOT_TRANSMITTED] * 2


def test_a_body_whose_turn_comes_too_late_is_not_written() -> None:
    async def slow_before_the_second() -> tuple[list[Verdict], Relay]:
        relay = Relay(Plan())
        line = SmtpLine(wire=Wire(relay), offers={"pipelining": ""}, timeouts=PATIENT, limits=Limits())
        latest = asyncio.get_running_loop().time() + 0.05
        verdicts = []
        async for verdict in line.send_all(MAILS, latest=latest):
            verdicts.append(verdict)
            await asyncio.sleep(0.06)
        return verdicts, relay

    verdicts, relay = uvloop.run(slow_before_the_second())

    assert [verdict.is_sent for verdict in verdicts] == [True, False, False, False]
    assert verdicts[1:] == [NOT_TRANSMITTED] * 3
    assert relay.taken == [BODIES[0]]
