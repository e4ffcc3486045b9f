"""Answers by mail: what is said plainly is understood in three languages, and what is not is asked again."""

from __future__ import annotations

from datetime import date
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.answer import LONGEST_WORDS, AnswerKind
from notifier.core.change import ChangeList
from notifier.core.written_answer import WrittenAnswer, answer_in
from tests.sources.lists import REAL_FILE, parsed

TODAY = date(2026, 11, 23)
LOGIN = "kjernejournal-portal-gammel-innlogging"
DPOP = "helseid-par-dpop"
DONE, NOT_AFFECTED = AnswerKind.DONE, AnswerKind.NOT_AFFECTED
PLANNED, NEED_HELP = AnswerKind.PLANNED, AnswerKind.NEED_HELP


@cache
def real_list() -> ChangeList:
    return parsed(REAL_FILE.read_text(encoding="utf-8"))


def read(written: str, *told: str) -> WrittenAnswer | None:
    changes = real_list()
    about = [change for change in changes.changes if change.id in (told or (LOGIN,))]
    return answer_in(written.split("\n"), writer="Kari Nordmann", told=about, changes=changes, today=TODAY)


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        *((DONE, each) for each in (
            "Ferdig", "FERDIG!", "ferdig.", "Ferdig 👍", "*Ferdig*", "Alt ferdig", "Ferdig, takk", "Vi er ferdige",
            "Me er ferdige no", "Hei, vi er ferdige", "Hei Kari!\nVi er helt ferdige med dette.", "Dette er gjort.",
            "Alt er på plass hos oss", "Vi har gjennomført dette", "Takk for hjelpen! Ferdig.", "Ferdig.\nFerdig.",
            "Done", "All done!", "We're done.", "We are already finished with this", "It is done", "Completed",
            "Hi,\nThis is done.\nThanks", "Kjernejournal: ferdig", "Ferdig med Kjernejournal",
        )),
        *((NOT_AFFECTED, each) for each in (
            "Gjelder ikke", "gjelder ikke oss", "Dette gjelder ikke oss.", "Gjelder oss ikke", "Gjeld ikkje",
            "Dette gjeld ikkje oss", "Ikke aktuelt for oss", "Ikkje relevant", "Vi er ikke berørt av dette",
            "Vi bruker ikke tjenesten", "Not affected", "We are not affected", "This doesn’t affect us", "N/A",
            "Not applicable", "We don't use this", "Kjernejournal gjelder ikke oss",
        )),
    ],
)  # fmt: skip
def test_what_is_said_plainly_is_understood(kind: AnswerKind, written: str) -> None:
    assert read(written) == WrittenAnswer(change_id=LOGIN, kind=kind)


@pytest.mark.parametrize(
    "written",
    [
        "Planlagt 12. mai",
        "planlagt: 12.05.2027",
        "Planlagd til onsdag 12. mai",
        "Vi planlegger dette til 12/5",
        "Blir ferdig 12. mai",
        "Vi vil være ferdige innen 12. mai 2027",
        "Planned for 12 May",
        "Planned: May 12, 2027",
        "We plan this for the 12th of May",
        "It will be done by 12 May",
        "Planned 2027-05-12",
        "Hei!\nPlanlagt 12. mai neste år.\nMange takk for påminnelsen",
    ],
)
def test_a_promise_has_its_day(written: str) -> None:
    assert read(written) == WrittenAnswer(change_id=LOGIN, kind=PLANNED, planned=date(2027, 5, 12))


@pytest.mark.parametrize(
    "written",
    [
        "Hjelp",
        "hjelp, vi får ikke til DPoP",
        "Vi trenger hjelp.\nKan noen ringe oss på 22 22 22 22?",
        "Me treng litt hjelp med klienten",
        "Kan dere hjelpe oss?",
        "We need help with our client",
        "Can you help us? We are not done.",
        "Hjelp no",
        "Hjelp vi er ikke klare",
    ],
)
def test_who_needs_help_is_heard_in_their_own_words(written: str) -> None:
    assert read(written) == WrittenAnswer(change_id=LOGIN, kind=NEED_HELP, words=written)


def test_the_words_are_kept_within_bounds() -> None:
    found = read("hjelp\n" + "\n".join("ord " * 50 for _ in range(30)))
    assert found is not None
    assert (found.is_cut, len(found.words) <= LONGEST_WORDS) == (True, True)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "Ja",
        "Nei",
        "OK",
        "I orden",
        "I orden, takk",
        "Det er i orden",
        "Det er i orden hos oss",
        "Alt i orden",
        "Hei,\nDet er i orden.",
        "Takk!",
        "Ikke ferdig",
        "Vi er ikke ferdige",
        "Vi er ikkje heilt ferdige",
        "We are not done yet",
        "Not done",
        "Nesten ferdig",
        "Snart ferdig",
        "Ferdig?",
        "Er vi ferdige?",
        "Ferdig i test",
        "Ferdig\nmed testmiljøet",
        "Ferdig\nmen ikke i produksjon",
        "Ferdig. Resten tar vi etter ferien.",
        "Ferdig\nResten tar vi til sommeren",
        "Ferdig\nKari\nBare i test foreløpig",
        "Ferdig\nFredag",
        "Ferdig\nUnder Arbeid",
        "Ferdig\nKari\nUnder Arbeid",
        "Ferdig\nUtenom Pasientportalen",
        "Ferdig\nKari\nUtenom Pasientportalen",
        "Ferdig\nOla",
        "Done\nIn Staging",
        "Done\nFor Now",
        "Done\nKari\nFor Now",
        "Done\nKari\nExcluding Mobile App",
        "Done\nKari\nPhase One",
        "Ferdig\nKari\nNeste År",
        "Ferdig\nFørste uke i Januar",
        "Ferdig 12. mai",
        "Done by 12 May",
        "Ferdig\nGjelder ikke",
        "Planlagt",
        "Planlagt snart",
        "Planlagt i mai",
        "Planlagt uke 20",
        "Planlagt 12. mai eller 13. mai",
        "Planlagt 12. mai\nPlanlagt 13. mai",
        "Planlagt torsdag 12. mai",
        "Planlagt 1. oktober 2026",
        "Planned 5/12",
        "Gjelder oss",
        "Gjelder",
        "Gjelder ikke lenger",
        "Gjelder ikke HelseID",
        "HelseID: ferdig",
        "Vi bruker ikke lenger Windows 7",
        "Hjelp\nFerdig",
        "Hjelp ikke nødvendig",
        "Hjelp: ikke nødvendig",
        "Kjernejournal: hjelp er ikke lenger nødvendig",
        "Hjelp trengst ikkje",
        "Hjelp trenger vi ikke",
        "Hjelp unødvendig, vi er snart ferdige",
        "Hjelp: nei",
        "Help isn't needed, thanks",
        "No help needed",
        "We need help no longer",
        "Treng ikkje hjelp",
        "Vi trenger ikke hjelp",
        "Saken er ferdig",
        "Takk for henvendelsen. Saken er registrert.",
        "Jeg er på ferie til 4. januar.",
        "Hei vi lurer på når dette blir ferdig",
    ],
)
def test_what_can_be_taken_amiss_is_not_read(written: str) -> None:
    assert read(written) is None


@pytest.mark.parametrize(
    "signature",
    [
        "Kari Nordmann\nSystemansvarlig, EPJ-huset AS\nTlf. +47 22 22 22 22\nwww.epj.example.no",
        "Kari",
        "Denne e-posten kan inneholde fortrolig informasjon, og er ikke for andre enn mottakeren.",
        "This e-mail is confidential. If you are not the recipient, delete it before you do anything else.",
    ],
)
def test_how_it_is_signed_says_nothing(signature: str) -> None:
    assert read(f"Ferdig\n{signature}") == WrittenAnswer(change_id=LOGIN, kind=DONE)


def test_of_several_changes_the_answer_names_its_own() -> None:
    assert read("Ferdig", LOGIN, DPOP) is None
    assert read("Alt ferdig", LOGIN, DPOP) is None
    assert read("HelseID: ferdig", LOGIN, DPOP) == WrittenAnswer(change_id=DPOP, kind=DONE)
    assert read("Gjelder ikke oss: helseid", LOGIN, DPOP) == WrittenAnswer(change_id=DPOP, kind=NOT_AFFECTED)
    assert read("Ferdig med HelseID og Kjernejournal", LOGIN, DPOP) is None
    title = next(change.title.nb for change in real_list().changes if change.id == LOGIN)
    named = read(f"Kjernejournal – {title}: planlagt 30. november", LOGIN, DPOP)
    assert named == WrittenAnswer(change_id=LOGIN, kind=PLANNED, planned=date(2026, 11, 30))


def test_a_title_that_is_an_everyday_word_names_nothing() -> None:
    assert read("Vi bruker ikke tjenesten", LOGIN) == WrittenAnswer(change_id=LOGIN, kind=NOT_AFFECTED)


_PIECES = st.sampled_from(
    [
        "ferdig",
        "ikke",
        "ikkje",
        "not",
        "done",
        "vi",
        "er",
        "we",
        "are",
        "gjelder",
        "oss",
        "planlagt",
        "12. mai",
        "nei",
    ]
)


@given(st.lists(_PIECES, max_size=6).map(" ".join))
def test_done_is_never_read_beside_a_denial(written: str) -> None:
    found = read(written)
    denied = {"ikke", "ikkje", "not", "nei"} & set(written.split())
    assert not (found and denied and found.kind in (DONE, PLANNED))


@given(st.lists(st.text(max_size=200), max_size=50).map("\n".join))
def test_any_text_is_read_without_fault(written: str) -> None:
    found = read(written, LOGIN, DPOP)
    assert found is None or found.change_id in (LOGIN, DPOP)
