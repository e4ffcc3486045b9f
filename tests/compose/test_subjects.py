"""Subjects: how urgent, which service, what, when; exactly as people read them in their inbox."""

from __future__ import annotations

import pytest

from notifier.core.change import DeadlineKind, Status
from notifier.core.notice import NoticeKind
from notifier.core.text import Language, Text
from tests.compose.mails import a_notice, composed, listed, old_login, parsed
from tests.core.lists import a_change, a_deadline, a_when, oslo, same

NB, NN, EN = Language.NB, Language.NN, Language.EN
REMINDER = a_notice(NoticeKind.REMINDER)


@pytest.mark.parametrize(
    ("language", "subject"),
    [
        (NB, "7 dager igjen: Kjernejournal – gammel innlogging utgår 1. desember"),
        (NN, "7 dagar att: Kjernejournal – gammal innlogging går ut 1. desember"),
        (EN, "7 days left: Kjernejournal – old login ends on 1 December"),
    ],
)
def test_a_reminder_says_days_left_then_the_service(language: Language, subject: str) -> None:
    mail = composed(REMINDER, language=language)
    assert mail.subject == subject
    assert parsed(mail)["subject"] == subject


@pytest.mark.parametrize(
    ("language", "head"), [(NB, "I dag: Kjernejournal"), (NN, "I dag: "), (EN, "Today: ")]
)
def test_the_last_reminder_says_today(language: Language, head: str) -> None:
    assert composed(REMINDER, language=language, now=oslo("2026-12-01")).subject.startswith(head)


def test_the_day_before_is_one_day() -> None:
    assert composed(REMINDER, now=oslo("2026-11-30")).subject.startswith("1 dag igjen: ")


def test_the_year_is_named_when_it_is_not_this_one() -> None:
    changes = listed(old_login("2027-01-04"))
    subject = composed(REMINDER, changes=changes, now=oslo("2026-12-28")).subject
    assert subject == "7 dager igjen: Kjernejournal – gammel innlogging utgår 4. januar 2027"


@pytest.mark.parametrize(
    ("day", "head"),
    [
        ("2026-12-02", "Tidligst om 30 dager"),
        ("2026-12-31", "Tidligst om 1 dag"),
        ("2027-01-01", "Kan skje fra i dag"),
        ("2027-05-29", "Senest om 32 dager"),
        ("2027-06-30", "Senest i dag"),
    ],
)
def test_a_reminder_of_a_window_never_sounds_as_if_a_day_were_set(day: str, head: str) -> None:
    mail = composed(REMINDER, changes=listed(old_login("2027-Q1..2027-Q2")), now=oslo(day))
    assert mail.subject == f"{head}: Kjernejournal – gammel innlogging utgår (1. til 2. kvartal 2027)"


def test_an_open_window_can_happen_at_any_time() -> None:
    mail = composed(REMINDER, changes=listed(old_login("2026-03..")), language=EN)
    assert mail.subject == (
        "Can happen at any time: Kjernejournal – old login ends (March 2026 at the earliest)"
    )


@pytest.mark.parametrize(
    ("kind", "nb", "nn", "en"),
    [
        (NoticeKind.ANNOUNCED, "Nytt varsel", "Nytt varsel", "New announcement"),
        (NoticeKind.DATED, "Ny dato", "Ny dato", "New date"),
        (NoticeKind.CONFIRMED, "Bekreftet", "Stadfesta", "Confirmed"),
        (NoticeKind.MOVED, "Flyttet", "Flytta", "Moved"),
    ],
)
def test_news_says_what_kind_of_news(kind: NoticeKind, nb: str, nn: str, en: str) -> None:
    notice = a_notice(kind, old=a_when("2026-11-01"))
    tails = {
        NB: "Kjernejournal – gammel innlogging utgår 1. desember 2026",
        NN: "Kjernejournal – gammal innlogging går ut 1. desember 2026",
        EN: "Kjernejournal – old login ends on 1 December 2026",
    }
    for language, head in ((NB, nb), (NN, nn), (EN, en)):
        assert composed(notice, language=language).subject == f"{head}: {tails[language]}"


def test_a_narrowed_window_is_not_called_confirmed_while_it_is_tentative() -> None:
    changes = listed(old_login(a_deadline("2027-Q1", tentative=True)))
    mail = composed(a_notice(NoticeKind.CONFIRMED, old=a_when("2027-H1")), changes=changes)
    assert (
        mail.subject
        == "Nærmere tidfestet: Kjernejournal – gammel innlogging utgår (1. kvartal 2027, foreløpig)"
    )


def test_a_date_that_was_taken_back_is_postponed() -> None:
    mail = composed(a_notice(NoticeKind.MOVED, old=a_when()), changes=listed(old_login("tba")))
    assert mail.subject == "Utsatt: Kjernejournal – gammel innlogging; ny dato er ikke satt"


def test_the_end_of_the_story_is_withdrawn_or_completed() -> None:
    withdrawn = listed(old_login(a_deadline(status=Status.WITHDRAWN)))
    completed = listed(old_login(a_deadline(status=Status.COMPLETED, kind=DeadlineKind.TEST)))
    assert composed(a_notice(NoticeKind.WITHDRAWN), changes=withdrawn).subject == (
        "Varsel trukket tilbake: Kjernejournal – gammel innlogging"
    )
    assert composed(a_notice(NoticeKind.COMPLETED), changes=completed, language=NN).subject == (
        "Gjennomført: Kjernejournal – gammal innlogging har gått ut i test"
    )


@pytest.mark.parametrize(
    ("language", "subject"),
    [
        (NB, "Nytt varsel: Kjernejournal – gammel innlogging utgår; dato er ikke satt"),
        (NN, "Nytt varsel: Kjernejournal – gammal innlogging går ut; dato er ikkje sett"),
        (EN, "New announcement: Kjernejournal – old login ends; no date yet"),
    ],
)
def test_what_has_no_date_is_announced_without_one(language: Language, subject: str) -> None:
    mail = composed(a_notice(NoticeKind.ANNOUNCED), changes=listed(old_login("tba")), language=language)
    assert mail.subject == subject


def test_of_several_milestones_without_titles_the_subject_names_the_withdrawn_one() -> None:
    test = a_deadline(name="test", kind=DeadlineKind.TEST, status=Status.WITHDRAWN)
    changes = listed(old_login(test, "2027-01-04"))
    subject = composed(a_notice(NoticeKind.WITHDRAWN, "gammel-innlogging/test"), changes=changes).subject
    assert subject == "Varsel trukket tilbake: Kjernejournal – gammel innlogging (Slutt i test)"


def test_once_all_is_over_the_subject_tells_of_the_end() -> None:
    ended = {"status": Status.COMPLETED}
    change = old_login(
        a_deadline("2026-11-20", name="test", kind=DeadlineKind.TEST, **ended),
        a_deadline("2026-11-23", **ended),
    )
    notices = [a_notice(NoticeKind.COMPLETED, f"gammel-innlogging/{name}") for name in ("test", "end")]
    assert composed(*notices, changes=listed(change)).subject == (
        "Gjennomført: Kjernejournal – gammel innlogging er utgått"
    )


def test_a_subject_that_grows_long_goes_by_the_milestones_own_name() -> None:
    par = a_deadline(name="par", title=same("brukerinnlogging uten PAR"))
    dpop = a_deadline("2026-12-08", name="dpop", title=same("tokenkall uten DPoP"))
    title = same("klienter som ennå ikke bruker PAR eller DPoP")
    changes = listed(a_change(par, dpop, name="klienter", service="helseid", title=title))
    assert composed(a_notice(NoticeKind.REMINDER, "klienter/par"), changes=changes).subject == (
        "7 dager igjen: HelseID – brukerinnlogging uten PAR utgår 1. desember"
    )


def test_newcomers_are_welcomed_with_a_count() -> None:
    assert composed(a_notice(NoticeKind.STANDING, "")).subject == (
        "Velkommen til Varsler for e-helse: 1 varslet endring"
    )


def test_other_changes_are_counted_behind_the_most_urgent_one() -> None:
    later = a_change("2026-12-08", name="testdata", service="preg")
    notices = (a_notice(NoticeKind.REMINDER, "testdata/end"), REMINDER)
    mail = composed(*notices, changes=listed(later, old_login()))
    assert mail.subject == "7 dager igjen: Kjernejournal – gammel innlogging utgår 1. desember (og 1 til)"


def test_a_reminder_goes_before_news_and_both_before_the_welcome() -> None:
    news = a_change("2026-11-25", name="testdata", service="preg")
    notices = (
        a_notice(NoticeKind.STANDING, ""),
        a_notice(NoticeKind.ANNOUNCED, "testdata/end"),
        REMINDER,
    )
    subject = composed(*notices, changes=listed(news, old_login())).subject
    assert subject.startswith("7 dager igjen: Kjernejournal")
    assert subject.endswith("(og 1 til)")


def test_of_several_deadlines_the_subject_names_the_one_it_speaks_of() -> None:
    par = a_deadline(name="par", title=same("PAR"))
    dpop = a_deadline("2026-12-08", name="dpop", title=same("DPoP"))
    notices = (a_notice(NoticeKind.REMINDER, "klienter/dpop"), a_notice(NoticeKind.REMINDER, "klienter/par"))
    changes = listed(a_change(par, dpop, name="klienter", service="helseid", title=same("klienter")))
    assert composed(*notices, changes=changes).subject == (
        "7 dager igjen: HelseID – klienter (PAR) utgår 1. desember"
    )


@pytest.mark.parametrize(
    ("title", "shown"),
    [("Gammel innlogging", "gammel"), ("PAR og DPoP", "PAR"), ("DPoP", "DPoP"), ("HelseID", "HelseID")],
)
def test_a_title_is_lowered_inside_the_subject_unless_it_is_a_name(title: str, shown: str) -> None:
    changes = listed(old_login(title=same(title)))
    assert f"Kjernejournal – {shown}" in composed(REMINDER, changes=changes).subject


def test_a_long_title_is_cut_and_the_date_stays() -> None:
    title = "innlogging " * 20
    changes = listed(old_login(title=Text(nb=title, nn=title, en=title)))
    subject = composed(REMINDER, changes=changes).subject
    assert len(subject) <= 120
    assert subject.endswith("… utgår 1. desember")
