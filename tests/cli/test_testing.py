"""`send-test`: one real mail through the real way out."""

from __future__ import annotations

from tests.cli.rehearsal import Rehearsal
from tests.peers.smtp_script import say
from tests.peers.smtp_sink import SmtpSink


def test_the_mail_arrives_and_the_servers_word_is_printed(place: Rehearsal, relay: SmtpSink) -> None:
    called = place("send-test", "drift@example.no", "--language", "nn")
    (mail,) = relay.wait_for(1)
    assert called.code == 0
    assert f"Sent through {relay.url}: 250" in called.words
    assert mail.recipients == ("drift@example.no",)
    assert mail.message["To"] == "drift@example.no"


def test_each_has_a_message_id_of_its_own(place: Rehearsal) -> None:
    for _ in range(2):
        assert place("send-test", "drift@example.no").code == 0
    assert len({mail["Message-ID"] for mail in place.mails()}) == 2


def test_a_refusal_is_exit_1_with_the_servers_words(place: Rehearsal, relay: SmtpSink) -> None:
    relay.script.always("rcpt", say("550 5.7.1 relaying denied"))
    called = place("send-test", "drift@example.no")
    assert (called.code, "550 5.7.1 relaying denied" in called.words) == (1, True)


def test_a_relay_that_is_down_is_exit_1(place: Rehearsal, relay: SmtpSink) -> None:
    relay.stop()
    called = place("send-test", "drift@example.no")
    assert (called.code, "trouble at connect" in called.words) == (1, True)


def test_the_allow_list_holds_here_too(place: Rehearsal) -> None:
    place.set("NOTIFIER_MAIL__ONLY_TO", "@example.com")
    called = place("send-test", "drift@example.no")
    assert (called.code, "mail.only_to" in called.out, place.mails()) == (1, True, [])


def test_it_neither_begins_a_rehearsal_nor_makes_the_database_live(place: Rehearsal) -> None:
    assert place("send-test", "drift@example.no").code == 0
    assert place.begun()("plan").code == 0


def test_what_is_no_address_is_exit_2(place: Rehearsal) -> None:
    called = place("send-test", "drift")
    assert (called.code, "is not an e-mail address" in called.err) == (2, True)
