"""Leaving: a page with a button for people, and the one-click POST of RFC 8058 for mail programs.

Looking changes nothing, because mail scanners follow every link. A POST ends the Subscription, whatever
its body: the private token is the authority, and mail programs send the form in either encoding
(RFC 8058, 3.2). Asking a hundred times is the same as asking once.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from notifier.web.languages import asked_language
from notifier.web.page import page
from notifier.web.site import Site

_PRIVATE = {"X-Robots-Tag": "noindex, nofollow"}


def leaving(site: Site) -> Callable[[Request], Awaitable[Response]]:
    """`/leave/TOKEN`. Altered and unknown tokens get one and the same answer, 404."""

    async def endpoint(request: Request) -> Response:
        public_id = site.links.read_leave(request.path_params["token"])
        if request.method != "POST":
            name = "leave.html.j2" if public_id else "unknown_link.html.j2"
            return _page(site, request, name, is_known=bool(public_id))
        await request.body()
        left = public_id is not None and await run_in_threadpool(site.leave, public_id)
        return _page(site, request, "left.html.j2" if left else "unknown_link.html.j2", is_known=left)

    return endpoint


def _page(site: Site, request: Request, name: str, *, is_known: bool) -> Response:
    status = 200 if is_known else 404
    return page(site, request, name, language=asked_language(request), status=status, headers=_PRIVATE)
