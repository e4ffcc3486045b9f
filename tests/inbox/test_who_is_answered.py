"""Who is answered by mail, and how often: names may be forged, and programs write as well."""

from __future__ import annotations

from datetime import timedelta

import pytest

from notifier.core.pseudonym import Pseudonyms
from notifier.core.subscription import SubscriberState
from notifier.store import suppressions
from notifier.store.engine import writing
from notifier.store.tables import subscribers
from tests.inbox.boxes import OLA, letters, people
from tests.inbox.letterbox import CONTACT, Letterbox, opened
from tests.inbox.letters import MAILBOX, bytes_of, letter
from tests.peers.smtp_sink import SmtpSink
from tests.store.people import JUNE, join, look_up


@pytest.mark.parametrize(("line", "known"), [("Hjelp", False), ("Status", True)])
def test_forged_questions_cause_few_answers_to_anybody(box: Letterbox, line: str, known: bool) -> None:
    if known:
        join(box.engine)
    for hours in range(0, 24 * 7, 3):
        box.now = JUNE + timedelta(hours=hours)
        assert box.write(line).startswith("250")
    assert len(letters(box)) == 6


def test_whoever_said_they_never_asked_is_left_in_peace(box: Letterbox) -> None:
    with writing(box.engine) as connection:
        suppressions.suppress(connection, OLA, pseudonyms=Pseudonyms(MAILBOX.keys), now=JUNE)
    box.write("hjelp", sender=OLA)
    box.write("abonner", sender=OLA)
    assert letters(box) == []
    assert people(box) == 0


def test_forged_names_cannot_make_us_write_to_a_whole_domain(box: Letterbox) -> None:
    for number in range(130):
        box.write("hjelp", sender=f"person{number}@offer.example.no")
    assert len(letters(box)) == 100
    assert people(box) == 100


def test_an_autoresponder_is_never_answered(box: Letterbox, relay: SmtpSink) -> None:
    join(box.engine)
    for _ in range(5):
        box.hand_over(bytes_of("exchange-fravaer"))
        box.hand_over(bytes_of("exchange-fravaer"), to=MAILBOX.return_path(1, 0))
        box.hand_over(bytes_of("dsn-postfix"), sender="")
    assert letters(box) == []
    assert relay.accepted == ()


@pytest.mark.parametrize("author", ["", "kari@epj.example.no, ola@journal.example.no", "Kari <kari>"])
@pytest.mark.parametrize("line", ["Hjelp", "Abonner", "Stopp", "Status"])
def test_a_person_reads_what_has_not_one_author_that_can_be_read(
    box: Letterbox, relay: SmtpSink, author: str, line: str
) -> None:
    person = join(box.engine)
    mail = letter(line).replace(b"From: kari@epj.example.no", f"From: {author}".encode())
    assert box.hand_over(mail).startswith("250")
    assert relay.wait_for(1)[0].recipients == (CONTACT,)
    assert letters(box) == []
    assert look_up(box.engine) == person


@pytest.mark.parametrize("line", ["status", "hjelp", "abonner"])
def test_whoever_is_suspended_is_helped_by_a_person(box: Letterbox, relay: SmtpSink, line: str) -> None:
    join(box.engine)
    with writing(box.engine) as connection:
        connection.execute(subscribers.update().values(state=SubscriberState.SUSPENDED.value))
    assert box.write(line).startswith("250")
    assert relay.wait_for(1)[0].recipients == (CONTACT,)
    assert letters(box) == []


def test_whoever_is_suspended_may_leave(box: Letterbox) -> None:
    person = join(box.engine)
    with writing(box.engine) as connection:
        connection.execute(subscribers.update().values(state=SubscriberState.SUSPENDED.value))
    assert box.write("Stopp").startswith("250")
    assert look_up(box.engine, person.address).state is SubscriberState.LEFT


def test_a_test_installation_sends_no_letters_on(box: Letterbox, relay: SmtpSink) -> None:
    with opened(Letterbox(engine=box.engine, relay=relay.url, only_to=("test.example.no",))) as narrow:
        assert narrow.write("Når stopper FTPS?").startswith("451")
    assert relay.accepted == ()
