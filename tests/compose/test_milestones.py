"""Changes with several Deadlines: each Notice names its own milestone, and what they share is said once."""

from __future__ import annotations

import pytest

from notifier.core.change import Change, ChangeList, Deadline, DeadlineKind, Status
from notifier.core.notice import NoticeKind
from notifier.core.text import Language
from tests.compose.mails import a_notice, composed, listed, old_login, one_line, text_of
from tests.core.lists import a_change, a_deadline, a_when, same

OLD = a_when("2026-11-01")
OVER = {NoticeKind.WITHDRAWN: Status.WITHDRAWN, NoticeKind.COMPLETED: Status.COMPLETED}


def _steps(status: Status | None = None) -> Change:
    """Three milestones without titles, listed with the last one first."""
    kinds = {
        "2026-12-10": DeadlineKind.END,
        "2026-12-01": DeadlineKind.CLOSED_TO_NEW,
        "2026-12-08": DeadlineKind.TEST,
    }
    return old_login(*(a_deadline(day, name=kind, kind=kind, status=status) for day, kind in kinds.items()))


def _clients(*statuses: Status | None) -> Change:
    """Two milestones with titles."""
    titles = {"par": "brukerinnlogging uten PAR", "dpop": "tokenkall uten DPoP"}
    deadlines = [
        a_deadline("tba", name=name, title=same(title), status=status)
        for (name, title), status in zip(titles.items(), statuses or (None, None), strict=True)
    ]
    return a_change(*deadlines, name="klienter", service="helseid")


def _told(change: Change, kind: NoticeKind, *only: Deadline, language: Language = Language.NB) -> str:
    notices = [a_notice(kind, change.key(each), old=OLD) for each in only or change.deadlines]
    return text_of(composed(*notices, changes=listed(change), language=language))


def _in_order(text: str, *words: str) -> bool:
    places = [one_line(text).find(each) for each in words]
    return -1 not in places and places == sorted(places)


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        (
            Language.NB,
            (
                "Stenging for nye: endringen er gjennomført.",
                "Slutt i test: endringen er gjennomført.",
                "Slutt: endringen er gjennomført.",
            ),
        ),
        (Language.NN, ("Stenging for nye: endringa er gjennomført.", "Slutt: endringa er gjennomført.")),
        (
            Language.EN,
            (
                "Closing to newcomers: the change has been carried out.",
                "End in test: the change has been carried out.",
            ),
        ),
    ],
)
def test_completed_milestones_are_named_in_the_order_of_their_dates(
    language: Language, sentences: tuple[str, ...]
) -> None:
    assert _in_order(_told(_steps(Status.COMPLETED), NoticeKind.COMPLETED, language=language), *sentences)


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        (NoticeKind.WITHDRAWN, "Brukerinnlogging uten PAR: varselet er trukket tilbake."),
        (NoticeKind.COMPLETED, "Brukerinnlogging uten PAR: endringen er gjennomført."),
        (NoticeKind.MOVED, "Brukerinnlogging uten PAR: utsatt, ny dato er ikke satt."),
        (NoticeKind.ANNOUNCED, "Brukerinnlogging uten PAR skal utgå; dato er ikke satt."),
    ],
)
def test_a_milestone_with_a_title_is_named_by_it(kind: NoticeKind, sentence: str) -> None:
    status = OVER.get(kind)
    text = _told(_clients(status, status), kind)
    assert f"\n\n{sentence}" in text
    assert f"\n\n{sentence.replace('Brukerinnlogging uten PAR', 'Tokenkall uten DPoP')}" in text


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        (NoticeKind.MOVED, "Slutt i test: datoen er flyttet. Før: søndag 1. november 2026."),
        (NoticeKind.DATED, "Slutt i test: nå er datoen satt. Utgår i test fra tirsdag 8. desember 2026;"),
        (NoticeKind.CONFIRMED, "Slutt i test: tidspunktet er nå nærmere fastsatt. Før: søndag 1."),
    ],
)
def test_news_of_a_date_names_its_milestone_before_the_date(kind: NoticeKind, sentence: str) -> None:
    assert sentence in one_line(_told(_steps(), kind))


def test_a_title_says_of_what_kind_it_is_where_that_is_not_the_end() -> None:
    first = a_deadline(name="test", title=same("PAR"), kind=DeadlineKind.TEST, status=Status.WITHDRAWN)
    last = a_deadline(name="end", title=same("PAR"), status=Status.WITHDRAWN)
    text = _told(old_login(first, last), NoticeKind.WITHDRAWN)
    assert "PAR, slutt i test: varselet er trukket tilbake." in text
    assert "\nPAR: varselet er trukket tilbake." in text


@pytest.mark.parametrize("kind", [NoticeKind.WITHDRAWN, NoticeKind.COMPLETED])
def test_that_no_reminders_follow_is_said_once(kind: NoticeKind) -> None:
    assert _told(_steps(OVER[kind]), kind).count("Du får ikke flere påminnelser om dette.") == 1


def test_what_stands_is_said_when_a_part_is_withdrawn() -> None:
    change = _clients(Status.WITHDRAWN, None)
    text = _told(change, NoticeKind.WITHDRAWN, change.deadlines[0])
    assert "Resten av endringen gjelder fortsatt." in text
    assert "ikke flere påminnelser" not in text


def test_that_it_is_new_or_a_reminder_is_said_once_and_after_the_dates() -> None:
    new = _told(_clients(), NoticeKind.ANNOUNCED)
    assert new.count("Dette har ikke vært varslet her før.") == 1
    assert _in_order(new, "Tokenkall uten DPoP skal", "Dette har ikke vært varslet her før.")
    reminder = _told(_steps(), NoticeKind.REMINDER)
    assert reminder.count("Påminnelse: dette er varslet tidligere.") == 1
    assert _in_order(reminder, "Utgår fra torsdag 10. desember", "Påminnelse: dette er varslet tidligere.")


def test_the_announcements_words_stand_beside_the_milestone_they_are_about() -> None:
    text = _told(_steps(), NoticeKind.REMINDER)
    assert "Stenging for nye: «fra 2026-12-01»\nSlutt i test: «fra 2026-12-08»\nSlutt: «fra" in text


@pytest.mark.parametrize(
    ("language", "over", "ahead"),
    [
        (Language.NB, "Hva gjaldt det?", "Hva forsvinner?"),
        (Language.NN, "Kva gjaldt det?", "Kva forsvinn?"),
        (Language.EN, "What was it about?", "What goes away?"),
    ],
)
@pytest.mark.parametrize("kind", [NoticeKind.WITHDRAWN, NoticeKind.COMPLETED])
def test_what_is_over_is_no_longer_said_to_go_away(
    kind: NoticeKind, language: Language, over: str, ahead: str
) -> None:
    told = _told(_steps(OVER[kind]), kind, language=language)
    assert over in told
    assert ahead not in told
    assert ahead in _told(_steps(), NoticeKind.MOVED, language=language)


def _standing(*changes: Change) -> str:
    shown: ChangeList = listed(*changes)
    return text_of(composed(a_notice(NoticeKind.STANDING, ""), changes=shown))


@pytest.mark.parametrize("written", ["2026-12-01", "2027-Q1", "2026-01", "tba"])
def test_the_overview_quotes_the_announcement_whatever_the_date(written: str) -> None:
    assert f"Kilden sier: «fra {written}»." in one_line(_standing(old_login(written)))


def test_the_overview_tells_the_milestones_of_a_change_by_date() -> None:
    assert _in_order(_standing(_steps()), "Stenges for nye fra", "Utgår i test fra", "Utgår fra")


def test_the_overview_says_once_that_several_dates_have_passed() -> None:
    change = old_login(a_deadline("2026-01-01", name="test", kind=DeadlineKind.TEST), "2026-02")
    said = one_line(_standing(change))
    assert said.count("De varslede tidspunktene er passert. Spør") == 1
    assert "Det varslede tidspunktet" not in said


@pytest.mark.parametrize(
    ("written", "gone"),
    [
        ("2026-12-01", ("Uten dato", "Passert, men")),
        ("tba", ("Dette kommer", "Passert, men")),
        ("2026-01", ("Dette kommer", "Uten dato")),
    ],
)
def test_the_overview_has_no_empty_parts(written: str, gone: tuple[str, str]) -> None:
    text = _standing(old_login(written))
    assert [heading for heading in gone if heading in text] == []


def test_the_overview_says_that_a_date_follows_from_another_change() -> None:
    follower = a_change(a_deadline(follows="gammel-innlogging/end"), name="pjd", service="preg")
    said = one_line(_standing(old_login(), follower))
    assert said.count("Datoen følger av en annen endring: Kjernejournal – gammel innlogging.") == 1


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (Language.NB, "Dispensasjon for nye utgår fra tirsdag 1. desember 2026; siste dag er"),
        (Language.NN, "Dispensasjon for nye går ut frå tysdag 1. desember 2026; siste dag er"),
        (Language.EN, "Dispensasjon for nye ends on Tuesday 1 December 2026; the last day is"),
    ],
)
def test_a_title_that_says_what_is_closed_to_new_simply_ends(language: Language, words: str) -> None:
    title = same("dispensasjon for nye")
    closed = a_deadline(name="closed-to-new", kind=DeadlineKind.CLOSED_TO_NEW, title=title)
    notice = a_notice(NoticeKind.REMINDER, "gammel-innlogging/closed-to-new")
    mail = composed(notice, changes=listed(old_login(closed, "2027-01-01")), language=language)
    assert words in one_line(text_of(mail))
