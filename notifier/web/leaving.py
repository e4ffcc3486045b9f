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

from notifier.compose.following import topic_names
from notifier.consent.choosing import look_up
from notifier.consent.leaving import Left
from notifier.core.change import ChangeList
from notifier.core.less import parts_of
from notifier.core.subscription import MOVED, Addressee, Scope, Subscriber, SubscriberState, Topic
from notifier.core.text import Language
from notifier.web.confirming import PRIVATE
from notifier.web.languages import asked_language
from notifier.web.page import page
from notifier.web.site import Site

# Topics, written, with their names, and whether each is a whole service.
Offers = tuple[tuple[str, str, bool], ...]

# So few are all shown at once.
_FEW = 3


def leaving(site: Site) -> Callable[[Request], Awaitable[Response]]:
    """`/leave/TOKEN`, with `/CHANGE,CHANGE` after it from a mail that tells of these.

    Altered and unknown tokens get one and the same answer, 404.
    """

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
    near, less = _less(site, found, request) if found and follows else ((), ())
    choose_url = site.links.choose(addressee).removeprefix(site.links.base_url).lstrip("/")
    return _page(
        site,
        request,
        "leave.html.j2",
        near=near,
        less=less,
        choose_url=choose_url if follows else "",
    )


def _less(site: Site, found: Subscriber, request: Request) -> tuple[Offers, Offers]:
    """What they could follow no longer instead: first what their mail told of, each Change before its service, then
    all else. All of it first where it is little.
    """
    changes, language = site.changes(), asked_language(request)
    if changes is None:
        return (), ()
    parts = parts_of(found.followed, changes)
    about = request.path_params.get("about", "").split(",")
    told = [change for each in about if (change := changes.change(each))]
    near = [part for part in parts if any(map(part.covers, told))]
    near.sort(key=lambda part: part.scope is Scope.SERVICE)
    rest = [part for part in parts if part not in near]
    if len(parts) <= _FEW:
        near, rest = near + rest, []
    return _named(near, changes, language), _named(rest, changes, language)


def _named(parts: list[Topic], changes: ChangeList, language: Language) -> Offers:
    return tuple(
        (str(part), name, part.scope is Scope.SERVICE)
        for part in parts
        for name in topic_names([part], changes, language)
    )


def _page(
    site: Site,
    request: Request,
    name: str,
    *,
    status: int = 200,
    near: Offers = (),
    less: Offers = (),
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
        near=near,
        less=less,
        choose_url=choose_url,
        is_told=is_told,
    )
