"""Getting a Line: banner, greeting, encryption that is insisted on, and login."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from notifier.channels.channel import ChannelDownError
from notifier.core.reply import Fault, Phase, Verdict
from tests.channels.sending import KARI, PATIENT, channel_to, patience_with, send
from tests.peers.certificates import Authority
from tests.peers.smtp_script import Act, drip, drop, say, stall
from tests.peers.smtp_sink import SmtpSink


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


@pytest.fixture
def ca_file(authority: Authority, tmp_path: Path) -> Path:
    return authority.write_to(tmp_path)


def refusal(sink: SmtpSink, **channel: object) -> Verdict:
    """The Verdict of a Line that could not be had; nothing of the mail may have left."""
    with pytest.raises(ChannelDownError) as caught:
        send(channel_to(sink, **channel), KARI)  # type: ignore[arg-type]
    assert not any(command.startswith("MAIL") for command in sink.commands)
    return caught.value.verdict


def test_a_relay_that_is_down_is_the_relays_fault(sink: SmtpSink) -> None:
    sink.stop()

    verdict = refusal(sink)

    assert (verdict.fault, verdict.phase) == (Fault.RELAY, Phase.CONNECT)
    assert verdict.reply.startswith("no connection: ")


@pytest.mark.parametrize("step", ["banner", "ehlo"])
@pytest.mark.parametrize(
    ("act", "code"),
    [
        (say("421 4.3.2 too busy"), 421),
        (say("554 5.7.1 not you"), 554),
        (say("hva?"), None),
        (drop(), None),
        (stall(), None),
        (drip(0.2), None),
    ],
)
def test_trouble_before_the_greeting_is_over_is_the_relays_fault(
    sink: SmtpSink, step: str, act: Act, code: int | None
) -> None:
    sink.script.once(step, act)

    verdict = refusal(sink, timeouts=patience_with(act))

    assert (verdict.fault, verdict.phase, verdict.code) == (Fault.RELAY, Phase.GREETING, code)


def test_a_relay_that_takes_too_long_over_it_all_is_told_as_that(sink: SmtpSink) -> None:
    sink.script.once("ehlo", stall())

    verdict = refusal(sink, timeouts=replace(PATIENT, whole=0.3))

    assert (verdict.fault, verdict.phase) == (Fault.RELAY, Phase.GREETING)
    assert verdict.reply == "no answer came in time"


def test_a_relay_that_hangs_up_on_an_encrypted_greeting_is_told_with_a_reason(
    sink: SmtpSink, ca_file: Path
) -> None:
    sink.script.once("banner", Act(reply="", drops=True, pause=0.1))

    verdict = refusal(sink, scheme="smtps", ca_file=ca_file)

    assert verdict.fault is Fault.RELAY
    assert verdict.reply.removeprefix("no connection: ")


def test_starttls_encrypts_before_the_mail(authority: Authority, ca_file: Path) -> None:
    with SmtpSink(context=authority.server_context()) as sink:
        (verdict,) = send(channel_to(sink, scheme="smtp+starttls", ca_file=ca_file), KARI)

        assert verdict.is_sent
        assert sink.accepted[0].encrypted


def test_smtps_encrypts_from_the_first_byte(authority: Authority, ca_file: Path) -> None:
    with SmtpSink(context=authority.server_context(), tls_at_once=True) as sink:
        (verdict,) = send(channel_to(sink, scheme="smtps", ca_file=ca_file), KARI)

        assert verdict.is_sent
        assert sink.accepted[0].encrypted


def test_starttls_that_is_not_offered_is_never_done_without(sink: SmtpSink, ca_file: Path) -> None:
    verdict = refusal(sink, scheme="smtp+starttls", ca_file=ca_file)

    assert (verdict.fault, verdict.phase) == (Fault.OURS, Phase.TLS)
    assert verdict.reply == "the relay does not offer STARTTLS, and nothing is sent unencrypted"


@pytest.mark.parametrize(
    "act", [say("454 4.7.0 TLS not available"), drop(), stall(), say("220 but no TLS", drops=True)]
)
def test_starttls_that_fails_is_the_relays_fault(authority: Authority, ca_file: Path, act: Act) -> None:
    with SmtpSink(context=authority.server_context()) as sink:
        sink.script.once("starttls", act)

        verdict = refusal(sink, scheme="smtp+starttls", ca_file=ca_file, timeouts=patience_with(act))

    assert (verdict.fault, verdict.phase) == (Fault.RELAY, Phase.TLS)


@pytest.mark.parametrize("scheme", ["smtp+starttls", "smtps"])
def test_an_expired_certificate_is_refused(authority: Authority, ca_file: Path, scheme: str) -> None:
    context = authority.server_context(not_after=datetime(2020, 1, 1, tzinfo=UTC))
    with SmtpSink(context=context, tls_at_once=scheme == "smtps") as sink:
        verdict = refusal(sink, scheme=scheme, ca_file=ca_file)

    assert (verdict.fault, verdict.phase) == (Fault.OURS, Phase.TLS)
    assert verdict.reply == "the relay's certificate is not valid: certificate has expired"


@pytest.mark.parametrize("scheme", ["smtp+starttls", "smtps"])
def test_a_certificate_of_an_unknown_authority_is_refused(authority: Authority, scheme: str) -> None:
    with SmtpSink(context=authority.server_context(), tls_at_once=scheme == "smtps") as sink:
        verdict = refusal(sink, scheme=scheme)

    assert (verdict.fault, verdict.phase) == (Fault.OURS, Phase.TLS)
    assert "unable to get local issuer certificate" in verdict.reply


def test_a_certificate_of_another_host_is_refused(authority: Authority, ca_file: Path) -> None:
    with SmtpSink(context=authority.server_context(name="other.example"), tls_at_once=True) as sink:
        verdict = refusal(sink, scheme="smtps", ca_file=ca_file)

    assert (verdict.fault, verdict.phase) == (Fault.OURS, Phase.TLS)
    assert "127.0.0.1" in verdict.reply


def test_smtps_towards_a_port_without_tls_is_ours_to_mend(sink: SmtpSink, ca_file: Path) -> None:
    verdict = refusal(sink, scheme="smtps", ca_file=ca_file)

    assert (verdict.fault, verdict.phase) == (Fault.OURS, Phase.TLS)
    assert verdict.reply == "no encrypted connection could be agreed on: WRONG_VERSION_NUMBER"


def test_a_login_is_made_before_the_mail() -> None:
    with SmtpSink(logins={"varsel@nhn.example": "hemmelig"}) as sink:
        (verdict,) = send(channel_to(sink, user="varsel%40nhn.example", password="hemmelig"), KARI)

        assert verdict.is_sent
        assert sink.accepted[0].user == "varsel@nhn.example"


def test_a_wrong_password_is_ours_to_mend() -> None:
    with SmtpSink(logins={"varsel": "hemmelig"}) as sink:
        verdict = refusal(sink, user="varsel", password="feil")

    assert (verdict.fault, verdict.phase, verdict.code) == (Fault.OURS, Phase.AUTH, 535)


@pytest.mark.parametrize(
    ("act", "code"), [(say("454 4.7.0 temporary failure"), 454), (drop(), None), (stall(), None)]
)
def test_a_login_that_is_not_decided_is_the_relays_fault(act: Act, code: int | None) -> None:
    with SmtpSink(logins={"varsel": "hemmelig"}) as sink:
        sink.script.always("auth", act)
        verdict = refusal(sink, user="varsel", password="hemmelig", timeouts=patience_with(act))

    assert (verdict.fault, verdict.phase, verdict.code) == (Fault.RELAY, Phase.AUTH, code)


def test_a_login_that_is_not_offered_is_ours_to_mend(sink: SmtpSink) -> None:
    verdict = refusal(sink, user="varsel", password="hemmelig")

    assert (verdict.fault, verdict.phase) == (Fault.OURS, Phase.AUTH)


def test_nothing_secret_shows_in_a_channels_description_or_repr() -> None:
    with SmtpSink() as sink:
        channel = channel_to(sink, user="varsel", password="hemmelig")

        assert channel.describe() == f"smtp://{sink.address}"
        assert "hemmelig" not in repr(channel)
        assert KARI.recipient not in repr(KARI)
