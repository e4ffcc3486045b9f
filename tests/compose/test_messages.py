"""What a mail says: true at the instant it is sent, most urgent first, and the same in both parts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from notifier.core import plan
from notifier.core.change import Change, DeadlineKind, EarlierWhen, Link, Status
from notifier.core.notice import NoticeKind
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
from tests.core.lists import OSLO, a_change, a_deadline, a_subscriber, a_when, oslo, same

REMINDER = a_notice(NoticeKind.REMINDER)
NEWS = [*plan.NEWS.values()]


def _said(*changes: Change, kind: NoticeKind = NoticeKind.REMINDER, **fields: object) -> str:
    built = listed(*(changes or (old_login(),)))
    return one_line(text_of(composed(a_notice(kind), changes=built, **fields)))  # type: ignore[arg-type]


def test_a_reminder_names_the_first_day_gone_the_last_day_and_both_counts() -> None:
    assert (
        "Utgår fra tirsdag 1. desember 2026; siste dag er mandag 30. november 2026. "
        "7 dager igjen (5 arbeidsdager, medregnet i dag)."
    ) in _said()


def test_on_a_day_off_today_is_not_said_to_be_a_working_day() -> None:
    assert "3 dager igjen (1 arbeidsdag)." in _said(now=oslo("2026-11-28"))


def test_on_the_day_itself_the_last_day_is_in_the_past() -> None:
    assert "Utgår i dag, tirsdag 1. desember 2026; siste dag var mandag 30. november 2026." in _said(
        now=oslo("2026-12-01")
    )


def test_everything_a_vendor_needs_stands_in_order() -> None:
    text = text_of(composed(REMINDER))
    order = [
        "Kjernejournal – gammel innlogging",
        "Utgår fra tirsdag",
        "Innloggingen blir borte.",
        "Gjelder dette oss?",
        "Bytt innlogging.",
        "Rekker dere det ikke?",
        "«fra 2026-12-01»",
        "Kilde: Veikartet",
        "Hvorfor får du denne e-posten?",
        LINKS.leave(a_subscriber().addressee),
        LINKS.calendars(Language.NB),
    ]
    places = [text.index(words) for words in order]
    assert places == sorted(places)


@pytest.mark.parametrize(("day", "is_named"), [("2026-11-01", False), ("2026-11-02", True)])
def test_whom_to_call_is_named_below_thirty_days(day: str, is_named: bool) -> None:
    said = _said(now=oslo(day))
    assert ("Ta kontakt med kundesenter@helsenett.example nå." in said) is is_named


def test_a_vague_date_is_told_in_the_announcements_own_words() -> None:
    said = _said(old_login("2027-Q1..2027-Q2"))
    assert "Utgår en gang i perioden 1. til 2. kvartal 2027; dagen er ikke satt." in said
    assert "Kilden sier: «fra 2027-Q1..2027-Q2». Tidligst mulige dag er fredag 1. januar 2027." in said
    assert "Tidligst om 38 dager (25 arbeidsdager, medregnet i dag)." in said
    assert "siste dag er" not in said


def test_a_window_that_begins_today_can_happen_from_today() -> None:
    assert "Det kan skje fra i dag." in _said(old_login("2027-01"), now=oslo("2027-01-01"))


def test_inside_a_window_its_end_is_counted() -> None:
    said = _said(old_login("2026-Q1..2026-Q2"), now=oslo("2026-05-29"))
    assert "Det kan skje når som helst. Det varslede tidsrommet slutter tirsdag 30. juni 2026." in said
    assert "Senest om 32 dager (22 arbeidsdager, medregnet i dag)." in said


def test_on_the_last_day_of_a_window_no_working_days_are_counted() -> None:
    assert "Senest i dag. " in _said(old_login("2026-Q1..2026-Q2"), now=oslo("2026-06-30"))


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            Language.NB,
            "Det varslede tidspunktet er passert. Spør kundesenter@helsenett.example om status.",
        ),
        (Language.NN, "Det varsla tidspunktet er passert. Spør kundesenter@helsenett.example om status."),
        (Language.EN, "The announced time has passed. Ask kundesenter@helsenett.example about the status."),
    ],
)
def test_a_date_that_passed_without_a_word_is_not_called_done(language: Language, words: str) -> None:
    assert words in _said(old_login("2026-01"), kind=NoticeKind.ANNOUNCED, language=language)


def test_without_any_contact_the_publisher_is_whom_to_ask() -> None:
    silent = old_login("2026-01", contact="")
    mail = composed(
        a_notice(NoticeKind.ANNOUNCED),
        changes=listed(silent),
        letterhead=replace(LETTERHEAD, contact=""),
    )
    assert "Spør Varsler for e-helse om status." in one_line(text_of(mail))


def test_no_date_is_said_plainly() -> None:
    assert "Skal utgå; dato er ikke satt." in _said(old_login("tba"), kind=NoticeKind.ANNOUNCED)


@pytest.mark.parametrize(
    ("old", "words"),
    [
        ("2026-11-01", "Før: søndag 1. november 2026. Nå: tirsdag 1. desember 2026. Det gir 30 dager til."),
        ("2026-12-02", "Før: onsdag 2. desember 2026. Nå: tirsdag 1. desember 2026. Det er 1 dag tidligere."),
        ("2026-Q3", "Før: 3. kvartal 2026. Nå: tirsdag 1. desember 2026. Utgår fra"),
    ],
)
def test_a_moved_date_tells_old_new_and_days_gained_or_lost(old: str, words: str) -> None:
    assert words in one_line(text_of(composed(a_notice(NoticeKind.MOVED, old=a_when(old)))))


def test_a_date_that_was_taken_back_tells_which() -> None:
    mail = composed(a_notice(NoticeKind.MOVED, old=a_when()), changes=listed(old_login("tba")))
    assert "Utsatt, ny dato er ikke satt. Til nå gjaldt: tirsdag 1. desember 2026." in one_line(text_of(mail))


@pytest.mark.parametrize(
    ("kind", "status", "words"),
    [
        (
            NoticeKind.WITHDRAWN,
            Status.WITHDRAWN,
            "Tidspunktet som var varslet (tirsdag 1. desember 2026), gjelder ikke lenger.",
        ),
        (NoticeKind.COMPLETED, Status.COMPLETED, "Endringen er gjennomført."),
    ],
)
def test_what_is_over_counts_no_days(kind: NoticeKind, status: Status, words: str) -> None:
    said = _said(old_login(a_deadline(status=status)), kind=kind)
    assert words in said
    assert "dager igjen" not in said


def test_earlier_dates_and_links_are_told() -> None:
    earlier = EarlierWhen(when=a_when("2026-06-01"), source="Nyhetsbrev")
    link = Link(title="Slik bytter dere", url="https://helsenett.example/bytt")
    said = _said(old_login(a_deadline(earlier=(earlier,)), links=(link,)))
    assert "Kunngjort tidligere: mandag 1. juni 2026 («fra 2026-06-01»), Nyhetsbrev" in said
    assert "Slik bytter dere: https://helsenett.example/bytt" in said


def test_a_date_that_follows_another_change_says_so() -> None:
    follower = a_change(a_deadline(follows="gammel-innlogging/end"), name="pjd", service="preg")
    mail = composed(a_notice(NoticeKind.REMINDER, "pjd/end"), changes=listed(old_login(), follower))
    assert "Datoen følger av en annen endring: Kjernejournal – gammel innlogging." in one_line(text_of(mail))


def test_several_deadlines_of_one_change_share_a_section() -> None:
    change = old_login(a_deadline(name="test", kind=DeadlineKind.TEST), a_deadline("2026-12-08"))
    notices = (a_notice(NoticeKind.REMINDER), a_notice(NoticeKind.REMINDER, "gammel-innlogging/test"))
    text = text_of(composed(*notices, changes=listed(change)))
    assert text.count("Gjelder dette oss?") == 1
    assert text.index("Utgår i test fra tirsdag") < text.index("Utgår fra tirsdag 8. desember")


def test_the_standing_overview_goes_by_date_and_ends_with_what_passed() -> None:
    changes = listed(
        old_login(),
        a_change("2026-11-30", name="sooner", service="preg"),
        a_change("tba", name="undated", service="preg"),
        a_change("2026-01", name="passed", service="preg"),
        a_change("2026-11-29", name="done", service="preg", deadlines=(a_deadline(status=Status.COMPLETED),)),
    )
    text = text_of(composed(a_notice(NoticeKind.STANDING, ""), changes=changes))
    order = [
        "Dette kommer",
        "sooner",
        "gammel innlogging",
        "Uten dato",
        "undated",
        "Passert",
        "title of passed",
    ]
    places = [text.index(words) for words in order]
    assert places == sorted(places)
    assert "title of done" not in text


def test_the_standing_overview_of_nothing_says_so() -> None:
    someone = a_subscriber("service:helseid")
    said = one_line(text_of(composed(a_notice(NoticeKind.STANDING, ""), subscriber=someone)))
    assert "For tiden er det ikke varslet noe om det du følger." in said


def test_why_one_gets_the_mail_is_told_by_name() -> None:
    someone = a_subscriber("service:kjernejournal", "change:gammel-innlogging", "service:gone")
    said = one_line(text_of(composed(REMINDER, subscriber=someone)))
    assert "Du følger: Kjernejournal, Kjernejournal – gammel innlogging, gone." in said
    assert "Du følger alle varslede endringer" in _said()


def test_days_left_are_the_local_calendars_even_across_midnight_and_clock_changes() -> None:
    end = datetime(2026, 11, 3, tzinfo=OSLO).date()
    start = datetime(2026, 10, 23, 21, tzinfo=UTC)
    instants = [start + timedelta(minutes=30 * step) for step in range(130)]
    for before, after in pairwise(instants):
        days = (end - after.astimezone(OSLO).date()).days
        subject = composed(REMINDER, changes=listed(old_login("2026-11-03")), now=after).subject
        assert subject.startswith(f"{days} dager igjen: "), (before, after)


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("kind", list(NoticeKind))
@pytest.mark.parametrize("written", ["2026-12-01", "2026-Q4", "2027-H1", "2026-03..", "2026-01", "tba"])
def test_every_kind_of_every_date_reads_well_in_every_language(
    written: str, kind: NoticeKind, language: Language
) -> None:
    ended = {NoticeKind.WITHDRAWN: Status.WITHDRAWN, NoticeKind.COMPLETED: Status.COMPLETED}.get(kind)
    change = old_login(a_deadline(written, status=ended), title=same("gammel innlogging"))
    key = "" if kind is NoticeKind.STANDING else "gammel-innlogging/end"
    old = a_when("2026-11-01") if kind in NEWS else None
    mail = composed(a_notice(kind, key, old=old), changes=listed(change), language=language)
    text, html = text_of(mail), html_of(mail)
    assert [line for line in text.splitlines() if len(line) > 78 and "://" not in line] == []
    assert "\n\n\n" not in text
    assert f'<html lang="{language}"' in html
    for words in ("None", "{{", "{%", "%("):
        assert words not in text
        assert words not in html
    assert "gammel innlogging" in text
    assert "gammel innlogging" in html


@pytest.mark.parametrize("language", Language)
def test_links_lead_to_pages_in_the_mails_language(language: Language) -> None:
    mail = composed(REMINDER, language=language)
    for link in (
        LINKS.leave_page(a_subscriber().addressee, ["gammel-innlogging"]),
        LINKS.choose(a_subscriber().addressee),
    ):
        for part in (text_of(mail), html_of(mail)):
            assert f"{link}?lang={language}" in part
