"""Whose fault a reply is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.reply import SENT, Fault, Phase, Verdict, enhanced_status, fault_of

CODES = st.integers(200, 599)
REFUSALS = st.integers(400, 599)
REPLIES = st.one_of(st.text(), st.from_regex(r"[245]\.\d{1,3}\.\d{1,3} .*", fullmatch=True))
BEFORE_RCPT = (Phase.CONNECT, Phase.GREETING, Phase.TLS, Phase.AUTH, Phase.MAIL)


@given(st.sampled_from(Phase), CODES, REPLIES)
def test_only_a_2xx_after_the_body_is_sent(phase: Phase, code: int, reply: str) -> None:
    sent = phase is Phase.VERDICT and 200 <= code < 300

    assert (fault_of(phase, code, reply) is Fault.NONE) == sent


@given(st.sampled_from(Phase), REFUSALS, REPLIES)
def test_a_reply_is_never_ambiguous(phase: Phase, code: int, reply: str) -> None:
    assert fault_of(phase, code, reply) is not Fault.AMBIGUOUS


@given(st.sampled_from(BEFORE_RCPT), REFUSALS, REPLIES)
def test_no_message_suffers_for_what_was_refused_before_its_recipient_was_named(
    phase: Phase, code: int, reply: str
) -> None:
    assert fault_of(phase, code, reply) in (Fault.RELAY, Fault.OURS)


@given(st.sampled_from(Phase), REPLIES)
def test_421_is_the_relays_fault_at_every_step(phase: Phase, reply: str) -> None:
    assert fault_of(phase, 421, reply) is Fault.RELAY


@given(st.sampled_from(Phase), st.integers(400, 499), REPLIES)
def test_no_4xx_fails_anything_for_good(phase: Phase, code: int, reply: str) -> None:
    assert fault_of(phase, code, reply) in (Fault.RELAY, Fault.TEMPORARY)


@given(st.sampled_from(Phase), REFUSALS, REPLIES)
def test_an_address_is_blamed_only_for_what_was_said_of_it(phase: Phase, code: int, reply: str) -> None:
    if fault_of(phase, code, reply) is Fault.ADDRESS:
        assert code >= 500
        assert enhanced_status(reply) not in ("", "5.0.0")
        assert phase is Phase.RCPT or reply.strip().startswith(("5.1", "5.2"))


@pytest.mark.parametrize(
    ("phase", "code", "reply", "fault"),
    [
        (Phase.GREETING, 554, "5.7.1 not you", Fault.RELAY),
        (Phase.TLS, 454, "TLS not available", Fault.RELAY),
        (Phase.AUTH, 535, "5.7.8 wrong password", Fault.OURS),
        (Phase.AUTH, 454, "4.7.0 try later", Fault.RELAY),
        (Phase.MAIL, 550, "5.7.1 sender not allowed", Fault.OURS),
        (Phase.MAIL, 451, "4.3.0 try later", Fault.RELAY),
        (Phase.RCPT, 450, "4.7.1 greylisted", Fault.TEMPORARY),
        (Phase.RCPT, 550, "5.1.1 no such user", Fault.ADDRESS),
        (Phase.RCPT, 550, "5.4.1 recipient refused", Fault.ADDRESS),
        (Phase.RCPT, 550, "no such user", Fault.UNCLEAR),
        (Phase.RCPT, 550, "relay not permitted", Fault.UNCLEAR),
        (Phase.RCPT, 550, "5.0.0 Administrative prohibition", Fault.UNCLEAR),
        (Phase.RCPT, 553, "not in my list of rcpthosts (#5.7.1)", Fault.UNCLEAR),
        (Phase.RCPT, 552, "5.2.2 mailbox full", Fault.ADDRESS),
        (Phase.RCPT, 550, "5.7.1 blocked", Fault.POLICY),
        (Phase.DATA, 554, "no valid recipients", Fault.OURS),
        (Phase.DATA, 503, "bad sequence", Fault.OURS),
        (Phase.VERDICT, 452, "4.3.1 disk full", Fault.TEMPORARY),
        (Phase.VERDICT, 550, "5.1.1 no such user", Fault.ADDRESS),
        (Phase.VERDICT, 550, "5.7.26 not authenticated", Fault.POLICY),
        (Phase.VERDICT, 530, "log in first", Fault.OURS),
        (Phase.VERDICT, 552, "5.3.4 too big", Fault.MESSAGE),
        (Phase.VERDICT, 552, "message too large", Fault.MESSAGE),
        (Phase.VERDICT, 554, "transaction failed", Fault.UNCLEAR),
        (Phase.VERDICT, 554, "version 5.7.1 of our software says no", Fault.UNCLEAR),
    ],
)
def test_known_replies(phase: Phase, code: int, reply: str, fault: Fault) -> None:
    assert fault_of(phase, code, reply) is fault


@pytest.mark.parametrize("fault", [fault for fault in Fault if fault is not Fault.NONE])
def test_a_verdict_with_any_fault_is_not_sent(fault: Fault) -> None:
    assert SENT.is_sent
    assert not Verdict(fault=fault, phase=Phase.VERDICT).is_sent
