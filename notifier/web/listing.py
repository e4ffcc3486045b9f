"""The list as a page: every Change with the days left, the most urgent first."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from notifier.core.standing import Standing
from notifier.core.text import Language
from notifier.feeds.words import NAME
from notifier.web.languages import preferred_language
from notifier.web.page import page
from notifier.web.site import Site
from notifier.web.standing import ShownChange, shown_changes

_KEPT = {"Cache-Control": "public, max-age=300"}
Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarLinks:
    """The ways into a calendar program: its address to copy, and links that hand it over."""

    https: str
    webcal: str
    outlook: str
    google: str = "https://calendar.google.com/calendar/u/0/r/settings/addbyurl"


def listing(site: Site, language: Language | None) -> Endpoint:
    """The page in one language, or (None) in the one that the browser prefers."""

    async def endpoint(request: Request) -> Response:
        return await run_in_threadpool(_listing, site, request, language)

    return endpoint


def _listing(site: Site, request: Request, fixed: Language | None) -> Response:
    language = fixed or preferred_language(request)
    headers = dict(_KEPT) if fixed else {**_KEPT, "Vary": "Accept-Language"}
    changes = site.changes()
    if changes is None:
        waiting = {"Retry-After": "60", "Cache-Control": "no-store"}
        return page(site, request, "waiting.html.j2", language=language, status=503, headers=waiting)
    today = site.timing.today(site.now())
    shown = shown_changes(
        changes=changes, history=site.history(), today=today, language=language, zone=site.timing.zone
    )
    return page(
        site,
        request,
        "list.html.j2",
        language=language,
        headers=headers,
        today=today,
        sections=_sections(shown),
        titles={f"{item.change.id}/{row.deadline.id}": item for item in shown for row in item.deadlines},
        alternates={each: site.links.page(each) for each in Language},
        calendar=calendar_links(site.links.calendar(language), NAME[language]),
        Standing=Standing,
    )


def _sections(shown: tuple[ShownChange, ...]) -> dict[str, tuple[ShownChange, ...]]:
    groups = {
        "ahead": (Standing.AHEAD, Standing.ANY_DAY),
        "passed": (Standing.PASSED,),
        "undated": (Standing.UNDATED,),
        "over": (Standing.COMPLETED, Standing.WITHDRAWN),
    }
    return {
        name: tuple(item for item in shown if item.nearest.standing in standings)
        for name, standings in groups.items()
    }


def calendar_links(url: str, name: str) -> CalendarLinks:
    """The links for one feed."""
    query = urlencode({"url": url, "name": name})
    return CalendarLinks(
        https=url,
        webcal=urlsplit(url)._replace(scheme="webcal").geturl(),
        outlook=f"https://outlook.office.com/calendar/0/addfromweb?{query}",
    )
