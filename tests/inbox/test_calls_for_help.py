"""A call for help by mail loses nothing: what is more than an answer keeps goes on whole to whoever must help."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from notifier.core.answer import MOST_ANSWERS, AnswerKind
from notifier.inbox.reading import read
from tests.inbox.letterbox import CONTACT, Letterbox
from tests.inbox.letters import letter
from tests.inbox.test_answering import KARI, SERVICE_DESK, asked, given, waiting
from tests.peers.smtp_sink import SmtpSink

LONG = "Hjelp\n" + "\n".join(f"Steg {number} feiler med en lang melding om PAR." for number in range(30))


def with_file(body: str) -> bytes:
    """A mail with something attached."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = KARI, "varsel@example.no", "Re: Fjernhjelp"
    mail.set_content(body)
    mail.add_attachment(b"PNG", maintype="image", subtype="png", filename="feil.png")
    return mail.as_bytes()


def test_what_is_cut_is_marked_and_sent_on_whole(box: Letterbox, relay: SmtpSink) -> None:
    _, to = asked(box)
    assert box.write(LONG, to=to).startswith("250")
    (answer,) = given(box)
    assert (answer.kind, answer.words.endswith(" […]")) == (AnswerKind.NEED_HELP, True)
    (mail,) = relay.wait_for(1)
    assert (mail.recipients, mail.message["Reply-To"]) == ((SERVICE_DESK,), KARI)
    assert b"Steg 29 feiler" in mail.data
    assert sorted(waiting(box)) == ["answered", "help_wanted"]


def test_what_is_attached_reaches_whoever_answers_for_the_change_they_named(
    box: Letterbox, relay: SmtpSink
) -> None:
    _, to = asked(box, "everything")
    assert box.hand_over(with_file("Fjernhjelp: hjelp"), to=to).startswith("250")
    (mail,) = relay.wait_for(1)
    assert mail.recipients == (SERVICE_DESK,) != (CONTACT,)
    assert b"feil.png" in mail.data
    assert len(given(box)) == 1


def test_while_it_cannot_be_sent_on_nothing_is_recorded(box: Letterbox, relay: SmtpSink) -> None:
    _, to = asked(box)
    relay.stop()
    assert box.write(LONG, to=to).startswith("451")
    assert (given(box), waiting(box)) == ([], [])
    relay.start()
    assert box.write(LONG, to=to).startswith("250")
    assert len(given(box)) == 1


def test_one_that_comes_too_often_is_sent_on_once(box: Letterbox, relay: SmtpSink) -> None:
    _, to = asked(box)
    for number in range(MOST_ANSWERS):
        box.write(f"Hjelp\nsak {number}", to=to)
    assert relay.accepted == ()
    assert box.write(LONG, to=to).startswith("250")
    assert len(relay.wait_for(1)) == len(relay.accepted) == 1
    assert len(given(box)) == MOST_ANSWERS


@pytest.mark.parametrize("body", ["Hjelp", "Hjelp\n\nMvh Kari"])
def test_a_mail_of_text_alone_holds_no_more(body: str) -> None:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = KARI, "Re: Fjernhjelp"
    mail.set_content(body)
    mail.add_alternative(f"<p>{body}</p>", subtype="html")
    found = [
        read(data, sender=KARI, ours=()).holds_more
        for data in (letter(body), mail.as_bytes(), with_file(body))
    ]
    assert found == [False, False, True]
