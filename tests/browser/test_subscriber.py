"""A subscriber's way in and out in a real browser, with the real engine and a real mail server at its ends."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import icalendar
import pytest
from playwright.sync_api import expect

from tests.acceptance.announced import write
from tests.acceptance.story import KARI, Letter
from tests.browser.looking import NARROW, WIDE, PageAt
from tests.browser.reader import Reader, link, listed, reading
from tests.browser.words import ANOTHER, WORDS, Words
from tests.peers.smtp_sink import SmtpSink

NEW = "ny@epj.example.no"
# The marks of a form's fields, which are the same in every language.
ADDRESS, SERVICE, OWN_LEADS, WEEK = "#address", "#service-helseid", "#leads-own", "#lead-7d"
SAVE = "form:has(#language) > button"
STORED = "Adressen din og det vi har lagret"


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    with SmtpSink() as server:
        yield server


@pytest.fixture
def reader(page_at: PageAt, tmp_path: Path, sink: SmtpSink) -> Iterator[Reader]:
    with reading(page_at(WIDE), tmp_path, sink) as somebody:
        yield somebody


@pytest.mark.parametrize("language", WORDS)
def test_the_whole_way_in_and_out_and_back(reader: Reader, language: str) -> None:
    walk(reader, language)


def test_the_whole_way_needs_no_scripts_on_a_phone(page_at: PageAt, tmp_path: Path, sink: SmtpSink) -> None:
    with reading(page_at(NARROW, scripts=False), tmp_path, sink, with_axe=False) as somebody:
        walk(somebody, "nb")


def test_moving_renewing_the_calendar_downloading_and_being_forgotten(reader: Reader) -> None:
    standing = reader.joins()
    access = asks_for_access(reader, standing)
    welcome = moves(reader, access)
    reader.opens(access)
    reader.arrives_at("Denne lenken virker ikke")
    for purpose in ("choose", "leave"):
        reader.opens(link(standing, purpose))
        reader.arrives_at("Vi skriver ikke lenger til denne adressen")
    reader.visitor.now += timedelta(hours=1)
    access = asks_for_access(reader, welcome)
    renews(reader, access, welcome)

    reader.presses("form:has(#sure) button")
    reader.arrives_at(STORED, said="Ingenting ble slettet")
    with reader.page.expect_download() as download:
        reader.presses("[name=download]")
    assert json.loads(download.value.path().read_text())["subscriber"][0]["address"] == NEW
    reader.page.locator("#sure").check()
    reader.presses("form:has(#sure) button")
    reader.arrives_at("Du er slettet hos oss")
    reader.opens(access)
    reader.arrives_at("Denne lenken virker ikke")


def test_what_is_filled_in_wrongly_is_said_at_its_field_and_kept(reader: Reader) -> None:
    reader.opens("/subscribe?lang=nn")
    reader.arrives_at("Få varsel på e-post")
    reader.page.locator(ADDRESS).fill("kari@epj")  # good enough for a browser
    reader.page.locator(ADDRESS).press("Enter")
    reader.arrives_at("Få varsel på e-post")
    field = reader.page.locator(ADDRESS)
    expect(field).to_have_value("kari@epj")
    expect(field).to_have_accessible_description(re.compile("Skriv ei e-postadresse"))
    reader.opens(link(reader.joins(lang="nn"), "choose"))
    reader.page.locator("#some").check()
    reader.presses(SAVE)
    reader.arrives_at("Vel kva du får", said="Ingenting vart lagra")


def test_what_would_count_for_nothing_is_not_shown(reader: Reader) -> None:
    reader.opens(link(reader.joins(), "choose"))
    service, week = reader.page.locator(SERVICE), reader.page.locator(WEEK)
    expect(service).to_be_hidden()
    expect(week).to_be_hidden()
    reader.page.locator("#everything").press("ArrowDown")
    reader.page.locator("#leads-usual").press("ArrowDown")
    expect(service).to_be_visible()
    expect(week).to_be_visible()


def test_less_instead_of_nothing(reader: Reader) -> None:
    reader.opens(link(reader.joins(lang="en"), "leave").replace("?", "/par?"))
    reader.arrives_at("Do you want to stop the mails?")
    reader.presses("[value='change:par']")
    reader.arrives_at("Choose what you get", said="Saved")
    expect(reader.page.locator("#everything")).to_be_checked()
    left_out = reader.page.locator("#not-change-par")
    expect(left_out).to_be_checked()
    left_out.uncheck()
    reader.presses(SAVE)
    reader.arrives_at("Choose what you get", said="Saved")
    expect(reader.page.locator("#not-change-par")).not_to_be_checked()


def test_who_did_not_ask_says_so_by_one_press(reader: Reader) -> None:
    reader.visitor.subscribes(KARI, "en")
    reader.opens(link(reader.mail(), "deny"))
    reader.arrives_at("Did you not ask for this?")
    reader.presses()
    reader.arrives_at("We never write to you again")


def walk(reader: Reader, language: str) -> None:
    """Subscribe, confirm, choose, follow a calendar, hear of a moved date, leave by the page and by one click."""
    words, later = WORDS[language], WORDS[ANOTHER[language]]
    standing = comes_in(reader, language, words)
    reader.opens(link(standing, "choose"))
    reader.arrives_at(words.choose)
    chooses(reader, ANOTHER[language])
    reader.arrives_at(words.choose, said=words.saved)
    assert "again=everything" in reader.mail().text
    assert calendar_of(reader, standing) == {f"title par {ANOTHER[language]}"}

    moved = hears_of_a_moved_date(reader)
    reader.opens(link(moved, "leave"))
    reader.arrives_at(later.leave)
    reader.presses("[name=leave]")
    reader.arrives_at(later.left)
    goes_back(reader, later)

    one_click(reader, moved)
    goodbye = reader.mail()
    assert reader.visitor.opens(link(standing, "calendar/private")).status == 410
    reader.opens(link(standing, "choose"))
    reader.arrives_at(words.unknown)
    reader.opens(link(goodbye, "undo"))
    reader.presses()
    expect(reader.page.locator("h1")).to_have_text(later.undone)
    assert calendar_of(reader, reader.mail()) == {f"title par {ANOTHER[language]}"}


def comes_in(reader: Reader, language: str, words: Words) -> Letter:
    """From the front page to the standing mail."""
    reader.opens(f"/{language}")
    reader.page.locator(ADDRESS).fill(KARI)
    reader.page.locator(ADDRESS).press("Enter")
    reader.arrives_at(words.asked)
    confirmation = reader.mail()
    assert confirmation.to == KARI
    reader.opens(link(confirmation, "confirm"))
    reader.arrives_at(words.confirm)
    reader.presses()
    reader.arrives_at(words.confirmed)
    return reader.mail()


def chooses(reader: Reader, language: str) -> None:
    """One service, one Lead, and another language."""
    for each in ("#some", SERVICE, OWN_LEADS, WEEK):
        reader.page.locator(each).check()
    reader.page.locator("#language").select_option(language)
    reader.presses(SAVE)


def calendar_of(reader: Reader, letter: Letter) -> set[str]:
    """The titles of the private calendar's Changes."""
    body = reader.visitor.opens(link(letter, "calendar/private")).text
    events = icalendar.Calendar.from_ical(body).walk("VEVENT")
    return {str(event["SUMMARY"]).rpartition(" – ")[2] for event in events}


def hears_of_a_moved_date(reader: Reader) -> Letter:
    """The mail about it."""
    reader.visitor.now += timedelta(hours=1)
    write(reader.visitor.story.changes, *listed("2027-04-05"), revision=2)
    moved = reader.mail()
    assert "5. april 2027" in moved.text or "5 April 2027" in moved.text
    return moved


def goes_back(reader: Reader, words: Words) -> None:
    """By the goodbye mail."""
    reader.opens(link(reader.mail(), "undo"))
    reader.arrives_at(words.undo)
    reader.presses()
    reader.arrives_at(words.undone)
    assert "/choose/" in reader.mail().text


def one_click(reader: Reader, letter: Letter) -> None:
    """What a mail program does when somebody presses its own button (RFC 8058)."""
    url = letter.message["List-Unsubscribe"].partition("<")[2].partition(">")[0]
    answer = reader.visitor.presses(url, headers={}, **{"List-Unsubscribe": "One-Click"})
    assert answer.status == 200


def asks_for_access(reader: Reader, standing: Letter) -> str:
    """The link of one hour that comes to the current address."""
    reader.opens(link(standing, "choose"))
    reader.presses("[name=access]")
    reader.arrives_at("Velg hva du får", said="En lenke er på vei")
    return link(reader.mail(), "access")


def moves(reader: Reader, access: str) -> Letter:
    """To another address, which says yes, and gets its own links."""
    reader.opens(access)
    reader.arrives_at(STORED)
    reader.page.locator(ADDRESS).fill("ny@epj")
    reader.page.locator(ADDRESS).press("Enter")
    expect(reader.page.locator(ADDRESS)).to_have_accessible_description(re.compile("Skriv en e-postadresse"))
    reader.arrives_at(STORED)
    reader.page.locator(ADDRESS).fill(NEW)
    reader.page.locator(ADDRESS).press("Enter")
    reader.arrives_at(STORED, said="Sjekk den andre postkassen")
    question = reader.mail()
    assert question.to == NEW
    reader.opens(link(question, "new-address"))
    reader.arrives_at("Skal vi skrive til denne adressen?")
    reader.presses()
    reader.arrives_at("Vi skriver til denne adressen fra nå av")
    told, welcome = sorted(reader.mails(), key=lambda letter: letter.to)
    assert (told.to, welcome.to) == (KARI, NEW)
    return welcome


def renews(reader: Reader, access: str, standing: Letter) -> None:
    """The private calendar gets an address that only who sees this page knows."""
    reader.opens(access)
    reader.presses("[name=rotate]")
    reader.arrives_at(STORED, said="Kalenderen din har fått en ny adresse")
    assert reader.visitor.opens(link(standing, "calendar/private")).status == 410
    fresh = reader.page.get_by_label("Kalenderadressen, som du kan kopiere").input_value()
    assert reader.visitor.opens(fresh).status == 200
