"""What vendors answer to a mail of ours, as Outlook, Gmail, Apple Mail, Thunderbird and ticket systems write it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from notifier.compose.mailbox import Purpose, Signed
from notifier.consent.replies import RepliedTo
from notifier.core.answer import AnswerKind
from notifier.core.command import Wish
from notifier.core.subscription import SubscriberState
from notifier.core.written_answer import WrittenAnswer
from notifier.inbox.deciding import Decision, Deed
from notifier.inbox.reading import read
from tests.core.lists import a_subscriber
from tests.inbox.letters import MAILBOX, US, decision, incoming, letter, real_list

ANSWERS = Path(__file__).with_name("answers")
LOGIN, DPOP = "kjernejournal-portal-gammel-innlogging", "helseid-par-dpop"
PLANNED = (AnswerKind.PLANNED, date(2027, 5, 12))
UNDERSTOOD = {
    "outlook-nb-ferdig": (AnswerKind.DONE, None),
    "outlook-en-done": (AnswerKind.DONE, None),
    "gmail-en-done-signed": (AnswerKind.DONE, None),
    "outlook-nb-ferdig-fraskrivelse": (AnswerKind.DONE, None),
    "gmail-html-ferdig": (AnswerKind.DONE, None),
    "apple-mail-nn-ferdige": (AnswerKind.DONE, None),
    "saksystem-ferdig": (AnswerKind.DONE, None),
    "outlook-nb-html-gjelder-ikke": (AnswerKind.NOT_AFFECTED, None),
    "outlook-mobil-nn-gjeld-ikkje": (AnswerKind.NOT_AFFECTED, None),
    "thunderbird-en-not-affected": (AnswerKind.NOT_AFFECTED, None),
    "gmail-nb-planlagt": PLANNED,
    "gmail-en-planned": PLANNED,
    "thunderbird-nb-planlagt-nederst": PLANNED,
}
HELP = "iphone-nb-hjelp"
ASKED_AGAIN = (
    "outlook-nb-ikke-ferdig",
    "outlook-nb-bare-sitat",
    "outlook-nb-i-orden",
    "outlook-nb-ferdig-etterskrift",
    "outlook-nb-ferdig-i-hilsenen",
    "outlook-nb-ferdig-mangler",
    "outlook-nb-ferdig-under-arbeid",
    "gmail-en-done-in-staging",
    "gmail-en-done-but-below",
    "gmail-nb-ferdig-i-test",
    "gmail-en-question",
    "iphone-nb-ja",
    "saksystem-kvittering-uten-merke",
)
BY_MACHINES = ("exchange-fravaer-ferdig", "jira-autosvar-done", "gmail-ferie-gjelder-ikke")


def decided(mail: str | bytes, *told: str) -> Decision:
    """What becomes of a reply to a mail that told of these Changes."""
    changes = tuple(change for change in real_list().changes if change.id in (told or (LOGIN,)))
    ours = RepliedTo(subscriber=a_subscriber(), told=changes)
    come = (
        incoming(mail, ANSWERS)
        if isinstance(mail, str)
        else read(mail, sender="kari@epj.example.no", ours=[US])
    )
    return decision(come, to=MAILBOX.answer(17, 0), replied_to=ours)


def test_every_mail_in_the_folder_is_tried() -> None:
    assert {file.stem for file in ANSWERS.glob("*.eml")} == {*UNDERSTOOD, HELP, *ASKED_AGAIN, *BY_MACHINES}


@pytest.mark.parametrize("name", UNDERSTOOD)
def test_an_answer_is_understood(name: str) -> None:
    kind, planned = UNDERSTOOD[name]
    found = decided(name)
    assert found.answer == WrittenAnswer(change_id=LOGIN, kind=kind, planned=planned)
    assert (found.deed, found.is_forwarded) == (Deed.ANSWER, False)


def test_who_needs_help_says_why() -> None:
    words = "Hjelp, vi får ikke til innloggingen i test"
    assert decided(HELP).answer == WrittenAnswer(change_id=LOGIN, kind=AnswerKind.NEED_HELP, words=words)


@pytest.mark.parametrize("name", ASKED_AGAIN)
def test_what_cannot_be_read_for_sure_is_read_by_a_person_and_asked_again(name: str) -> None:
    found = decided(name)
    assert (found.deed, found.is_forwarded) == (Deed.ASK, True)


@pytest.mark.parametrize("name", BY_MACHINES)
def test_what_a_machine_wrote_never_counts(name: str) -> None:
    assert decided(name).deed is Deed.DROP


def test_of_several_changes_one_must_be_named() -> None:
    assert decided("outlook-nb-ferdig", LOGIN, DPOP).deed is Deed.ASK
    named = decided(letter("HelseID: ferdig"), LOGIN, DPOP)
    assert named.answer == WrittenAnswer(change_id=DPOP, kind=AnswerKind.DONE)


def test_other_commands_work_in_a_reply_too() -> None:
    found = decided(letter("Stopp"))
    assert found.command is not None
    assert (found.deed, found.command.wish) == (Deed.OBEY, Wish.LEAVE)


def test_a_mail_of_which_we_know_no_more_is_read_by_a_person() -> None:
    found = decision(incoming("outlook-nb-ferdig", ANSWERS), to=MAILBOX.answer(17, 0))
    assert found.deed is Deed.FORWARD


def test_without_one_author_nothing_counts() -> None:
    for author in ("kari@epj.example.no, ola@journal.example.no", "Kari <kari>"):
        assert decided(letter("Ferdig", author=author)).deed is Deed.FORWARD


def test_whoever_answers_is_known_by_the_signed_address_alone() -> None:
    detail = MAILBOX.detail_of(MAILBOX.answer(17, 2))
    assert detail is not None
    assert MAILBOX.read(detail) == Signed(Purpose.ANSWER, 17, 2)
    assert MAILBOX.read(detail.replace("a-", "b-", 1)) is None
    stranger = decision(incoming("outlook-nb-ferdig", ANSWERS), state=SubscriberState.ACTIVE)
    assert stranger.deed is Deed.FORWARD
