"""The button that copies an address or a command: only where it works, by keyboard too, and it says what it did."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from notifier.core.text import Language
from notifier.feeds.pipeline import check
from tests.browser.looking import NARROW, WIDE, PageAt, axe_in_all_sizes, sideways
from tests.web.sites import LINKS

ADDRESS = f"{LINKS.base_url}/calendar.ics?lang="
BUTTON = {"nb": "Kopier adressen", "nn": "Kopier adressa", "en": "Copy the address"}
COPIED = {"nb": "Adressen er kopiert.", "nn": "Adressa er kopiert.", "en": "The address is copied."}
# What browsers do for whom they do not trust, or who said no.
REFUSE = "() => { navigator.clipboard.writeText = () => Promise.reject(new DOMException('no')) }"


def opened(page: Page, address: str) -> Page:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(address)
    return page


@pytest.mark.parametrize("language", BUTTON)
def test_the_keyboard_copies_the_address_and_it_is_said(page_at: PageAt, pages: str, language: str) -> None:
    page = opened(page_at(NARROW), f"{pages}/{language}/calendars")
    panel = page.get_by_role("region").first
    panel.get_by_role("textbox").first.focus()
    page.keyboard.press("Tab")
    expect(panel.get_by_role("button", name=BUTTON[language], exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(panel.get_by_role("status").first).to_have_text(COPIED[language])
    assert page.evaluate("navigator.clipboard.readText()") == ADDRESS + language
    assert axe_in_all_sizes(page) == []
    assert sideways(page) == 0


def test_where_copying_is_refused_the_address_is_selected(page_at: PageAt, pages: str) -> None:
    page = opened(page_at(WIDE), f"{pages}/en/calendars")
    page.evaluate(REFUSE)
    page.get_by_role("button", name="Copy the address", exact=True).first.click()
    expect(page.get_by_role("status").first).to_contain_text("It is selected")
    page.keyboard.press("Control+c")
    assert page.evaluate("navigator.clipboard.readText()") == f"{ADDRESS}en"


def test_without_scripts_there_is_no_button_and_the_address_is_there(page_at: PageAt, pages: str) -> None:
    page = page_at(NARROW, scripts=False)
    page.goto(f"{pages}/nb/calendars")
    expect(page.locator("button.copy").first).to_be_hidden()
    expect(page.get_by_role("textbox").first).to_have_value(f"{ADDRESS}nb")


def test_the_check_for_pipelines_is_copied_as_it_is_run(page_at: PageAt, pages: str) -> None:
    page = opened(page_at(NARROW), f"{pages}/nb/calendars?service=preg")
    page.get_by_role("heading", name="La bygget feile når en dato nærmer seg").click()
    page.get_by_role("button", name="Kopier kommandoen").click()
    expect(page.get_by_text("Kommandoen er kopiert.")).to_be_visible()
    line = check(base_url=LINKS.base_url, services=["preg"], language=Language.NB)
    assert page.evaluate("navigator.clipboard.readText()") == line
    assert axe_in_all_sizes(page) == []
    assert sideways(page) == 0
