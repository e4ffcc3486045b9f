"""A vendor's answer in a real browser: from the mail's button to the thanks, by keyboard, in three languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.looking import NARROW, WIDE, PageAt
from tests.browser.reader import Reader, link, reading
from tests.peers.smtp_sink import SmtpSink

SEND = "main form button"


@dataclass(frozen=True)
class Words:
    """What the page says, in one language."""

    asked: str
    nothing: str
    write: str
    thanks: str
    planned: str


WORDS = {
    "nb": Words(
        asked="Er dere klare for endringen?",
        nothing="Ingenting ble lagret",
        write="Skriv kort hva dere trenger hjelp til.",
        thanks="Takk, svaret er lagret",
        planned="Planlagt fredag 27. november 2026.",
    ),
    "nn": Words(
        asked="Er de klare for endringa?",
        nothing="Ingenting vart lagra",
        write="Skriv kort kva de treng hjelp til.",
        thanks="Takk, svaret er lagra",
        planned="Planlagt fredag 27. november 2026.",
    ),
    "en": Words(
        asked="Are you ready for the change?",
        nothing="Nothing was saved",
        write="Write in short what you need help with.",
        thanks="Thank you, the answer is saved",
        planned="Planned for Friday 27 November 2026.",
    ),
}


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    with SmtpSink() as server:
        yield server


def test_an_answer_in_three_languages_by_keyboard(page_at: PageAt, tmp_path: Path, sink: SmtpSink) -> None:
    with reading(page_at(WIDE), tmp_path, sink) as reader:
        answer = link(reader.joins(), "answer")
        for language, words in WORDS.items():
            # The mistake looks the same in every language, so axe sees it once.
            reader.with_axe = language == "nb"
            sends_nothing(reader, f"{answer}?lang={language}&say=need-help", words)
            reader.with_axe = True
            plans(reader, words)


def test_an_answer_needs_no_scripts_on_a_phone(page_at: PageAt, tmp_path: Path, sink: SmtpSink) -> None:
    with reading(page_at(NARROW, scripts=False), tmp_path, sink, with_axe=False) as reader:
        answer = link(reader.joins(), "answer")
        sends_nothing(reader, f"{answer}?say=need-help", WORDS["nb"])
        plans(reader, WORDS["nb"])


def sends_nothing(reader: Reader, address: str, words: Words) -> None:
    """The choice of the mail's button without the words it needs: said at the field."""
    reader.opens(address)
    expect(reader.page.locator("#say-need-help")).to_be_checked()
    expect(reader.page.locator("#planned")).to_be_hidden()
    reader.presses(SEND)
    reader.arrives_at(words.asked, said=words.nothing)
    expect(reader.page.locator("#words")).to_have_accessible_description(re.compile(re.escape(words.write)))


def plans(reader: Reader, words: Words) -> None:
    """Another choice, with its day."""
    for _ in range(2):  # from help by way of “does not concern us”
        reader.page.locator(":focus, #say-need-help").first.press("ArrowUp")
    expect(reader.page.locator("#say-planned")).to_be_checked()
    expect(reader.page.locator("#words")).to_be_hidden()
    reader.page.locator("#planned").fill("2026-11-27")
    reader.presses(SEND)
    reader.arrives_at(words.asked, said=words.thanks)
    expect(reader.page.locator("section[aria-labelledby=now]")).to_contain_text(words.planned)
