"""What goes on the wire for a Parcel: addresses, options, limits."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.channels.envelope import UnsendableError, body_of, envelope_of
from notifier.core.lines import are_wire_ready, have_clean_ends
from notifier.core.reply import Fault, Phase
from tests.channels.sending import KARI, OLA, channel_to, send
from tests.peers.smtp_sink import SmtpSink

EIGHT_BIT = replace(KARI, data="Subject: Hei\r\n\r\nBlåbær.\r\n".encode())


def test_a_plain_mail_asks_for_no_extension() -> None:
    envelope = envelope_of(KARI, offers={"8bitmime": "", "smtputf8": "", "size": "1000"})

    assert envelope.mail == b"MAIL FROM:<varsel@nhn.example>"
    assert envelope.rcpt == b"RCPT TO:<kari@epj.example>"


def test_an_empty_sender_is_the_null_path() -> None:
    assert envelope_of(replace(KARI, sender=""), offers={}).mail == b"MAIL FROM:<>"


def test_a_domain_beyond_ascii_is_written_in_a_labels() -> None:
    envelope = envelope_of(replace(KARI, recipient="post@blåbær.example"), offers={})

    assert envelope.rcpt == b"RCPT TO:<post@xn--blbr-roah.example>"


def test_a_local_part_beyond_ascii_asks_for_smtputf8() -> None:
    envelope = envelope_of(replace(KARI, recipient="kåre@blåbær.example"), offers={"smtputf8": ""})

    assert envelope.mail == b"MAIL FROM:<varsel@nhn.example> SMTPUTF8"
    assert envelope.rcpt == "RCPT TO:<kåre@xn--blbr-roah.example>".encode()


def test_a_mail_of_eight_bits_says_so() -> None:
    assert envelope_of(EIGHT_BIT, offers={"8bitmime": ""}).mail.endswith(b"> BODY=8BITMIME")


@pytest.mark.parametrize(
    ("parcel", "offers", "fault", "phase"),
    [
        (replace(KARI, recipient="kåre@epj.example"), {}, Fault.ADDRESS, Phase.RCPT),
        (replace(KARI, sender="kåre@nhn.example"), {}, Fault.OURS, Phase.MAIL),
        (
            replace(KARI, recipient="kari@epj.example>\r\nRCPT TO:<ola@epj.example"),
            {},
            Fault.ADDRESS,
            Phase.RCPT,
        ),
        (replace(KARI, recipient="kari epj.example"), {}, Fault.ADDRESS, Phase.RCPT),
        (replace(KARI, recipient="å\r\n@epj.example"), {"smtputf8": ""}, Fault.ADDRESS, Phase.RCPT),
        (replace(KARI, recipient=""), {}, Fault.ADDRESS, Phase.RCPT),
        (replace(KARI, recipient="k" * 250 + "@epj.example"), {}, Fault.ADDRESS, Phase.RCPT),
        (replace(KARI, sender="varsel"), {}, Fault.OURS, Phase.MAIL),
        (EIGHT_BIT, {}, Fault.MESSAGE, Phase.MAIL),
        (KARI, {"size": "10"}, Fault.MESSAGE, Phase.MAIL),
    ],
)
def test_what_cannot_be_sent_is_found_before_the_relay_sees_it(
    parcel: object, offers: dict[str, str], fault: Fault, phase: Phase
) -> None:
    with pytest.raises(UnsendableError) as caught:
        envelope_of(parcel, offers=offers)  # type: ignore[arg-type]

    assert (caught.value.verdict.fault, caught.value.verdict.phase) == (fault, phase)


def test_an_unsendable_parcel_leaves_the_line_to_the_next(sink: SmtpSink) -> None:
    verdicts = send(channel_to(sink), replace(KARI, recipient="kåre@epj.example"), OLA)

    assert [verdict.fault for verdict in verdicts] == [Fault.ADDRESS, Fault.NONE]
    assert "SMTPUTF8" in verdicts[0].reply
    assert sum(command.startswith("MAIL") for command in sink.commands) == 1


def test_the_relays_own_size_limit_is_respected() -> None:
    with SmtpSink(offers=("SIZE 20",)) as sink:
        verdicts = send(channel_to(sink), KARI, replace(OLA, data=b"S: x\r\n\r\nx\r\n"))

    assert [verdict.fault for verdict in verdicts] == [Fault.MESSAGE, Fault.NONE]


@given(st.lists(st.sampled_from([b"a", b".", b"\r\n", b"\r", b"\n", b"..", b" "]), max_size=30).map(b"".join))
def test_a_mail_that_is_ready_goes_as_it_is_and_every_other_is_made_so(data: bytes) -> None:
    mended = body_of(replace(KARI, data=data))

    if are_wire_ready(data):
        assert mended == body_of(replace(KARI, data=data, wire_ready=True)) == data
    undoubled = mended.replace(b"\r\n..", b"\r\n.").removeprefix(b".") if data.startswith(b".") else mended
    assert mended.endswith(b"\r\n")
    assert have_clean_ends(mended)
    assert b"\r\n.\r\n" not in b"\r\n" + mended
    assert undoubled.startswith(b".") == data.startswith(b".")
