"""Who is ready for a Change, for whoever has the weekly report's link: signed, and good for a while."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from notifier.compose.reports import parts_of
from notifier.web.confirming import PRIVATE
from notifier.web.languages import asked_language
from notifier.web.page import Endpoint, page
from notifier.web.site import Site


def readiness(site: Site) -> Endpoint:
    """`/readiness/TOKEN`: only reads."""

    async def endpoint(request: Request) -> Response:
        change_id = site.links.read_readiness(request.path_params["token"], now=site.now())
        return await run_in_threadpool(_answer, site, request, change_id)

    return endpoint


def _answer(site: Site, request: Request, change_id: str | None) -> Response:
    language, changes = asked_language(request), site.changes()
    found = site.readiness(change_id) if change_id and changes else None
    if found is None or changes is None:
        return page(site, request, "unknown_link.html.j2", language=language, status=404, headers=PRIVATE)
    today = site.timing.today(site.now())
    part = parts_of([found], changes=changes, language=language, today=today)[0]
    return page(
        site,
        request,
        "readiness.html.j2",
        language=language,
        headers=PRIVATE,
        part=part,
        zone=site.timing.zone,
    )
