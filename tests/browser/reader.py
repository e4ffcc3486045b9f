"""A subscriber with a browser and a mailbox: follows the links of mails, presses buttons, looks at each page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, expect

from notifier.settings.tables import MailSettings
from tests.acceptance.announced import change, when, write
from tests.acceptance.story import KARI, Letter, Story, letters_at
from tests.acceptance.visiting import Visitor, visiting
from tests.browser.looking import NARROW, axe_in_all_sizes, sideways
from tests.core.lists import oslo
from tests.peers.smtp_sink import SmtpSink

MONDAY = oslo("2026-11-16", "09:00")


def listed(end_of_pair: str) -> tuple[str, ...]:
    """Three Changes of three services, one of which ends on that day."""
    return (
        change("portal"),
        change("fjernhjelp", when("2027-03-01"), service="fjernhjelp"),
        change("par", when(end_of_pair), service="helseid"),
    )


@dataclass
class Reader:
    """One person. Every page arrived at is looked at; axe looks too, on a desktop and a phone, if `with_axe`."""

    page: Page
    visitor: Visitor
    sink: SmtpSink
    ticks: ThreadPoolExecutor
    with_axe: bool = True
    read: int = 0

    def opens(self, link: str) -> None:
        """Follow a link of a mail, or a path."""
        path = link.removeprefix(self.visitor.story.parts.links.base_url)
        self.page.goto(f"http://127.0.0.1:{self.visitor.client.port}{path}")

    def presses(self, what: str = "main button") -> None:
        """Press a button with the keyboard."""
        self.page.locator(what).press("Enter")

    def arrives_at(self, heading: str, *, said: str = "") -> None:
        """The page is the one with that heading, and is good to look at; `said` stands in its box."""
        expect(self.page.locator("h1")).to_have_text(heading)
        if said:
            expect(self.page.locator("main :is(.done, .errors) h2")).to_have_text(said)
        size = self.page.viewport_size
        assert size is not None
        if self.with_axe:
            assert axe_in_all_sizes(self.page) == [], heading
        self.page.set_viewport_size({"width": NARROW, "height": size["height"]})
        assert sideways(self.page) == 0, heading
        self.page.set_viewport_size(size)
        self.page.emulate_media(color_scheme="light")

    def mail(self) -> Letter:
        """The one mail that comes now."""
        (letter,) = self.mails()
        return letter

    def mails(self) -> tuple[Letter, ...]:
        """The mails that come now. The engine has a loop of its own, and so a thread beside Playwright's."""
        self.ticks.submit(self.visitor.story.tick, self.visitor.now).result()
        mails = self.sink.accepted
        letters, self.read = letters_at(mails[self.read :]), len(mails)
        return tuple(letters)

    def joins(self, address: str = KARI, lang: str = "nb") -> Letter:
        """The standing mail, after the way in that is told elsewhere."""
        self.visitor.subscribes(address, lang)
        self.visitor.presses(link(self.mail(), "confirm"))
        return self.mail()


@contextmanager
def reading(page: Page, folder: Path, sink: SmtpSink, *, with_axe: bool = True) -> Iterator[Reader]:
    """Somebody at the page of a fresh engine whose mail goes to that server."""
    with ThreadPoolExecutor(max_workers=1) as ticks:
        mail = MailSettings(url=sink.url)
        story = Story(folder, changes=write(folder / "list.toml", *listed("2027-02-01")), mail=mail)
        story.begin(MONDAY)
        ticks.submit(story.tick, MONDAY).result()
        with visiting(story, MONDAY) as visitor:
            yield Reader(page=page, visitor=visitor, sink=sink, ticks=ticks, with_axe=with_axe)


def link(letter: Letter, purpose: str) -> str:
    """The link of a mail that leads to a purpose, as it stands there, with its language."""
    found = re.search(rf"https?://\S+/{purpose}/\S+", letter.text)
    assert found, f"no {purpose} link in: {letter.text}"
    return found[0]
