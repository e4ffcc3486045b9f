"""Every public address of the site, and the file that holds it where files are served."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from notifier.core.change import ChangeList
from notifier.core.text import Language
from notifier.feeds.addresses import Variant
from notifier.feeds.query import LISTS, Listed

INDEX = "published.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicAddress:
    """A path that the daemon answers with 200, and a file's name below the folder that a web server serves."""

    path: str
    file: str


def public_addresses(changes: ChangeList) -> Iterator[PublicAddress]:
    """All but those of chosen services together, which are too many: pages, calendars, news, the lists."""
    yield PublicAddress(path="/", file="index.html")
    yield PublicAddress(path="/calendars", file="calendars.html")
    for language in Language:
        pages = [
            "",
            "/calendars",
            "/privacy",
            "/accessibility",
            *(f"/change/{c.id}" for c in changes.changes),
        ]
        for page in pages:
            yield PublicAddress(path=f"/{language}{page}", file=f"{language}{page}.html")
    for path in _feeds(changes):
        # Files know no queries; the language stands before the path instead. Without it, it is bokmål.
        for before in ("", *(f"/{language}" for language in Language)):
            yield PublicAddress(path=f"{before}{path}", file=f"{before}{path}".removeprefix("/"))
    lists = [f"{LISTS}{name}" for name in (*Listed, "openapi.json")]
    for path in (*lists, "/style.css", "/copy.js", "/robots.txt", "/.well-known/security.txt"):
        yield PublicAddress(path=path, file=path.removeprefix("/"))


def _feeds(changes: ChangeList) -> Iterator[str]:
    for variant in Variant:
        yield f"/{variant}.ics"
        yield from (f"/{variant}/{service.id}.ics" for service in changes.services)
        yield from (f"/{variant}/change/{change.id}.ics" for change in changes.changes)
    yield "/news.atom"
    yield from (f"/news/{service.id}.atom" for service in changes.services)
