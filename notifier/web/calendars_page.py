"""`/calendars`: the public calendars, how each gets into a calendar program, and how soon that sees a change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from notifier.core.change import ChangeList
from notifier.core.subscription import Scope, Topic
from notifier.core.text import Language
from notifier.feeds import pipeline
from notifier.feeds.addresses import news_path
from notifier.feeds.query import LISTS
from notifier.feeds.selection import ALL, selected
from notifier.web.calendar_links import calendar_links
from notifier.web.headers import WITH_SCRIPT
from notifier.web.page import KEPT, Endpoint, in_thread, page, waiting
from notifier.web.site import Site


def calendars_page(site: Site, fixed: Language | None) -> Endpoint:
    """Every public calendar, in one language or (None) in the one that the browser prefers.

    `?service=` puts together one of the services that are named.
    """
    headers = {**KEPT, **WITH_SCRIPT} if fixed else {**KEPT, **WITH_SCRIPT, "Vary": "Accept-Language"}

    def answer(request: Request, language: Language) -> Response:
        changes = site.changes()
        if changes is None:
            return waiting(site, request, language)
        chosen = tuple(dict.fromkeys(request.query_params.getlist("service")))
        if not set(chosen) <= {service.id for service in changes.services}:
            raise HTTPException(404)
        return _calendars(site, request, language, changes, chosen=chosen, headers=headers)

    return in_thread(answer, fixed)


def _calendars(
    site: Site,
    request: Request,
    language: Language,
    changes: ChangeList,
    *,
    chosen: Sequence[str],
    headers: Mapping[str, str],
) -> Response:
    def links(*topics: Topic) -> object:
        return calendar_links(site, changes, selected(topics) if topics else ALL, language)

    names = {service.id: service.name for service in changes.services}
    return page(
        site,
        request,
        "calendars.html.j2",
        language=language,
        headers=headers,
        path=f"/calendars{'?' if chosen else ''}{urlencode([('service', service) for service in chosen])}",
        chosen=chosen,
        combined=links(*(Topic(Scope.SERVICE, service) for service in chosen)) if chosen else None,
        everything=links(),
        services=[(service, links(Topic(Scope.SERVICE, service.id))) for service in changes.services],
        changes=[
            (change, names.get(change.service, change.service), links(Topic(Scope.CHANGE, change.id)))
            for change in changes.changes
        ],
        news=site.links.base_url + news_path(None, language=language),
        check=pipeline.check(base_url=site.links.base_url, services=chosen, language=language),
        days=pipeline.DAYS,
        description=f"{site.links.base_url}{LISTS}openapi.json",
    )
