"""Commands over real LMTP: subscribing, leaving, asking."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select

from notifier.consent.choosing import follow_again
from notifier.consent.confirming import Denied, deny_help
from notifier.core.message import MessageState
from notifier.core.pseudonym import Pseudonyms
from notifier.core.subscription import EVERYTHING, Followed, SubscriberState, parse_topic
from notifier.core.text import Language
from notifier.store import alerts, asks, moving
from notifier.store.engine import reading, writing
from notifier.store.tables import messages, subscribers
from tests.core.lists import TIMING
from tests.inbox.boxes import KARI, OLA, letters, people
from tests.inbox.letterbox import CONTACT, Letterbox
from tests.inbox.letters import MAILBOX, bytes_of, real_list
from tests.peers.smtp_sink import SmtpSink
from tests.store.people import JUNE, join, look_up


def test_whoever_subscribes_by_mail_is_asked_to_confirm(box: Letterbox, relay: SmtpSink) -> None:
    assert box.hand_over(bytes_of("gmail-nb-abonner"), sender=OLA).startswith("250")
    person = look_up(box.engine, OLA)
    with reading(box.engine) as connection:
        asked = asks.of_subscriber(connection, person.id)
    assert person.state is SubscriberState.PENDING
    assert asked is not None
    assert asked.topics == (parse_topic("service:helseid"), parse_topic("service:kritisk-informasjon"))
    assert (asked.way, asked.language) == ("mail", Language.NB)
    assert letters(box) == ["confirmation"]
    assert relay.accepted == ()


def test_asking_again_and_again_sends_one_confirmation_a_day(box: Letterbox) -> None:
    for _ in range(20):
        assert box.write("Subscribe", sender="jane@pas.example.com").startswith("250")
    assert letters(box) == ["confirmation"]
    assert look_up(box.engine, "jane@pas.example.com").language is Language.EN


def test_a_command_with_a_question_beside_it_reaches_a_person_too(box: Letterbox, relay: SmtpSink) -> None:
    box.hand_over(bytes_of("gmail-nb-abonner-og-spor"), sender=OLA)
    assert letters(box) == ["confirmation"]
    assert relay.wait_for(1)[0].recipients == (CONTACT,)


@pytest.mark.parametrize("name", ["outlook-nb-stopp", "outlook-web-nb-meld-av"])
def test_whoever_leaves_by_mail_is_told_goodbye(box: Letterbox, relay: SmtpSink, name: str) -> None:
    join(box.engine)
    for _ in range(3):
        assert box.hand_over(bytes_of(name)).startswith("250")
    person = look_up(box.engine)
    assert person.state is SubscriberState.LEFT
    assert letters(box) == ["goodbye"]
    with reading(box.engine) as connection:
        assert connection.scalar(select(subscribers.c.ended_why)) == "asked to by mail"
    assert len(relay.wait_for(2)) == 2  # whoever writes again is helped by a person


def test_when_unusually_many_leave_by_mail_operators_are_told_once_a_day(box: Letterbox) -> None:
    crowd = [f"kari{number}@epj.example.no" for number in range(12)]
    for address in crowd[:10]:
        join(box.engine, address)
        box.write("Stopp", sender=address)
    with reading(box.engine) as connection:
        assert alerts.open_alerts(connection) == ()
    for address in crowd[10:]:
        join(box.engine, address)
        box.write("Stopp", sender=address)
    with reading(box.engine) as connection:
        (told,) = alerts.open_alerts(connection)
    assert told.key == "leaving:2026-06-01"
    assert "more than 10 mails" in told.text
    assert {look_up(box.engine, address).state for address in crowd} == {SubscriberState.LEFT}


@pytest.mark.parametrize("line", ["Stopp FTPS", "Stopp alle varsler om FTPS"])
def test_whoever_leaves_one_service_keeps_the_others_and_is_told_which(box: Letterbox, line: str) -> None:
    join(box.engine, KARI, "service:helseid", "service:ftps", "service:preg")
    assert box.write(line).startswith("250")
    person = look_up(box.engine)
    assert person.state is SubscriberState.ACTIVE
    assert {str(each.topic) for each in person.subscriptions} == {"service:helseid", "service:preg"}
    assert letters(box) == ["status"]


def test_whoever_is_made_to_follow_less_can_take_that_back(box: Letterbox) -> None:
    join(box.engine, KARI, "everything")
    assert box.write("Stopp FTPS").startswith("250")
    with reading(box.engine) as connection:
        about = connection.scalar(select(messages.c.about).where(messages.c.letter == "status"))
    assert about == "service:ftps"
    person, ftps = look_up(box.engine), parse_topic("service:ftps")
    assert person.followed == Followed((EVERYTHING,), (ftps,))
    for _ in range(2):
        assert follow_again(
            engine=box.engine,
            addressee=person.addressee,
            topics=[ftps],
            changes=real_list(),
            elapsed=None,
            timing=TIMING,
            now=JUNE,
        )
    assert look_up(box.engine).followed == Followed((EVERYTHING,))


def test_of_two_services_left_by_one_mail_both_can_be_taken_back(box: Letterbox) -> None:
    join(box.engine, KARI, "service:helseid", "service:ftps", "service:preg")
    assert box.write("Stopp FTPS og HelseID").startswith("250")
    assert letters(box) == ["status"]
    with reading(box.engine) as connection:
        about = connection.scalar(select(messages.c.about).where(messages.c.letter == "status"))
    assert about == "service:ftps service:helseid"


def test_of_two_services_left_by_two_mails_at_once_both_can_be_taken_back(box: Letterbox) -> None:
    join(box.engine, KARI, "everything")
    for line in ("Stopp FTPS", "Stopp HelseID"):
        assert box.write(line).startswith("250")
    box.now = JUNE + timedelta(hours=2)
    assert box.write("Hva følger jeg?").startswith("250")
    waits = (messages.c.letter == "status", messages.c.state == MessageState.PENDING)
    with reading(box.engine) as connection:
        (about,) = connection.scalars(select(messages.c.about).where(*waits))
    assert about == "service:ftps service:helseid"


def test_each_time_somebody_follows_less_by_mail_they_are_told_and_else_not(box: Letterbox) -> None:
    join(box.engine, KARI, "service:helseid", "service:ftps", "service:preg")
    for line in ("Hva følger jeg?", "Stopp FTPS", "Stopp FTPS"):
        assert box.write(line).startswith("250")
    assert letters(box) == ["status", "status"]
    assert box.write("Stopp HelseID").startswith("250")
    assert letters(box) == ["status"] * 3
    assert {str(each.topic) for each in look_up(box.engine).subscriptions} == {"service:preg"}


def test_whoever_leaves_the_last_service_leaves(box: Letterbox) -> None:
    join(box.engine, KARI, "service:ftps")
    assert box.write("unsubscribe me from FTPS").startswith("250")
    assert look_up(box.engine).state is SubscriberState.LEFT
    assert letters(box) == ["goodbye"]


def test_leaving_at_the_signed_address_says_goodbye_once(box: Letterbox) -> None:
    person = join(box.engine)
    for _ in range(3):
        assert box.write("", to=MAILBOX.leave(person.id, 0), sender="alias@sone.example.no").startswith("250")
    assert letters(box) == ["goodbye"]


def test_the_old_mailbox_of_somebody_who_moved_ends_nothing_and_is_helped_by_a_person(
    box: Letterbox, relay: SmtpSink
) -> None:
    person = join(box.engine)
    with writing(box.engine) as connection:
        assert moving.move(connection, person.id, address=OLA, now=JUNE)
    assert box.write("", to=MAILBOX.leave(person.id, 0)).startswith("250")
    assert box.write("Stopp").startswith("250")
    assert {mail.recipients for mail in relay.wait_for(2)} == {(CONTACT,)}
    assert look_up(box.engine, OLA).state is SubscriberState.ACTIVE
    assert box.write("", to=MAILBOX.leave(person.id, 1)).startswith("250")
    assert look_up(box.engine, OLA).state is SubscriberState.LEFT


def test_whoever_is_not_known_and_wants_to_leave_is_helped_by_a_person(
    box: Letterbox, relay: SmtpSink
) -> None:
    assert box.write("Stopp", sender=OLA).startswith("250")
    assert relay.wait_for(1)[0].recipients == (CONTACT,)
    assert people(box) == 0


def test_who_asks_is_answered_once_an_hour(box: Letterbox) -> None:
    join(box.engine)
    for minutes in range(0, 120, 10):
        box.now = JUNE + timedelta(minutes=minutes)
        assert box.write("Hva følger jeg?").startswith("250")
        assert box.write("Hjelp").startswith("250")
    assert letters(box) == ["status", "status"]


def test_a_stranger_who_asks_for_help_gets_it(box: Letterbox) -> None:
    assert box.write("hjelp", sender=OLA).startswith("250")
    assert box.write("Kva følgjer eg?", sender="per@pasient.example.no").startswith("250")
    assert letters(box) == ["help", "help"]
    assert look_up(box.engine, "per@pasient.example.no").language is Language.NN
    assert box.write("abonner", sender=OLA).startswith("250")
    assert letters(box) == ["help", "help", "confirmation"]


@pytest.mark.parametrize("was_there", [True, False])
def test_whoever_did_not_ask_for_help_is_left_in_peace_by_one_press(box: Letterbox, was_there: bool) -> None:
    if was_there:
        join(box.engine, OLA)
        box.write("stopp", sender=OLA)
    box.write("hjelp", sender=OLA)
    pseudonyms, addressee = Pseudonyms(MAILBOX.keys), look_up(box.engine, OLA).addressee
    denying = partial(deny_help, engine=box.engine, pseudonyms=pseudonyms, addressee=addressee, now=JUNE)
    assert [denying(), denying()] == [Denied.FOR_EVER, Denied.FOR_EVER if was_there else Denied.STOPPED]
    with reading(box.engine) as connection:
        waits = connection.scalars(select(messages.c.letter).where(messages.c.state == "pending"))
        assert list(waits) == (["goodbye"] if was_there else [])
    box.now = JUNE + timedelta(days=2)
    for line in ("hjelp", "abonner"):
        box.write(line, sender=OLA)
    assert letters(box).count("help") == was_there
    assert people(box) == was_there


def test_a_link_against_help_has_no_right_over_a_subscription(box: Letterbox) -> None:
    person = join(box.engine)
    pseudonyms = Pseudonyms(MAILBOX.keys)
    said = deny_help(engine=box.engine, pseudonyms=pseudonyms, addressee=person.addressee, now=JUNE)
    assert (said, look_up(box.engine)) == (Denied.STALE, person)
