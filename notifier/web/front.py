"""The front page: what goes away and when, drawn and told, the most urgent first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from notifier.core.change import ChangeList, Service
from notifier.core.standing import Standing
from notifier.core.text import Language
from notifier.feeds.addresses import news_path
from notifier.web.page import KEPT, Endpoint, in_thread, page, waiting
from notifier.web.site import Site
from notifier.web.standing import ShownChange, shown_changes
from notifier.web.timeline import axis_ahead, axis_whole, marks


def front(site: Site, fixed: Language | None) -> Endpoint:
    """The page in one language, or (None) in the one that the browser prefers; `?service=` shows only those."""

    def answer(request: Request, language: Language) -> Response:
        changes = site.changes()
        if changes is None:
            return waiting(site, request, language)
        chosen = tuple(dict.fromkeys(request.query_params.getlist("service")))
        services = _with_changes(changes)
        if not set(chosen) <= {service.id for service in services}:
            raise HTTPException(404)
        return _front(
            site,
            request,
            language=language,
            changes=changes,
            services=services,
            chosen=chosen,
            headers=KEPT if fixed else {**KEPT, "Vary": "Accept-Language"},
        )

    return in_thread(answer, fixed)


def _front(
    site: Site,
    request: Request,
    *,
    language: Language,
    changes: ChangeList,
    services: Sequence[Service],
    chosen: Sequence[str],
    headers: Mapping[str, str],
) -> Response:
    today = site.timing.today(site.now())
    shown = shown_changes(
        changes=changes, history=site.history(), today=today, language=language, zone=site.timing.zone
    )
    sections = _sections([item for item in shown if not chosen or item.service.id in chosen])
    return page(
        site,
        request,
        "front.html.j2",
        language=language,
        headers=headers,
        path=f"?{urlencode([('service', service) for service in chosen])}" if chosen else "",
        today=today,
        services=services,
        chosen=chosen,
        sections=sections,
        axes={
            "ahead": axis_ahead(sections["ahead"], today),
            **{name: axis_whole(sections[name], today) for name in ("passed", "over")},
        },
        marks=marks,
        titles={f"{item.change.id}/{row.deadline.id}": item for item in shown for row in item.deadlines},
        calendar=site.links.calendar(language),
        news=site.links.base_url + news_path(None, language=language),
        Standing=Standing,
    )


def _with_changes(changes: ChangeList) -> tuple[Service, ...]:
    used = {change.service for change in changes.changes}
    return tuple(service for service in changes.services if service.id in used)


def _sections(shown: Sequence[ShownChange]) -> dict[str, tuple[ShownChange, ...]]:
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
