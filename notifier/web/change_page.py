"""A page for each Change: what goes away and when, whom it concerns, what to do, and the dates it had before."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from notifier.core.standing import Standing
from notifier.core.subscription import Scope, Topic
from notifier.core.text import Language
from notifier.feeds.selection import selected
from notifier.web.calendar_links import calendar_links
from notifier.web.headers import WITH_SCRIPT
from notifier.web.page import KEPT, Endpoint, in_thread, page, waiting
from notifier.web.site import Site
from notifier.web.standing import shown_changes
from notifier.web.timeline import axis_whole, marks


def change_page(site: Site, fixed: Language) -> Endpoint:
    """`/LANGUAGE/change/ID`; 404 for an id that the list has never had."""

    def answer(request: Request, language: Language) -> Response:
        changes = site.changes()
        if changes is None:
            return waiting(site, request, language)
        today = site.timing.today(site.now())
        shown = shown_changes(
            changes=changes, history=site.history(), today=today, language=language, zone=site.timing.zone
        )
        change_id = request.path_params["change_id"]
        item = next((item for item in shown if item.change.id == change_id), None)
        if item is None:
            raise HTTPException(404)
        return page(
            site,
            request,
            "change.html.j2",
            language=language,
            headers={**KEPT, **WITH_SCRIPT},
            path=f"/change/{change_id}",
            today=today,
            item=item,
            axis=axis_whole([item], today),
            marks=marks,
            titles={f"{each.change.id}/{row.deadline.id}": each for each in shown for row in each.deadlines},
            calendar=calendar_links(site, changes, selected([Topic(Scope.CHANGE, change_id)]), language),
            Standing=Standing,
        )

    return in_thread(answer, fixed)
