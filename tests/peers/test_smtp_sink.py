"""The scripted server itself, as the standard library's client sees it."""

from __future__ import annotations

import smtplib
import ssl
from pathlib import Path

import pytest

from tests.peers.certificates import Authority
from tests.peers.smtp_script import drop, say
from tests.peers.smtp_sink import SmtpSink

MAIL = "Subject: Hei\r\n\r\n.prikk\r\n"


def test_it_takes_mail_as_any_server_does(tmp_path: Path) -> None:
    authority = Authority()
    with SmtpSink(context=authority.server_context(), logins={"kari": "hemmelig"}) as sink:
        with smtplib.SMTP("127.0.0.1", sink.port) as client:
            client.starttls(context=ssl.create_default_context(cafile=authority.write_to(tmp_path)))
            client.login("kari", "hemmelig")
            client.sendmail("a@nhn.example", ["b@epj.example"], MAIL)

        (mail,) = sink.wait_for(1)
    assert (mail.sender, mail.recipients) == ("a@nhn.example", ("b@epj.example",))
    assert (mail.encrypted, mail.user, mail.connection) == (True, "kari", 1)
    assert mail.message["Subject"] == "Hei"
    assert mail.message.get_payload() == ".prikk\r\n"


def test_it_plays_its_script_and_then_goes_on_as_usual() -> None:
    with SmtpSink() as sink, smtplib.SMTP("127.0.0.1", sink.port) as client:
        sink.script.once("verdict", say("451 4.3.0 later"), say("452 4.3.1 later still"))
        sink.script.for_recipient("rcpt", "c@epj.example", say("550 5.1.1 unknown"))

        for code in (451, 452):
            with pytest.raises(smtplib.SMTPDataError, match=str(code)):
                client.sendmail("a@nhn.example", ["b@epj.example"], MAIL)
        client.sendmail("a@nhn.example", ["b@epj.example"], MAIL)
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            client.sendmail("a@nhn.example", ["c@epj.example"], MAIL)

        assert len(sink.accepted) == 1


def test_it_can_keep_a_mail_and_hang_up_without_a_word() -> None:
    with SmtpSink() as sink, smtplib.SMTP("127.0.0.1", sink.port) as client:
        sink.script.once("verdict", drop(accepts=True))

        with pytest.raises(smtplib.SMTPServerDisconnected):
            client.sendmail("a@nhn.example", ["b@epj.example"], MAIL)

        assert len(sink.accepted) == 1


def test_it_can_be_down_and_come_back_on_the_same_port() -> None:
    with SmtpSink() as sink:
        sink.stop()
        with pytest.raises(ConnectionRefusedError):
            smtplib.SMTP("127.0.0.1", sink.port)
        sink.start()
        with smtplib.SMTP("127.0.0.1", sink.port) as client:
            assert client.noop()[0] == 250
