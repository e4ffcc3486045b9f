"""The Feeds over HTTP: whole and right, or the last that were; never a page, a redirect or a half.

This stands in front of the pages, since programs ask for Feeds far more often than people for pages: what is ready is
answered without leaving the event loop. A Feed's address answers 200, 304, 404 (unknown), 410 (revoked) or 400 (a
query that cannot be understood), in a media type of its own kind; 503 only before the first list was ever read, and for
a private calendar that nobody asked for yet while the database fails for long.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Receive, Scope, Send

from notifier.errors import NotifierError
from notifier.feeds.addresses import Variant
from notifier.feeds.asking import (
    AskedCalendar,
    AskedNews,
    AskedPrivate,
    UnclearQueryError,
    UnknownFeedError,
    read_feed,
    refuse_unknown,
    without_language,
)
from notifier.feeds.query import LISTS, AskedList, read_list
from notifier.feeds.wellknown import ROBOTS, security
from notifier.web.calendar import calendar_edition
from notifier.web.edition import Edition, Headers, Ready, edition, ready, refusal, send_edition, send_whole
from notifier.web.holders import UnavailableError
from notifier.web.news import news_edition
from notifier.web.private import Private, RevokedError
from notifier.web.records import PROBLEM, list_edition, openapi_edition, problem
from notifier.web.shelf import Shelf, Snapshot
from notifier.web.site import Site

_TEXT = "text/plain; charset=utf-8"
_ROBOTS = "/robots.txt"
_SECURITY = "/.well-known/security.txt"
_OPENAPI = f"{LISTS}openapi.json"
_OURS = re.compile(
    rf"/(?:{'|'.join(Variant)})(?:\.ics|/.*)|/news(?:\.atom|/.*)|/api(?:/.*)?|/robots\.txt|/\.well-known/.*",
    re.DOTALL,
)
# Whoever asks for such a file, wherever, is a program that would take a page for a broken calendar; also where somebody
# copied a bracket or a full stop along with the address.
_FILE = re.compile(r".*\.(?:ics|atom)(?:[^a-z0-9].*)?", re.DOTALL | re.IGNORECASE)
_MOST_REMEMBERED = 4096
_LONGEST_REMEMBERED = 300
_NOT_YET = "There is no list yet. Please try again in a minute."
_STATUS: dict[type[NotifierError], int] = {
    UnknownFeedError: 404,
    UnclearQueryError: 400,
    RevokedError: 410,
    UnavailableError: 503,
}


@dataclass(frozen=True, slots=True)
class AskedText:
    """A text of the site's own, by its path."""

    path: str


Asked = AskedCalendar | AskedNews | AskedList | AskedText


def is_feed(path: str) -> bool:
    """Whether an address is one of Feeds, or written like one: these never answer with a page."""
    return (_OURS.fullmatch(without_language(path)[0]) or _FILE.fullmatch(path)) is not None


class Feeds:
    """The application for Feeds; hands everything else to `pages`."""

    def __init__(self, pages: ASGIApp, site: Site) -> None:
        self._pages = pages
        self._site = site
        self._shelf = Shelf(site)
        self._private = Private(site, self._shelf)
        # What an address asks for, once read; forgotten together when there are too many.
        self._asked: dict[tuple[str, bytes], Asked] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._pages(scope, receive, send)
            return
        path, query = scope["path"], scope["query_string"]
        if scope["method"] in ("GET", "HEAD"):
            made = self._ready(path, query)
            if made is not None:
                await send_edition(scope, send, made)
                return
        if not is_feed(path):
            await self._pages(scope, receive, send)
        elif scope["method"] in ("GET", "HEAD"):
            await self._answer(scope, send, path, query)
        else:
            await _refuse(scope, send, 405, "Only GET and HEAD are answered here.", allow="GET, HEAD")

    def at_once(self, method: str, path: str, query: bytes, headers: Headers) -> Ready | None:
        """The answer to GET or HEAD that is ready for the wire, None where `__call__` must be asked."""
        made = self._ready(path, query)
        return ready(method, headers, made) if made else None

    def _ready(self, path: str, query: bytes) -> Edition | None:
        # A private calendar is the same whatever the query says.
        asked = self._asked.get((path, query))
        return self._shelf.ready(asked) if asked else self._private.ready(path)

    async def _answer(self, scope: Scope, send: Send, path: str, query: bytes) -> None:
        try:
            found = await self._find(path, query)
        except tuple(_STATUS) as error:
            status = next(status for kind, status in _STATUS.items() if isinstance(error, kind))
            await _refuse(scope, send, status, str(error), error=error)
            return
        if found is None:
            await _refuse(scope, send, 503, _NOT_YET)
        else:
            await send_edition(scope, send, found)

    async def _find(self, path: str, query: bytes) -> Edition | None:
        """The Edition at an address; None while there is no list. Raises what `_STATUS` names."""
        snapshot = self._shelf.snapshot()
        if snapshot is None:
            return None
        asked = self._read(path, query, snapshot)
        if isinstance(asked, AskedPrivate):
            return await self._private.edition(path, asked)
        if len(path) + len(query) <= _LONGEST_REMEMBERED:
            if len(self._asked) >= _MOST_REMEMBERED:
                self._asked.clear()
            self._asked[path, query] = asked
        return await run_in_threadpool(self._shelf.take, asked, partial(self._make, asked))

    def _read(self, path: str, query: bytes, snapshot: Snapshot) -> Asked | AskedPrivate:
        if path == _SECURITY and _security(self._site, snapshot) is None:
            raise UnknownFeedError("This site names no address for security matters; see publisher.contact.")
        if path in (_ROBOTS, _SECURITY, _OPENAPI):
            return AskedText(path)
        if _is_api(path):
            return read_list(path, query, snapshot.changes)
        asked = read_feed(path, query)
        if not isinstance(asked, AskedPrivate):
            refuse_unknown(asked, snapshot.changes)
        return asked

    def _make(self, asked: Asked, snapshot: Snapshot) -> Edition:
        match asked:
            case AskedCalendar():
                return calendar_edition(self._site, self._shelf, snapshot, asked)
            case AskedNews():
                return news_edition(self._site, snapshot, asked)
            case AskedList():
                return list_edition(self._site, snapshot, asked)
            case AskedText(path=path):
                return _text(self._site, snapshot, path)


def _text(site: Site, snapshot: Snapshot, path: str) -> Edition:
    if path == _OPENAPI:
        return openapi_edition(site, snapshot)
    body = ROBOTS if path == _ROBOTS else _security(site, snapshot) or b""
    return edition(body, media_type=_TEXT, changed_at=None)


def _security(site: Site, snapshot: Snapshot) -> bytes | None:
    return security(contact=site.contact, base_url=site.links.base_url, today=snapshot.today)


def _is_api(path: str) -> bool:
    return path == "/api" or path.startswith("/api/")


async def _refuse(
    scope: Scope, send: Send, status: int, sentence: str, *, error: Exception | None = None, allow: str = ""
) -> None:
    is_api = _is_api(without_language(scope["path"])[0])
    extra = {"Retry-After": "60"} if status == 503 else {"Allow": allow} if allow else {}
    headers, body = refusal(
        problem(status, sentence, error) if is_api else f"{sentence}\n",
        media_type=PROBLEM if is_api else _TEXT,
        extra=extra,
    )
    await send_whole(scope, send, status=status, headers=headers, body=body)
