"""Answering by mail over real LMTP: the signed address says which mail is answered, and the answer counts at once."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from notifier.core.answer import MOST_ANSWERS, Answer, AnswerKind, AnswerState, Way
from notifier.core.letter import LetterKind
from notifier.core.message import MessageState
from notifier.core.subscription import Subscriber
from notifier.store import answers, leaving, letters, moving, vendors
from notifier.store.engine import reading, writing
from notifier.store.tables import messages
from notifier.store.vendors import Vendor
from tests.inbox.letterbox import CONTACT, Letterbox
from tests.inbox.letters import MAILBOX
from tests.peers.smtp_sink import SmtpSink
from tests.store.people import JUNE, MAY, join

KARI = "kari@epj.example.no"
SERVICE_DESK = "kundesenter@nhn.no"


def asked(box: Letterbox, *follows: str) -> tuple[Subscriber, str]:
    """A contact of a Vendor who follows Fjernhjelp, and the address at which they answer a mail of ours."""
    with writing(box.engine) as connection:
        vendors.add(connection, Vendor(id="blabaer", name="Blåbær", domains=("epj.example.no",)), now=MAY)
    person = join(box.engine, KARI, *(follows or ("change:fjernhjelp",)), vendor="blabaer")
    with writing(box.engine) as connection:
        letters.put(connection, person.id, LetterKind.STATUS, now=MAY)
        sent = messages.c.letter == LetterKind.STATUS
        connection.execute(messages.update().where(sent).values(state=MessageState.SENT.value))
        number = connection.scalars(select(messages.c.id).where(sent)).one()
    return person, MAILBOX.answer(number, person.moves)


def given(box: Letterbox) -> list[Answer]:
    with reading(box.engine) as connection:
        return list(answers.given(connection))


def waiting(box: Letterbox) -> list[str]:
    chosen = select(messages.c.letter).where(
        messages.c.state == MessageState.PENDING, messages.c.letter.is_not(None)
    )
    with reading(box.engine) as connection:
        return list(connection.scalars(chosen.order_by(messages.c.id)))


def test_an_answer_counts_and_its_writer_is_told_how_it_was_read(box: Letterbox, relay: SmtpSink) -> None:
    person, to = asked(box)
    assert box.write("Ferdig\n\nMvh Kari", to=to) == "250 2.0.0 Taken"
    assert box.write("ferdig", to=to) == "250 2.0.0 Taken"
    (answer,) = given(box)
    assert (answer.change_id, answer.kind, answer.way) == ("fjernhjelp", AnswerKind.DONE, Way.MAIL)
    assert (answer.subscriber_id, answer.by, answer.counts) == (person.id, "", True)
    assert waiting(box) == ["answered"]
    assert relay.accepted == ()


def test_what_cannot_be_read_reaches_the_contact_of_the_change_and_is_asked_again_once_an_hour(
    box: Letterbox, relay: SmtpSink
) -> None:
    _, to = asked(box)
    for _ in range(3):
        assert box.write("Vi er ikke ferdige", to=to) == "250 2.0.0 Taken"
    mails = relay.wait_for(3)
    assert {mail.recipients for mail in mails} == {(SERVICE_DESK,)}
    assert mails[0].message["Reply-To"] == KARI
    assert given(box) == []
    assert waiting(box) == ["ask_again"]
    box.now = JUNE + timedelta(hours=2)
    box.write("nesten", to=to)
    relay.wait_for(4)
    with reading(box.engine) as connection:
        put = select(messages.c.id).where(messages.c.letter == LetterKind.ASK_AGAIN)
        assert len(connection.scalars(put).all()) == 2


def test_what_cannot_be_sent_on_yet_is_asked_again_once_however_often_it_comes(
    box: Letterbox, relay: SmtpSink
) -> None:
    _, to = asked(box)
    relay.stop()
    for hours in range(0, 6, 2):
        box.now = JUNE + timedelta(hours=hours)
        assert box.write("Vi er ikke ferdige", to=to).startswith("451")
        assert box.write("Status\nNår stopper FTPS?").startswith("451")
    assert waiting(box) == []
    relay.start()
    assert box.write("Vi er ikke ferdige", to=to).startswith("250")
    assert waiting(box) == ["ask_again"]


def test_who_answers_too_often_in_a_day_is_read_by_a_person(box: Letterbox, relay: SmtpSink) -> None:
    _, to = asked(box)
    for number in range(MOST_ANSWERS):
        assert box.write(f"Hjelp\nsak {number}", to=to).startswith("250")
    assert relay.accepted == ()
    assert box.write("Ferdig", to=to).startswith("250")
    (mail,) = relay.wait_for(1)
    assert mail.recipients == (SERVICE_DESK,)
    assert len(given(box)) == MOST_ANSWERS


def test_leaving_does_not_wait_for_what_else_is_written(box: Letterbox, relay: SmtpSink) -> None:
    asked(box)
    relay.stop()
    assert box.write("Stopp\nNår stopper FTPS?").startswith("451")
    assert "goodbye" in waiting(box)


def test_a_system_that_wants_no_replies_gets_none(box: Letterbox, relay: SmtpSink) -> None:
    _, to = asked(box)
    box.write("Saken er mottatt", to=to, headers="X-Auto-Response-Suppress: All\r\n")
    relay.wait_for(1)
    assert waiting(box) == []


def test_who_needs_help_is_heard(box: Letterbox) -> None:
    _, to = asked(box)
    box.write("Hjelp, vi finner ikke noe annet verktøy", to=to)
    (answer,) = given(box)
    assert (answer.kind, answer.words) == (AnswerKind.NEED_HELP, "Hjelp, vi finner ikke noe annet verktøy")
    assert sorted(waiting(box)) == ["answered", "help_wanted"]
    with reading(box.engine) as connection:
        asked_for = select(messages.c.letter_to).where(messages.c.letter == LetterKind.HELP_WANTED)
        assert connection.scalars(asked_for).one() == SERVICE_DESK


def test_several_changes_without_a_name_are_asked_about(box: Letterbox, relay: SmtpSink) -> None:
    _, to = asked(box, "everything")
    box.write("Ferdig", to=to)
    (mail,) = relay.wait_for(1)
    assert mail.recipients == (CONTACT,)
    assert given(box) == []
    box.write("Fjernhjelp: gjelder ikke oss", to=to)
    assert [each.kind for each in given(box)] == [AnswerKind.NOT_AFFECTED]


def test_a_writer_from_elsewhere_waits_for_operators(box: Letterbox) -> None:
    _, to = asked(box)
    box.write("Ferdig", to=to, sender="ida@konsulent.example.com")
    (answer,) = given(box)
    assert (answer.state, answer.by) == (AnswerState.WAITING, "ida@konsulent.example.com")


def test_nothing_counts_from_a_mailbox_that_was_left_or_after_leaving(
    box: Letterbox, relay: SmtpSink
) -> None:
    person, to = asked(box)
    with writing(box.engine) as connection:
        moving.move(connection, person.id, address="ny@epj.example.no", now=JUNE)
    box.write("Ferdig", to=to)
    relay.wait_for(1)
    with writing(box.engine) as connection:
        leaving.leave(connection, subscriber_id=person.id, why="asked to", now=JUNE)
    box.write("Ferdig", to=MAILBOX.answer(1, 1))
    mails = relay.wait_for(2)
    assert {mail.recipients for mail in mails} == {(CONTACT,)}
    assert given(box) == []


def test_out_of_office_changes_nothing_at_all(box: Letterbox, relay: SmtpSink) -> None:
    _, to = asked(box)
    assert box.write("Ferdig", to=to, headers="Auto-Submitted: auto-replied\r\n") == "250 2.0.0 Taken"
    assert (given(box), waiting(box), relay.accepted) == ([], [], ())
