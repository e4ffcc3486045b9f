"""Every mail about what is still open asks whether its reader is ready, and shows what they answered before."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from notifier.compose.mailbox import Mailbox
from notifier.compose.questions import OFFERED
from notifier.compose.samples import stance_sample
from notifier.core.answer import AnswerKind
from notifier.core.change import Status
from notifier.core.notice import NoticeKind
from notifier.core.stance import Doubt, Stance
from notifier.core.text import Language
from tests.compose.mails import (
    LETTERHEAD,
    LINKS,
    a_notice,
    composed,
    html_of,
    listed,
    old_login,
    one_line,
    text_of,
)
from tests.core.lists import a_deadline, a_subscriber, a_when, oslo

NAME = "gammel-innlogging"
URL = LINKS.answer(a_subscriber().addressee, NAME)
READ_BY_US = replace(LETTERHEAD, mailbox=Mailbox("varsel@helsenett.example", ("a-key-for-tests",)))
STANDING = a_notice(NoticeKind.STANDING, deadline="")


def said(kind: AnswerKind = AnswerKind.DONE, doubt: Doubt | None = None) -> dict[str, Stance]:
    return {NAME: replace(stance_sample(kind, change_id=NAME, now=oslo("2026-11-17")), doubt=doubt)}


@pytest.mark.parametrize("notice", [a_notice(NoticeKind.REMINDER), a_notice(NoticeKind.ANNOUNCED), STANDING])
def test_four_answers_are_one_press_away_and_the_text_has_the_link(notice: object) -> None:
    mail = composed(notice)  # type: ignore[arg-type]
    assert re.findall(rf'href="({re.escape(URL)}[^"]*)"', html_of(mail)) == [
        f"{URL}?say={kind}" for kind in OFFERED
    ]
    assert URL in text_of(mail).split()


def test_what_is_over_is_not_asked_about() -> None:
    over = listed(old_login(a_deadline(status=Status.COMPLETED)))
    mail = composed(a_notice(NoticeKind.COMPLETED), changes=over)
    assert "/answer/" not in text_of(mail) + html_of(mail)


@pytest.mark.parametrize(
    ("kind", "language", "words"),
    [
        (AnswerKind.DONE, Language.NB, "Dere svarte «ferdig» 3. november 2026."),
        (AnswerKind.PLANNED, Language.NN, "De svarte «planlagt 1. desember 2026» 3. november 2026."),
        (AnswerKind.NOT_AFFECTED, Language.NB, "Dere svarte «gjelder ikke oss» 3. november 2026."),
        (AnswerKind.NEED_HELP, Language.EN, "You answered “we need help” on 3 November 2026."),
    ],
)
def test_what_was_answered_is_shown(kind: AnswerKind, language: Language, words: str) -> None:
    for notice in (a_notice(NoticeKind.REMINDER), STANDING):
        mail = composed(notice, stances=said(kind), language=language)
        assert words in one_line(text_of(mail))
        assert words in html_of(mail)


@pytest.mark.parametrize(
    ("doubt", "words"),
    [
        (None, ""),
        (Doubt.SLIPPED, "Den dagen er passert. Er dere ferdige?"),
        (Doubt.MOVED, "Datoen er flyttet siden da. Stemmer svaret fortsatt?"),
        (Doubt.ADDED, "Det har kommet noe nytt i denne endringen siden da. Stemmer svaret fortsatt?"),
        (Doubt.TRAFFIC, "Er dere ferdige overalt?"),
    ],
)
def test_an_answer_in_doubt_is_asked_for_again(doubt: Doubt | None, words: str) -> None:
    text = one_line(text_of(composed(a_notice(NoticeKind.REMINDER), stances=said(doubt=doubt))))
    assert words in text
    assert ("?" in text.partition("Dere svarte")[2].partition("Endre svaret her")[0]) == bool(doubt)


@pytest.mark.parametrize(("old", "asks"), [("2027-01-01", True), ("2027-Q1", True), ("2026-11-30", False)])
def test_an_earlier_date_asks_again(old: str, asks: bool) -> None:
    notice = a_notice(NoticeKind.MOVED, old=a_when(old))
    text = one_line(text_of(composed(notice, stances=said())))
    assert ("Datoen er nå tidligere. Stemmer svaret fortsatt?" in text) == asks
    assert URL in text


def test_the_words_for_a_reply_are_told_where_replies_are_read() -> None:
    words = "Eller svar på denne e-posten med «ferdig», «gjelder ikke», «planlagt 12. mai» eller «hjelp»."
    mail = composed(a_notice(NoticeKind.REMINDER), letterhead=READ_BY_US)
    assert words in one_line(text_of(mail))
    assert words in html_of(mail)
    assert "Eller svar" not in text_of(composed(a_notice(NoticeKind.REMINDER)))


def test_of_several_changes_the_reply_names_its_service() -> None:
    other = replace(old_login(), id="par", service="helseid")
    mail = composed(
        a_notice(NoticeKind.REMINDER),
        a_notice(NoticeKind.REMINDER, deadline="par/end"),
        changes=listed(old_login(), other),
        letterhead=READ_BY_US,
    )
    assert "for eksempel «Kjernejournal: ferdig»" in one_line(text_of(mail))
    assert "for eksempel «HelseID: ferdig»" in one_line(text_of(mail))
