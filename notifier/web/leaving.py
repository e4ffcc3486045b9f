"""Leaving: a page with buttons for people, and the one-click POST of RFC 8058 for mail programs.

Looking changes nothing, because mail scanners follow every link. A POST ends the Subscription, whatever
its body: the private token is the authority, and mail programs send the form in either encoding
(RFC 8058, 3.2). Asking a hundred times is the same as asking once. Who wants less instead of nothing posts to
the choosing page. A link in a mailbox that its Subscriber has left ends nothing: no mail goes there any more,
and the page says so.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from notifier.compose.sections import topic_names
from notifier.consent.choosing import look_up
from notifier.consent.leaving import Left
from notifier.core.subscription import MOVED, Addressee, Subscriber, SubscriberState, parts_of
from notifier.web.confirming import PRIVATE
from notifier.web.languages import asked_language
from notifier.web.page import page
from notifier.web.site import Site


def leaving(site: Site) -> Callable[[Request], Awaitable[Response]]:
    """`/leave/TOKEN`. Altered and unknown tokens get one and the same answer, 404."""

    async def endpoint(request: Request) -> Response:
        addressee = site.links.read_leave(request.path_params["token"])
        if request.method != "POST":
            return await run_in_threadpool(_ask, site, request, addressee)
        await request.body()
        left = await run_in_threadpool(site.leave, addressee) if addressee else Left.UNKNOWN
        name, status = _SAID[left]
        return _page(site, request, name, status=status, is_told=left is Left.NOW)

    return endpoint


# Whoever presses in a mailbox that gets no more mail has what they asked for.
_SAID = {
    Left.NOW: ("left.html.j2", 200),
    Left.SILENTLY: ("left.html.j2", 200),
    Left.MOVED: ("old_link.html.j2", 200),
    Left.UNKNOWN: ("unknown_link.html.j2", 404),
}


def _ask(site: Site, request: Request, addressee: Addressee | None) -> Response:
    if addressee is None:
        return _page(site, request, "unknown_link.html.j2", status=404)
    found = look_up(engine=site.register.engine, addressee=addressee)
    if found is MOVED:
        return _page(site, request, "old_link.html.j2", status=410)
    follows = found is not None and found.state in (SubscriberState.ACTIVE, SubscriberState.SUSPENDED)
    choose_url = site.links.choose(addressee).removeprefix(site.links.base_url).lstrip("/")
    return _page(
        site,
        request,
        "leave.html.j2",
        less=_less(site, found, request) if found and follows else (),
        choose_url=choose_url if follows else "",
    )


def _less(site: Site, found: Subscriber, request: Request) -> tuple[tuple[str, str], ...]:
    """What they could follow no longer instead, as Topic and name; nothing where that would be all."""
    changes, language = site.changes(), asked_language(request)
    if changes is None:
        return ()
    parts = parts_of([each.topic for each in found.subscriptions], changes)
    less = [(str(part), name) for part in parts for name in topic_names([part], changes, language)]
    return tuple(less) if len(less) > 1 else ()


def _page(
    site: Site,
    request: Request,
    name: str,
    *,
    status: int = 200,
    less: tuple[tuple[str, str], ...] = (),
    choose_url: str = "",
    is_told: bool = False,
) -> Response:
    return page(
        site,
        request,
        name,
        language=asked_language(request),
        status=status,
        headers=PRIVATE,
        less=less,
        choose_url=choose_url,
        is_told=is_told,
    )
