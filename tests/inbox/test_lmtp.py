"""Mail over real LMTP: what is taken, refused, left with the server, and sent on to people."""

from __future__ import annotations

import smtplib
import socket
import time
from email import message_from_bytes
from pathlib import Path

import pytest

from notifier.core.pseudonym import Pseudonyms
from notifier.core.subscription import SubscriberState
from notifier.logs import name_people
from notifier.store import installation
from notifier.store.engine import writing
from tests.inbox.letterbox import CONTACT, Letterbox
from tests.inbox.letters import MAILBOX, US, bytes_of, letter
from tests.inbox.test_hostile import nested
from tests.peers.smtp_script import say
from tests.peers.smtp_sink import SmtpSink
from tests.store.people import JUNE, join, look_up


def test_a_letter_to_people_goes_to_the_contact_whole(box: Letterbox, relay: SmtpSink) -> None:
    data = bytes_of("outlook-nb-menneske")
    assert box.hand_over(data) == "250 2.0.0 Taken"
    (mail,) = relay.wait_for(1)
    sent = mail.message
    assert mail.recipients == (CONTACT,)
    assert mail.sender == MAILBOX.return_path(0, 0)
    assert sent["To"] == CONTACT
    assert sent["Reply-To"] == "kari@epj.example.no"
    assert sent["Subject"] == "Videresendt: SV: 7 dager igjen: Kjernejournal"
    assert sent["Auto-Submitted"] == "auto-generated"
    note, attached = sent.iter_parts()
    assert "Kari Nordmann <kari@epj.example.no> skrev til" in note.get_content()
    assert "Gjelder dette også oss som bare bruker PJD?" in " ".join(note.get_content().split())
    assert attached.get_content_type() == "message/rfc822"
    assert data.rstrip() in mail.data


@pytest.mark.parametrize(
    "headers", ["Subject: =?utf-8?q?=0D=0ABcc:_eve=40example.com?=\r\n", "Subject: \u202eevil\r\n"]
)
def test_a_strangers_subject_brings_no_header_along(box: Letterbox, relay: SmtpSink, headers: str) -> None:
    assert box.write("Når stopper FTPS?", subject="x\r\n" + headers.strip()).startswith("250")
    (mail,) = relay.wait_for(1)
    assert mail.message["Bcc"] is None
    assert mail.recipients == (CONTACT,)


@pytest.mark.parametrize(
    "refusal", ["451 4.3.0 later", "550 5.7.1 policy", "550 5.1.1 nobody", "421 4.3.2 bye"]
)
def test_a_letter_that_cannot_be_sent_on_stays_with_the_mail_server(
    box: Letterbox, relay: SmtpSink, refusal: str
) -> None:
    relay.script.once("rcpt", say(refusal))
    assert box.write("Når stopper FTPS?").startswith("451")
    assert box.write("Når stopper FTPS?").startswith("250")
    assert len(relay.wait_for(1)) == 1


def test_while_the_relay_is_down_letters_wait_at_the_mail_server(box: Letterbox, relay: SmtpSink) -> None:
    relay.stop()
    assert box.write("Når stopper FTPS?").startswith("451")
    relay.start()
    assert box.write("Når stopper FTPS?").startswith("250")


def test_while_paused_nothing_leaves(box: Letterbox, relay: SmtpSink) -> None:
    with writing(box.engine) as connection:
        installation.pause(connection, by="vakt", reason="feil", now=JUNE)
    assert box.write("Når stopper FTPS?").startswith("451")
    assert relay.accepted == ()


def test_while_the_time_is_in_doubt_nothing_is_taken(box: Letterbox) -> None:
    person = join(box.engine)
    box.now = None
    assert box.write("", to=MAILBOX.leave(person.id, 0)).startswith("451")
    assert look_up(box.engine).state is SubscriberState.ACTIVE


@pytest.mark.parametrize(
    "address",
    [
        "kari@varsel.example.no",
        "varsel@example.com",
        "postmaster",
        "varsel+b-1-aaaaaaaaaaaaaaaa@varsel.example.no",
    ],
)
def test_mail_to_others_and_to_forged_addresses_is_refused(box: Letterbox, address: str) -> None:
    assert box.write("Stopp", to=address).startswith("550 5.1.1")


def test_what_a_machine_wrote_is_taken_and_leads_to_nothing(box: Letterbox, relay: SmtpSink) -> None:
    person = join(box.engine)
    for name in ("jira-autosvar", "exchange-fravaer", "e-postliste"):
        assert box.hand_over(bytes_of(name), to="varsel+stopp@varsel.example.no").startswith("250")
    assert look_up(box.engine, person.address).state is SubscriberState.ACTIVE
    assert relay.accepted == ()


def test_any_mail_from_any_mailbox_to_the_signed_address_ends_it(box: Letterbox) -> None:
    person, other = join(box.engine), join(box.engine, "ola@epj.example.no")
    assert box.write("", to=MAILBOX.leave(person.id, 0), sender="alias@sone.example.no").startswith("250")
    assert look_up(box.engine).state is SubscriberState.LEFT
    assert look_up(box.engine, other.address).state is SubscriberState.ACTIVE


def test_recipients_come_one_at_a_time(box: Letterbox) -> None:
    with smtplib.LMTP("127.0.0.1", box.port, timeout=30) as server:
        server.ehlo()
        server.mail("kari@epj.example.no")
        assert server.rcpt(US)[0] == 250
        assert server.rcpt("varsel+hjelp@varsel.example.no")[0] == 452


def test_a_mail_of_twenty_megabytes_is_refused_whether_its_size_was_said_or_not(box: Letterbox) -> None:
    huge = bytes_of("dsn-postfix") + (b"x" * 900 + b"\r\n") * (20 * 2**20 // 900)
    assert box.hand_over(huge, sender="").startswith("552")
    with smtplib.LMTP("127.0.0.1", box.port, timeout=60) as server:
        server.ehlo()
        server.mail("")
        assert server.rcpt(US)[0] == 250
        assert server.data(huge)[0] == 552
        assert server.noop()[0] == 250


def test_a_mail_of_thousands_of_parts_is_refused_and_the_next_one_taken(
    box: Letterbox, relay: SmtpSink
) -> None:
    person = join(box.engine)
    began = time.monotonic()
    for path in ("", MAILBOX.return_path(person.id, 0)):
        assert box.hand_over(nested(3_000), sender="", to=path or US).startswith("5")
    assert time.monotonic() - began < 10
    assert relay.accepted == ()
    assert box.write("Når stopper FTPS?").startswith("250")


def test_several_mails_come_over_one_connection(box: Letterbox, relay: SmtpSink) -> None:
    with smtplib.LMTP("127.0.0.1", box.port, timeout=30) as server:
        for number in range(3):
            server.sendmail("kari@epj.example.no", US, letter(f"Brev {number}: når stopper FTPS?"))
    assert len(relay.wait_for(3)) == 3


def test_too_many_connections_are_asked_to_come_back(box: Letterbox) -> None:
    held = [socket.create_connection(("127.0.0.1", box.port)) for _ in range(10)]
    assert all(each.recv(3) == b"220" for each in held)
    with socket.create_connection(("127.0.0.1", box.port), timeout=10) as one_more:
        assert one_more.recv(3) == b"421"
    for each in held:
        each.close()


def test_no_address_reaches_the_log(
    box: Letterbox, relay: SmtpSink, capfd: pytest.CaptureFixture[str]
) -> None:
    relay.script.once("rcpt", say("550 5.1.1 <kundesenter@example.no> kanari@epj.example.no unknown"))
    box.write("Hei", sender="kanari@epj.example.no")
    box.write("Stopp", sender="kanari@epj.example.no")
    said = capfd.readouterr()
    assert "could not be sent on" in said.out + said.err
    assert "kanari" not in said.out + said.err
    assert "kundesenter" not in said.out + said.err


def test_the_letter_is_as_it_was(box: Letterbox, relay: SmtpSink) -> None:
    data = letter("..punktum\r\n.\u00e6\u00f8\u00e5" + "x" * 2_000)
    assert box.hand_over(data).startswith("250")
    (mail,) = relay.wait_for(1)
    attached = message_from_bytes(mail.data).get_payload()[1].get_payload()[0]  # type: ignore[union-attr, index]
    assert attached.get_payload(decode=True).decode().startswith("..punktum\r\n.æøåxxx")  # type: ignore[union-attr]


def test_a_listener_at_a_path_takes_mail_and_replaces_what_a_killed_one_left(tmp_path: Path) -> None:
    from notifier.daemon.serving import listen
    from notifier.errors import AddressUnavailableError

    path = str(tmp_path / "inbox.sock")
    first = listen(path, key="inbox.bind")
    with pytest.raises(AddressUnavailableError, match="inbox"):
        listen(path, key="inbox.bind")
    first.close()
    with listen(path, key="inbox.bind"), socket.socket(socket.AF_UNIX) as caller:
        caller.connect(path)
    assert Path(path).stat().st_mode & 0o007 == 0


def test_the_log_names_who_wrote_by_a_pseudonym_and_never_by_address(
    box: Letterbox, capsys: pytest.CaptureFixture[str]
) -> None:
    pseudonyms = Pseudonyms(box.mailbox.keys)
    name_people(pseudonyms)
    join(box.engine, "kari@epj.example.no")
    assert box.write("stopp", subject="stopp").startswith("250")
    said = capsys.readouterr().out
    assert said.count(pseudonyms.person("kari@epj.example.no")) == 2  # that she left, and by which mail
    assert "@" not in said
