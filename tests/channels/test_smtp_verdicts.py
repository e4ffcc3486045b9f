"""What becomes of one Message when the relay answers, refuses, hangs up or falls silent at each step."""

from __future__ import annotations

from dataclasses import replace

import pytest

from notifier.core.reply import Fault, Phase
from tests.channels.sending import KARI, OLA, channel_to, patience_with, send
from tests.peers.smtp_script import Act, drip, drop, say, stall, wait
from tests.peers.smtp_sink import SmtpSink

STEPS = {"mail": Phase.MAIL, "rcpt": Phase.RCPT, "data": Phase.DATA, "verdict": Phase.VERDICT}


def test_a_mail_taken_with_250_is_sent(sink: SmtpSink) -> None:
    (verdict,) = send(channel_to(sink), KARI)

    assert (verdict.fault, verdict.phase, verdict.code) == (Fault.NONE, Phase.VERDICT, 250)
    assert verdict.reply == "2.0.0 taken as 1A2B3C"
    (mail,) = sink.accepted
    assert (mail.sender, mail.recipients, mail.data) == (KARI.sender, (KARI.recipient,), KARI.data)


@pytest.mark.parametrize(
    ("step", "reply", "fault"),
    [
        ("mail", "421 4.3.2 shutting down", Fault.RELAY),
        ("mail", "451 4.3.0 try later", Fault.RELAY),
        ("mail", "550 5.7.1 sender not allowed", Fault.OURS),
        ("mail", "530 5.7.0 log in first", Fault.OURS),
        ("rcpt", "421 4.3.2 shutting down", Fault.RELAY),
        ("rcpt", "450 4.7.1 greylisted", Fault.TEMPORARY),
        ("rcpt", "550 5.1.1 no such user", Fault.ADDRESS),
        ("rcpt", "550 no such user", Fault.UNCLEAR),
        ("rcpt", "554 5.7.1 blocked by policy", Fault.POLICY),
        ("data", "421 4.3.2 shutting down", Fault.RELAY),
        ("data", "451 4.3.0 try later", Fault.TEMPORARY),
        ("data", "554 no valid recipients", Fault.OURS),
        ("verdict", "421 4.3.2 shutting down", Fault.RELAY),
        ("verdict", "451 4.3.0 try later", Fault.TEMPORARY),
        ("verdict", "452 4.3.1 disk full", Fault.TEMPORARY),
        ("verdict", "550 5.1.1 no such user after all", Fault.ADDRESS),
        ("verdict", "550 5.7.26 not authenticated", Fault.POLICY),
        ("verdict", "552 5.3.4 too big", Fault.MESSAGE),
    ],
)
def test_a_refusal_is_sorted_by_whose_fault_it_is(
    sink: SmtpSink, step: str, reply: str, fault: Fault
) -> None:
    sink.script.once(step, say(reply))

    (verdict,) = send(channel_to(sink), KARI)

    assert (verdict.fault, verdict.phase) == (fault, STEPS[step])
    assert f"{verdict.code} {verdict.reply}" == reply
    assert sink.accepted == ()


@pytest.mark.parametrize("act", [drop(), stall(), say("hva?"), say("354 go on"), drip(0.2)])
@pytest.mark.parametrize("step", ["mail", "rcpt"])
def test_losing_the_relay_before_the_body_is_the_relays_fault(sink: SmtpSink, step: str, act: Act) -> None:
    sink.script.once(step, act)

    (verdict,) = send(channel_to(sink, timeouts=patience_with(act)), KARI, OLA)

    assert (verdict.fault, verdict.phase) == (Fault.RELAY, STEPS[step])
    assert sink.accepted == ()


@pytest.mark.parametrize("act", [drop(), stall(), say("hva?"), say("250 taken already")])
def test_losing_the_relay_at_data_is_the_relays_fault(sink: SmtpSink, act: Act) -> None:
    sink.script.once("data", act)

    (verdict,) = send(channel_to(sink, timeouts=patience_with(act)), KARI, OLA)

    assert (verdict.fault, verdict.phase) == (Fault.RELAY, Phase.DATA)


@pytest.mark.parametrize(
    ("act", "copies"),
    [
        (drop(accepts=True), 1),
        (drop(accepts=False), 0),
        (stall(accepts=True), 1),
        (stall(accepts=False), 0),
        (say("hva?", accepts=True), 1),
        (say("354 go on", accepts=True), 1),
        (say("250-yes\n550 no", accepts=False), 0),
    ],
)
def test_no_verdict_after_the_final_dot_is_ambiguous(sink: SmtpSink, act: Act, copies: int) -> None:
    sink.script.once("verdict", act)

    (verdict,) = send(channel_to(sink, timeouts=patience_with(act)), KARI, OLA)

    assert (verdict.fault, verdict.phase, verdict.code) == (Fault.AMBIGUOUS, Phase.VERDICT, None)
    assert len(sink.accepted) == copies


def test_a_late_verdict_is_waited_for(sink: SmtpSink) -> None:
    sink.script.once("verdict", wait(0.5))

    (verdict,) = send(channel_to(sink), KARI)

    assert verdict.is_sent


def test_a_refusal_for_one_recipient_leaves_the_others_alone(sink: SmtpSink) -> None:
    sink.script.for_recipient("rcpt", OLA.recipient, say("550 5.1.1 unknown"))
    parcels = [replace(KARI, recipient=f"kari{n}@epj.example") for n in range(99)]

    verdicts = send(channel_to(sink), *parcels[:50], OLA, *parcels[50:])

    assert [verdict.fault for verdict in verdicts].count(Fault.NONE) == 99
    assert verdicts[50].fault is Fault.ADDRESS
    assert len(sink.accepted) == 99
    assert sink.connections == 1


def test_a_reply_of_many_lines_is_read_whole(sink: SmtpSink) -> None:
    sink.script.once("verdict", say("451-4.7.1 Too many mails\n451-4.7.1 from you;\n451 4.7.1 come back"))

    verdicts = send(channel_to(sink), KARI, OLA)

    assert [verdict.fault for verdict in verdicts] == [Fault.TEMPORARY, Fault.NONE]
    assert verdicts[0].reply == "4.7.1 Too many mails 4.7.1 from you; 4.7.1 come back"


def test_a_reply_that_names_the_recipient_is_kept_without_the_address(sink: SmtpSink) -> None:
    sink.script.once("rcpt", say(f"550 5.1.1 <{KARI.recipient.upper()}> unknown; try post@epj.example"))

    (verdict,) = send(channel_to(sink), KARI)

    assert verdict.reply == "5.1.1 <…> unknown; try …"
