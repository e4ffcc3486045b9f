"""Visiting the page of a story: a browser's requests, the links of mails, and what any request changed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from sqlalchemy import select

from notifier.daemon.page import Shown, page
from notifier.store.engine import reading
from notifier.store.tables import metadata
from tests.acceptance.story import Letter, Story
from tests.web.serving import Answer, Client, serving_app

FORM = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}


@dataclass
class Visitor:
    """Somebody at the page, at an instant that the teller moves, so long after the daemon last believed the clock."""

    story: Story
    client: Client
    now: datetime
    elapsed: timedelta | None = timedelta(0)

    def opens(self, link: str, method: str = "GET") -> Answer:
        """Follow a link from a mail."""
        return self.client.ask(method, self._path(link))

    def presses(self, link: str, headers: dict[str, str] | None = None, **fields: str | list[str]) -> Answer:
        """Send a form of our own page."""
        body = urlencode(fields, doseq=True).encode()
        return self.client.ask("POST", self._path(link), headers=headers or FORM, body=body)

    def subscribes(self, address: str, lang: str = "nb", **fields: str | list[str]) -> Answer:
        """Send the form of the front page."""
        return self.presses(f"/subscribe?lang={lang}", address=address, **fields)

    def mail(self) -> Letter:
        """The one mail that leaves now."""
        self.story.tick(self.now)
        (letter,) = self.story.new_letters()
        return letter

    def _path(self, link: str) -> str:
        return link.removeprefix(self.story.parts.links.base_url)


@contextmanager
def visiting(story: Story, now: datetime) -> Iterator[Visitor]:
    """The daemon's own page over the story's parts."""
    shown = Shown()
    shown.renew(story.parts.engine)
    visitors: list[Visitor] = []
    app = page(
        story.parts,
        clock=lambda: visitors[0].now,
        elapsed=lambda: visitors[0].elapsed,
        shown=shown,
        loops=(),
    )
    with serving_app(app) as client:
        visitors.append(Visitor(story=story, client=client, now=now))
        yield visitors[0]


def link(letter: Letter, purpose: str) -> str:
    """The link of a mail that leads to a purpose, such as `confirm`."""
    found = re.search(rf"https?://\S+/{purpose}/\S+", letter.text)
    assert found, f"no {purpose} link in: {letter.text}"
    return found[0].partition("?")[0]


def everything(story: Story) -> str:
    """Every row of every table."""
    with reading(story.parts.engine) as connection:
        return "\n".join(str(connection.execute(select(table)).all()) for table in metadata.sorted_tables)
