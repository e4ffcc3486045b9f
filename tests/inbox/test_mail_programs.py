"""What people mean, as Outlook, Gmail, Apple Mail, Thunderbird, ticket systems and mail servers write it."""

from __future__ import annotations

import pytest

from notifier.compose.mailbox import Purpose, Signed
from notifier.core.bounce import Weight
from notifier.core.command import Command, Wish
from notifier.core.subscription import parse_topic
from notifier.core.text import Language
from notifier.inbox.deciding import Decision, Deed
from tests.inbox.letters import MAILBOX, MAILS, US, decision, incoming

NB, NN, EN = Language.NB, Language.NN, Language.EN
COMMANDS = {
    "outlook-nb-stopp": (Wish.LEAVE, None, ""),
    "outlook-en-unsubscribe": (Wish.LEAVE, EN, ""),
    "outlook-mobil-nn-meld-av": (Wish.LEAVE, NB, ""),
    "outlook-web-nb-meld-av": (Wish.LEAVE, NB, ""),
    "gmail-nb-svar-avmeld": (Wish.LEAVE, NB, ""),
    "gmail-en-reply-stop": (Wish.LEAVE, None, ""),
    "iphone-nb-stopp": (Wish.LEAVE, None, ""),
    "thunderbird-nb-avmeld-nederst": (Wish.LEAVE, NB, ""),
    "gmail-nb-abonner": (Wish.SUBSCRIBE, NB, "service:helseid service:kritisk-informasjon"),
    "apple-mail-nb-pamelding": (Wish.SUBSCRIBE, NB, "service:ftps service:kjernejournal"),
    "gmail-html-hva-folger-jeg": (Wish.STATUS, NB, ""),
    "apple-mail-nn-status": (Wish.STATUS, NN, ""),
}
FOR_PEOPLE = ("outlook-nb-menneske", "thunderbird-en-menneske", "saksystem-menneske")
BY_MACHINES = (
    "jira-autosvar",
    "saksystem-autosvar-uten-merke",
    "exchange-fravaer",
    "gmail-fravaer",
    "e-postliste",
    "outlook-lesebekreftelse",
)
REPORTS = {
    "dsn-postfix": Weight.HARD,
    "dsn-exchange": Weight.HARD,
    "dsn-gmail": Weight.HARD,
    "dsn-qmail": Weight.HARD,
    "dsn-exchange-full": Weight.SOFT,
    "dsn-postfix-gitt-opp": Weight.SOFT,
}
TRIED_ELSEWHERE = {"gmail-til-stopp", "gmail-nb-abonner-og-spor", "dsn-postfix-forsinket"}


def test_every_mail_in_the_folder_is_tried() -> None:
    tried = {*COMMANDS, *FOR_PEOPLE, *BY_MACHINES, *REPORTS, *TRIED_ELSEWHERE}
    assert {file.stem for file in MAILS.glob("*.eml")} == tried


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_understood(name: str) -> None:
    wish, language, topics = COMMANDS[name]
    command = Command(wish=wish, language=language, topics=tuple(map(parse_topic, topics.split())))
    assert decision(incoming(name)) == Decision(deed=Deed.OBEY, command=command)


def test_the_address_alone_is_a_command() -> None:
    decided = decision(incoming("gmail-til-stopp"), to="Varsel+STOPP@varsel.example.no")
    assert decided.command == Command(wish=Wish.LEAVE)


@pytest.mark.parametrize("name", FOR_PEOPLE)
def test_what_was_written_to_people_goes_to_people(name: str) -> None:
    assert decision(incoming(name)).deed is Deed.FORWARD


def test_a_command_with_a_letter_beside_it_is_obeyed_and_read_by_a_person() -> None:
    decided = decision(incoming("gmail-nb-abonner-og-spor"))
    assert decided.command == Command(wish=Wish.SUBSCRIBE, language=NB, says_more=True)
    assert decided.is_forwarded


@pytest.mark.parametrize("name", BY_MACHINES)
@pytest.mark.parametrize("to", [US, "varsel+stopp@varsel.example.no", MAILBOX.return_path(17, 0)])
def test_what_a_machine_wrote_is_neither_obeyed_nor_answered(name: str, to: str) -> None:
    assert decision(incoming(name), to=to).deed is Deed.DROP


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_at_the_signed_return_path_is_a_bounce(name: str) -> None:
    decided = decision(incoming(name), to=MAILBOX.return_path(17, 0))
    assert (decided.deed, decided.signed, decided.weight) == (
        Deed.NOTE, Signed(Purpose.BOUNCE, 17, 0), REPORTS[name]
    )  # fmt: skip


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("to", [US, "varsel+b-11-aaaaaaaaaaaaaaaa@varsel.example.no"])
def test_a_report_elsewhere_is_no_bounce(name: str, to: str) -> None:
    assert decision(incoming(name), to=to).deed is Deed.DROP


def test_a_report_of_delay_is_no_bounce() -> None:
    assert decision(incoming("dsn-postfix-forsinket"), to=MAILBOX.return_path(17, 0)).deed is Deed.DROP


def test_a_report_says_why() -> None:
    words = decision(incoming("dsn-postfix"), to=MAILBOX.return_path(17, 0)).words
    assert words.startswith("5.1.1 550 5.1.1")
    assert "User unknown in virtual mailbox table" in words
