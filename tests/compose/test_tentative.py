"""A tentative date is told as one: in the subject, on the day itself, and when it is first announced."""

from __future__ import annotations

import pytest

from notifier.compose.messages import Mail
from notifier.core.notice import NoticeKind
from notifier.core.text import Language
from tests.compose.mails import a_notice, composed, listed, old_login, one_line, text_of
from tests.core.lists import a_deadline, a_when, oslo

NB, NN, EN = Language.NB, Language.NN, Language.EN


def _mail(kind: NoticeKind, written: str, language: Language, *, tentative: bool = True) -> Mail:
    """A mail of that kind about that date, on the day itself where it is an exact one."""
    changes = listed(old_login(a_deadline(written, tentative=tentative)))
    notice = a_notice(kind, old=a_when("2026-11-01") if kind is NoticeKind.MOVED else None)
    now = oslo(written) if written.count("-") == 2 else None
    return composed(notice, changes=changes, now=now, language=language)


@pytest.mark.parametrize(
    ("kind", "language", "subject"),
    [
        (NoticeKind.REMINDER, NB, "I dag: Kjernejournal – gammel innlogging utgår 1. desember (foreløpig dato)"),
        (NoticeKind.REMINDER, NN, "I dag: Kjernejournal – gammal innlogging går ut 1. desember (førebels dato)"),
        (NoticeKind.REMINDER, EN, "Today: Kjernejournal – old login ends on 1 December (tentative date)"),
        (NoticeKind.DATED, NB,
         "Ny dato: Kjernejournal – gammel innlogging utgår 1. desember 2026 (foreløpig dato)"),
        (NoticeKind.MOVED, NN,
         "Flytta: Kjernejournal – gammal innlogging går ut 1. desember 2026 (førebels dato)"),
    ],
)  # fmt: skip
def test_a_subject_marks_a_tentative_date(kind: NoticeKind, language: Language, subject: str) -> None:
    assert _mail(kind, "2026-12-01", language).subject == subject


@pytest.mark.parametrize(
    ("language", "head", "words"),
    [
        (NB, "Ikke lenger sikkert: ", "Tidspunktet er ikke lenger sikkert."),
        (NN, "Ikkje lenger sikkert: ", "Tidspunktet er ikkje lenger sikkert."),
        (EN, "No longer certain: ", "The time is no longer certain."),
    ],
)
def test_days_that_are_no_longer_certain_are_not_said_to_have_moved(
    language: Language, head: str, words: str
) -> None:
    changes = listed(old_login(a_deadline("2026-12-01", tentative=True)))
    mail = composed(a_notice(NoticeKind.MOVED, old=a_when("2026-12-01")), changes=changes, language=language)
    assert mail.subject.startswith(head)
    assert words in one_line(text_of(mail))


@pytest.mark.parametrize(
    ("language", "tail"),
    [(NB, "(1. kvartal 2027, foreløpig)"), (NN, "(1. kvartal 2027, førebels)"), (EN, "(Q1 2027, tentative)")],
)
def test_a_subject_marks_a_tentative_window(language: Language, tail: str) -> None:
    assert _mail(NoticeKind.DATED, "2027-Q1", language).subject.endswith(tail)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (NB, "Utgår i dag, tirsdag 1. desember 2026; siste dag var mandag 30. november 2026 (foreløpig)."),
        (NN, "Går ut i dag, tysdag 1. desember 2026; siste dag var måndag 30. november 2026 (førebels)."),
        (EN, "Ends today, Tuesday 1 December 2026; the last day was Monday 30 November 2026 (tentative)."),
    ],
)
def test_on_the_day_itself_a_tentative_date_is_still_tentative(language: Language, words: str) -> None:
    assert words in one_line(text_of(_mail(NoticeKind.REMINDER, "2026-12-01", language)))


@pytest.mark.parametrize(
    ("tentative", "words"), [(True, "Nå er det kunngjort et tidspunkt."), (False, "Nå er datoen satt.")]
)
def test_a_tentative_date_is_announced_not_set(tentative: bool, words: str) -> None:
    assert words in text_of(_mail(NoticeKind.DATED, "2026-12-01", NB, tentative=tentative))
