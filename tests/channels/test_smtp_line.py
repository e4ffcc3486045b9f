"""A Line in use: kept, reset, given up; what a body does to it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
import uvloop
from hypothesis import example, given, settings
from hypothesis import strategies as st

from notifier.core.reply import Fault, Phase
from tests.channels.sending import KARI, OLA, PATIENT, channel_to, patience_with, send
from tests.peers.smtp_script import Act, drip, drop, say, stall
from tests.peers.smtp_sink import SmtpSink

LONG = replace(KARI, data=b"Subject: Langt\r\n\r\n" + (b"x" * 70 + b"\r\n") * 4_000)


@pytest.fixture(scope="module")
def patient_sink() -> Iterator[SmtpSink]:
    with SmtpSink() as server:
        yield server


def test_many_mails_share_a_connection_that_is_parted_from_politely(sink: SmtpSink) -> None:
    verdicts = send(channel_to(sink), KARI, OLA, KARI)

    assert all(verdict.is_sent for verdict in verdicts)
    assert sink.connections == 1
    assert sink.commands[-1] == "QUIT"


@pytest.mark.parametrize("step", ["mail", "rcpt", "data", "verdict"])
def test_after_a_refusal_the_transaction_is_reset_and_the_next_mail_sent(sink: SmtpSink, step: str) -> None:
    sink.script.once(step, say("450 4.2.0 not now"))

    verdicts = send(channel_to(sink), KARI, OLA)

    assert verdicts[1].is_sent
    # After the body the next mail's commands are on their way already, and the transaction is over.
    assert sink.commands.count("RSET") == (0 if step == "verdict" else 1)
    assert [mail.recipients for mail in sink.accepted] == [(OLA.recipient,)]


@pytest.mark.parametrize("act", [drop(), stall(), say("500 no")])
def test_a_line_that_cannot_be_reset_is_given_up(sink: SmtpSink, act: Act) -> None:
    sink.script.once("rcpt", say("550 5.1.1 unknown"))
    sink.script.once("rset", act)

    verdicts = send(channel_to(sink, timeouts=patience_with(act)), KARI, OLA)

    assert [verdict.fault for verdict in verdicts] == [Fault.ADDRESS]


def test_a_line_is_given_up_before_the_relay_loses_patience(sink: SmtpSink) -> None:
    verdicts = send(channel_to(sink), *[KARI] * 150)

    assert len(verdicts) == 100
    assert all(verdict.is_sent for verdict in verdicts)


def test_a_line_that_the_relay_hung_up_on_between_mails_is_not_usable(sink: SmtpSink) -> None:
    async def idle() -> tuple[bool, bool]:
        line = await channel_to(sink).open()
        await line.send(KARI)
        before = line.room > 0
        await asyncio.to_thread(sink.stop)
        await asyncio.sleep(0.05)
        after = line.room > 0
        await line.close()
        return before, after

    assert uvloop.run(idle()) == (True, False)


def test_sending_on_a_line_that_is_not_usable_sends_nothing(sink: SmtpSink) -> None:
    async def twice() -> Fault:
        line = await channel_to(sink).open()
        await line.close()
        await line.close()
        return (await line.send(KARI)).fault

    assert uvloop.run(twice()) is Fault.RELAY
    assert sink.accepted == ()


def test_a_cancelled_transmission_leaves_the_line_unusable(sink: SmtpSink) -> None:
    sink.script.once("verdict", stall())

    async def cancelled() -> bool:
        line = await channel_to(sink).open()
        sending = asyncio.create_task(line.send(KARI))
        await asyncio.sleep(0.1)
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        usable = line.room > 0
        await line.close()
        return usable and sending.cancelled()

    assert uvloop.run(cancelled()) is False


@pytest.mark.parametrize(
    ("act", "fault"),
    [
        (drop(after=1000), Fault.RELAY),
        (say("421 4.3.2 going down", drops=True, after=1000), Fault.RELAY),
        (say("452 4.3.1 disk full", drops=True, after=1000), Fault.TEMPORARY),
        (say("552 5.3.4 too big", after=1000), Fault.MESSAGE),
        (replace(say("452 4.3.1 disk full", after=1000), drip=60), Fault.TEMPORARY),
        (say("250 that will do", drops=True, after=1000), Fault.RELAY),
    ],
)
def test_a_body_that_was_not_written_whole_is_provably_not_delivered(act: Act, fault: Fault) -> None:
    with SmtpSink(receive_buffer=4096) as sink:
        sink.script.once("body", act)

        (verdict,) = send(channel_to(sink), replace(KARI, data=LONG.data * 20), OLA)

        assert (verdict.fault, verdict.phase) == (fault, Phase.BODY)
        assert sink.accepted == ()


def test_a_short_body_cut_after_it_was_written_whole_is_ambiguous(sink: SmtpSink) -> None:
    sink.script.once("body", drop(after=len(KARI.data) + 3))

    (verdict,) = send(channel_to(sink), KARI)

    assert (verdict.fault, verdict.phase) == (Fault.AMBIGUOUS, Phase.VERDICT)


def test_a_relay_that_takes_one_byte_at_a_time_does_not_hold_a_line_for_ever() -> None:
    with SmtpSink(receive_buffer=4096) as sink:
        sink.script.always("body", drip(0.05))
        timeouts = replace(PATIENT, whole=1)
        began = time.monotonic()

        (small,) = send(channel_to(sink, timeouts=timeouts), KARI)
        (large,) = send(channel_to(sink, timeouts=timeouts), replace(KARI, data=LONG.data * 20))

        assert (small.fault, small.phase) == (Fault.AMBIGUOUS, Phase.VERDICT)
        assert (large.fault, large.phase) == (Fault.RELAY, Phase.BODY)
        assert time.monotonic() - began < 10


def test_a_large_mail_arrives_as_it_was(sink: SmtpSink) -> None:
    (verdict,) = send(channel_to(sink), LONG)

    assert verdict.is_sent
    assert sink.accepted[0].data == LONG.data


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.sampled_from([b".", b"..", b"\r", b"\n", b"\r\n", b"x", b"\r\n.\r\n", b" "])).map(b"".join)
)
@example(b"")
@example(b"Subject: x\n\n.\nRCPT TO:<ola@epj.example>\n.\n")
def test_every_body_arrives_whole_and_alone(patient_sink: SmtpSink, data: bytes) -> None:
    expected = b"\r\n".join(
        data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").removesuffix(b"\n").split(b"\n")
    )

    verdicts = send(channel_to(patient_sink), replace(KARI, data=data), OLA)

    assert all(verdict.is_sent for verdict in verdicts)
    first, second = patient_sink.accepted[-2:]
    assert first.data == expected + b"\r\n"
    assert second.data == OLA.data
