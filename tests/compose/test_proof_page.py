"""The page of a dossier says what its records hold in words, whatever they hold, in each language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from notifier.compose.proof_page import proof_page
from notifier.compose.templates import shipped_templates
from notifier.compose.voice import Voice
from notifier.core.answer import AnswerKind, AnswerState, Way
from notifier.core.diff import DifferenceKind
from notifier.core.letter import OF_ANSWERS, WITH_OVERVIEW
from notifier.core.message import MessageState
from notifier.core.notice import NoticeKind, Outcome
from notifier.core.text import Language
from tests.compose.mails import LETTERHEAD, LINKS
from tests.core.lists import TIMING, a_list, oslo

AT = "2026-11-24T07:05:00Z"
# What a program calls things.
RAW = {
    *NoticeKind,
    *Outcome,
    *DifferenceKind,
    *AnswerKind,
    *AnswerState,
    *Way,
    *(OF_ANSWERS | WITH_OVERVIEW),
    "30d",
    "2026-12-01",
    "portal/end",
}


def told(kind: NoticeKind, outcome: Outcome = Outcome.SENT, **fields: Any) -> dict[str, Any]:
    about = {"answer": None, "kind": kind.value, "deadline": "portal/end", "lead": None, "date": "2026-12-01"}
    return about | {"outcome": outcome.value, "reason": None} | fields


def mail(**fields: Any) -> dict[str, Any]:
    record = {"at": AT, "what": "mail", "contact": "kari@blabaer.example", "letter": None, "answer": None}
    known = {
        "state": MessageState.SENT.value,
        "reply": "250 2.0.0 Ok",
        "tells": [],
        "attempts": [],
        "copies": [],
        "files": {},
    }
    return record | known | fields


def records() -> Iterator[dict[str, Any]]:
    """One of everything that a dossier can hold."""
    for difference in DifferenceKind:
        dates = {"old": "2026-Q4", "new": "2026-12-01", "stated": None, "kind": difference.value}
        yield {"at": AT, "what": "date", "deadline": "portal/end"} | dates
    yield mail(tells=[told(kind, lead="30d") for kind in NoticeKind])
    yield mail(
        tells=[told(NoticeKind.REMINDER, lead="0d"), told(NoticeKind.STANDING, deadline=None, date=None)]
    )
    yield from (mail(letter=letter.value, answer=7) for letter in OF_ANSWERS | WITH_OVERVIEW)
    bounce = {"at": AT, "phase": "bounce", "reply": "550 5.1.1 no such user"}
    first, second = ({"at": AT, "to_earlier_address": True, "files": [f"{n}.txt"]} for n in "12")
    yield mail(state=MessageState.UNKNOWN.value, attempts=[bounce], files={"1.txt": "", "2.txt": ""})
    yield mail(copies=[first, second], files={"1.txt": "", "2.txt": ""})
    for outcome in Outcome:
        by = {"at": AT, "what": "notice", "contact": "kari@blabaer.example"}
        yield by | told(NoticeKind.REMINDER, outcome, lead="2w")
    yield by | told(NoticeKind.REMINDER, Outcome.ANSWERED, lead="2w", answer=7, reason="answer 7: done")
    given = {"at": AT, "what": "answer", "answer": 7, "by": "Ola", "words": None, "decided_by": None}
    for kind in AnswerKind:
        yield given | {"kind": kind, "planned": "2026-11-01", "way": Way.PAGE, "state": AnswerState.COUNTS}
    for way in Way:
        yield given | {"kind": "done", "planned": None, "way": way, "state": AnswerState.WAITING}
    yield given | {
        "kind": "done",
        "planned": None,
        "way": Way.MAIL,
        "state": AnswerState.REFUSED,
        "decided_by": "Per",
    }
    yield given | {"kind": "done", "planned": None, "way": Way.MAIL, "state": AnswerState.REPLACED}
    yield {"at": AT, "what": "evidence", "calls": 1243, "last_seen": "2026-12-01", "until": "2026-12-01"}
    yield {"at": AT, "what": "waiver", "by": "Per", "reason": "egen avtale", "until": "2026-12-01"}


def page(language: Language) -> str:
    changes = a_list()
    written = proof_page(
        records(),
        vendor="Blåbær EPJ",
        change=changes.changes[0],
        changes=changes,
        head="0" * 64,
        voice=Voice(timing=TIMING, letterhead=LETTERHEAD, templates=shipped_templates(), links=LINKS),
        language=language,
        made_at=oslo("2026-12-04"),
    )
    body = written.partition("<body>")[2]
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


@pytest.mark.parametrize("language", [Language.NB, Language.NN])
def test_no_word_of_the_program_s_own_is_left_on_it(language: Language) -> None:
    # «For sent» is bokmål.
    words = set(re.findall(r"[\w/-]+", page(language).replace("for sent", "")))
    assert not words & {str(raw) for raw in RAW}


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        (
            Language.NB,
            (
                "Påminnelse 30 dager før: slutt, tirsdag 1. desember 2026",
                "Påminnelse på selve dagen",
                "Datoen ble endret: 4. kvartal 2026 → tirsdag 1. desember 2026 (slutt)",
                "(ikke sendt, fordi leverandøren hadde svart)",
                "(ikke sendt, fordi leverandøren hadde svart: Ferdig (svart 24. november 2026))",
                "Ola svarte på e-post: Ferdig (avvist av Per)",
                "1 243 kall sett, det siste tirsdag 1. desember 2026",
                "Ola svarte på e-post: Ferdig (erstattet av et nyere svar før noen tok stilling til det)",
                "1.txt , 2.txt (laget på nytt, med språket og valgene som gjelder i dag: hva den ble laget ut fra,",
                "på et tidligere: Laget 2026-11-24 08:05: 1.txt Laget 2026-11-24 08:05: 2.txt (laget på nytt)",
                "Den gikk til en adresse som kari@blabaer.example hadde tidligere",
            ),
        ),
        (
            Language.NN,
            (
                "Påminning 30 dagar før: slutt, tysdag 1. desember 2026",
                "Datoen vart endra: 4. kvartal 2026 → tysdag 1. desember 2026",
                "Friteken til og med tysdag 1. desember 2026 av Per",
            ),
        ),
        (
            Language.EN,
            (
                "Reminder 30 days ahead: end, Tuesday 1 December 2026",
                "It came back on Tuesday 24 November 2026: 550 5.1.1 no such user",
                "Ola answered by mail: Done (waits for a decision)",
            ),
        ),
    ],
)
def test_it_reads_like_a_letter(language: Language, sentences: tuple[str, ...]) -> None:
    text = page(language)
    assert [each for each in sentences if each not in text] == []
