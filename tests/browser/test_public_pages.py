"""The public pages in a real browser: for everybody, on any screen, without scripts, with nothing from elsewhere."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from notifier.core.subscription import Addressee
from tests.browser.looking import NARROW, WIDE, PageAt, axe_in_all_sizes, sideways, unfold
from tests.web.sites import LINKS, NOW

LEAVE = LINKS.leave(Addressee("someone", 0)).removeprefix(LINKS.base_url)
READINESS = LINKS.readiness("any", until=NOW + timedelta(days=1)).removeprefix(LINKS.base_url)
PATHS = [
    "",
    "/change/preg-testdata",
    "/calendars?service=preg&service=helseid",
    "/privacy",
    "/accessibility",
    "/missing",
]
ADDRESSES = [
    *(f"/{language}{path}" for language in ("nb", "nn", "en") for path in PATHS),
    *(f"{LEAVE}?lang={language}" for language in ("nb", "nn", "en")),
    *(f"{READINESS}?lang={language}" for language in ("nb", "nn", "en")),
]
BUSY = ["/nb", "/nb/change/several", "/nb/change/open"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_axe_finds_nothing_and_nothing_is_scrolled_sideways(
    page_at: PageAt, pages: str, address: str
) -> None:
    page = page_at(NARROW)
    page.goto(pages + address)
    assert axe_in_all_sizes(page) == []
    assert sideways(page) == 0


@pytest.mark.parametrize("address", BUSY)
def test_every_shape_of_date_is_shown_as_well(page_at: PageAt, busy: str, address: str) -> None:
    page = page_at(NARROW)
    page.goto(busy + address)
    assert axe_in_all_sizes(page) == []
    assert sideways(page) == 0


def test_after_leaving_the_page_is_accessible_too(page_at: PageAt, pages: str) -> None:
    page = page_at(WIDE)
    page.goto(f"{pages}{LEAVE}?lang=nb")
    page.get_by_role("button").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Varslene er avsluttet")
    assert axe_in_all_sizes(page) == []


def test_nothing_is_asked_of_anybody_else_and_the_policy_is_kept(page_at: PageAt, pages: str) -> None:
    page, asked, complaints = page_at(WIDE), set[str](), list[str]()
    page.on("request", lambda request: asked.add(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    for path in PATHS:
        if path != "/missing":
            page.goto(f"{pages}/nb{path}")
    assert complaints == []
    assert {url for url in asked if not url.startswith((f"{pages}/", "data:"))} == set()
    assert page.context.cookies() == []


def test_the_keyboard_goes_through_the_page_in_reading_order(page_at: PageAt, pages: str) -> None:
    page = page_at(WIDE)
    page.goto(f"{pages}/nb")
    stops = _stops(page)
    assert stops[0] == "Gå til innholdet"
    assert stops[1:8] == [
        "Varsler for e-helse", "Varslede endringer", "Få varsler", "Kalendere", "Bokmål", "Nynorsk", "English",
    ]  # fmt: skip
    assert stops[8] == "Alle tjenester"
    assert [stop for stop in stops if "innlogging" in stop] == [
        "Kjernejournal – gammel innlogging",
        "Pasientens journaldokumenter – tilgang med gammel innlogging",
    ]
    assert stops.index("Velg kalender") < stops.index("Det varslede tidspunktet er passert (2)")
    assert stops[-2:] == ["Personvern", "Tilgjengelighet"]


def test_the_content_can_be_jumped_to_and_what_has_focus_is_seen(page_at: PageAt, pages: str) -> None:
    page = page_at(WIDE)
    page.goto(f"{pages}/nb")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Gå til innholdet")
    expect(skip).to_be_in_viewport()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Alle tjenester")).to_be_focused()


def test_past_changes_are_folded_and_the_keyboard_unfolds_them(page_at: PageAt, pages: str) -> None:
    page = page_at(WIDE)
    page.goto(f"{pages}/nb")
    past = page.get_by_role("link", name="Fjernhjelp – tjenesten")
    expect(past).to_be_hidden()
    page.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(past).to_be_visible()


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_without_scripts_a_visitor_filters_reads_and_chooses_a_calendar(
    page_at: PageAt, pages: str, width: int
) -> None:
    page = page_at(width, scripts=False)
    page.goto(f"{pages}/nb")
    page.get_by_role("link", name="Kjernejournal", exact=True).click()
    expect(page.get_by_role("link", name="tilgang med gammel innlogging")).to_have_count(0)
    page.get_by_role("link", name="Kjernejournal – gammel innlogging").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("gammel innlogging")
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", name="Does this concern us?")).to_be_visible()
    page.get_by_role("link", name="Calendars").click()
    page.get_by_label("PREG").check()
    page.get_by_label("HelseID").check()
    page.get_by_role("button", name="Make the address").click()
    expect(page.locator("#chosen-address")).to_have_value(
        f"{LINKS.base_url}/calendar.ics?service=helseid&service=preg&lang=en"
    )


def test_the_drawing_puts_today_before_what_comes_and_after_what_has_passed(
    page_at: PageAt, pages: str
) -> None:
    page = page_at(WIDE)
    page.goto(f"{pages}/nb")
    unfold(page)
    (coming, _), (today, _) = _places(page, "#kjernejournal-portal-gammel-innlogging")
    assert today < coming
    (window, width), (today, _) = _places(page, "#fjernhjelp")
    assert window + width < today
    assert width > 50


def test_words_can_be_spaced_out_without_being_cut_off(page_at: PageAt, pages: str) -> None:
    """WCAG 2.1, 1.4.12."""
    page = page_at(NARROW)
    page.goto(f"{pages}/nb")
    page.evaluate(
        """document.querySelectorAll('body *').forEach(each => { each.style.lineHeight = '1.5';
        each.style.letterSpacing = '.12em'; each.style.wordSpacing = '.16em' })"""
    )
    assert sideways(page) == 0


def _stops(page: Page) -> list[str]:
    """What has the focus after each press of the tabulator, until it leaves the page."""
    stops: list[str] = []
    for _ in range(200):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            return stops
        words: str = page.evaluate("document.activeElement.textContent")
        stops.append(" ".join(words.split()))
    raise AssertionError("the focus never leaves the page")


def _places(page: Page, row: str) -> list[tuple[float, float]]:
    """Where the row's mark and today are drawn: left edge and width, in pixels."""
    boxes = [page.locator(f"{row} {what}").first.bounding_box() for what in (".mark", ".now")]
    return [(box["x"], box["width"]) for box in boxes if box]
