"""The calendar over HTTP: complete and right, or the last that was; never a page, a redirect or a half.

A single 503 makes Thunderbird drop a calendar until it is restarted, and a 200 with anything but a whole
calendar empties it. So the bytes are built when the list or the day changes, not for each request, and when
that fails the last good ones are served.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import format_datetime, parsedate_to_datetime
from threading import Lock

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from notifier.core.change import ChangeList
from notifier.core.history import Entry
from notifier.core.text import Language
from notifier.feeds.ical import calendar, changed_at
from notifier.logs import log
from notifier.web.languages import named_language
from notifier.web.site import Site

_log = log("calendar")
_KEPT = {
    "Cache-Control": "public, max-age=900",
    "X-Robots-Tag": "noindex",
}
_PATIENCE = 5.0
_UNKNOWN = "There is no such calendar. Write /calendar.ics?lang=nb, ?lang=nn or ?lang=en.\n"
_NOT_YET = "The calendar is not ready yet. Please try again in a minute.\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One language's calendar as it was built: from what, its bytes and their validators."""

    changes: ChangeList
    history: Mapping[str, Sequence[Entry]]
    today: date
    body: bytes
    etag: str
    changed_at: datetime | None


class Shelf:
    """The newest good Edition in each language; built again only when what it is made from differs."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._editions: dict[Language, Edition] = {}
        self._lock = Lock()

    def edition(self, language: Language) -> Edition | None:
        """The Edition to serve; in trouble the last good one, None when there never was any."""
        if not self._lock.acquire(timeout=_PATIENCE):
            return self._editions.get(language)
        try:
            fresh = self._fresh(language)
        except Exception:  # noqa: BLE001
            # Whatever went wrong, the vendors' calendars must not go empty over it.
            _log.exception("calendar not built; the last good one is served", language=language)
            fresh = None
        finally:
            self._lock.release()
        if fresh:
            self._editions[language] = fresh
        return self._editions.get(language)

    def _fresh(self, language: Language) -> Edition | None:
        changes, history = self._site.changes(), self._site.history()
        if changes is None:
            return None
        now = self._site.now()
        today = self._site.timing.today(now)
        last = self._editions.get(language)
        if last and (last.changes, last.history, last.today) == (changes, history, today):
            return last
        return _build(self._site, changes, dict(history), language, now)


def calendar_feed(site: Site) -> Callable[[Request], Awaitable[Response]]:
    """`/calendar.ics?lang=`: 200, 304 or 404; 503 only before the first list was ever read."""
    shelf = Shelf(site)

    async def endpoint(request: Request) -> Response:
        language = named_language(request.query_params.get("lang", Language.NB))
        if language is None:
            return PlainTextResponse(_UNKNOWN, status_code=404, headers=_KEPT)
        edition = await run_in_threadpool(shelf.edition, language)
        if edition is None:
            return PlainTextResponse(
                _NOT_YET, status_code=503, headers={"Retry-After": "60", "Cache-Control": "no-store"}
            )
        return _answer(request, edition, language)

    return endpoint


def _build(
    site: Site,
    changes: ChangeList,
    history: Mapping[str, Sequence[Entry]],
    language: Language,
    now: datetime,
) -> Edition:
    today, feed = site.timing.today(now), site.feed(language)
    body = calendar(changes=changes, history=history, today=today, feed=feed)
    changed = changed_at(changes=changes, history=history, today=today, feed=feed)
    return Edition(
        changes=changes,
        history=history,
        today=today,
        body=body,
        etag=f'"{hashlib.sha256(body).hexdigest()[:32]}"',
        # A Last-Modified must not lie ahead of the answer's own Date (RFC 9110, 8.8.2.1).
        changed_at=min(changed, now).astimezone(UTC).replace(microsecond=0) if changed else None,
    )


def _answer(request: Request, edition: Edition, language: Language) -> Response:
    headers = {
        **_KEPT,
        "ETag": edition.etag,
        "Content-Language": language.value,
        "Content-Disposition": f'inline; filename="e-helse-{language}.ics"',
    }
    if edition.changed_at:
        headers["Last-Modified"] = format_datetime(edition.changed_at, usegmt=True)
    if _is_known(request, edition):
        return Response(status_code=304, headers=headers)
    return Response(edition.body, media_type="text/calendar; charset=utf-8", headers=headers)


def _is_known(request: Request, edition: Edition) -> bool:
    """Whether the client has this Edition: If-None-Match decides alone where it is sent (RFC 9110)."""
    tags = request.headers.getlist("if-none-match")
    if tags:
        given = [tag.strip().removeprefix("W/") for line in tags for tag in line.split(",")]
        return "*" in given or edition.etag in given
    try:
        since = parsedate_to_datetime(request.headers.get("if-modified-since", ""))
    except ValueError:
        return False
    if since.tzinfo is None or edition.changed_at is None:
        return False
    return edition.changed_at <= since
