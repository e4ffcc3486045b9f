"""Pages with one button: confirming, denying, confirming a new address, undoing.

Looking changes nothing, because mail scanners follow every link; pressing twice is harmless, because some
press every button.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from notifier.consent.access import confirm_new_address
from notifier.consent.confirming import Confirmed, confirm, deny
from notifier.consent.leaving import undo
from notifier.web.languages import asked_language
from notifier.web.page import Endpoint, page
from notifier.web.site import Site
from notifier.web.visitor import posted

Named = TypeVar("Named")
PRIVATE = {"X-Robots-Tag": "noindex, nofollow"}


def confirming(site: Site) -> Endpoint:
    """`/confirm/TOKEN`."""

    def act(named: tuple[str, str], now: datetime) -> bool:
        public_id, nonce = named
        done = confirm(engine=site.register.engine, public_id=public_id, nonce=nonce, now=now)
        return done is not Confirmed.STALE

    return _button(site, "confirm", site.links.read_confirm, act)


def denying(site: Site) -> Endpoint:
    """`/deny/TOKEN`. Whether the link was still good is not told: the wish of whoever presses is met."""

    def act(named: tuple[str, str], now: datetime) -> bool:
        register, (public_id, nonce) = site.register, named
        deny(
            engine=register.engine, pseudonyms=register.pseudonyms, public_id=public_id, nonce=nonce, now=now
        )
        return True

    return _button(site, "deny", site.links.read_deny, act)


def confirming_new_address(site: Site) -> Endpoint:
    """`/new-address/TOKEN`."""

    def act(named: tuple[str, str], now: datetime) -> bool:
        public_id, nonce = named
        done = confirm_new_address(engine=site.register.engine, public_id=public_id, nonce=nonce, now=now)
        return done is Confirmed.NOW

    return _button(site, "new-address", site.links.read_new_address, act)


def undoing(site: Site) -> Endpoint:
    """`/undo/TOKEN`."""

    def act(named: tuple[str, int], now: datetime) -> bool:
        public_id, generation = named
        return undo(engine=site.register.engine, public_id=public_id, generation=generation, now=now)

    return _button(site, "undo", site.links.read_undo, act)


def _button(
    site: Site, what: str, read: Callable[[str], Named | None], act: Callable[[Named, datetime], bool]
) -> Endpoint:
    """Ask by GET, act by POST. Altered tokens, and those that serve no more, get one and the same answer."""

    async def endpoint(request: Request) -> Response:
        show = partial(page, site, request, language=asked_language(request), headers=PRIVATE)
        named = read(request.path_params["token"])
        if named is None:
            return show("unknown_link.html.j2", status=404)
        if request.method != "POST":
            return show("button.html.j2", what=what, is_done=False)
        await posted(site, request)
        if not await run_in_threadpool(act, named, site.now()):
            return show("unknown_link.html.j2", status=410)
        return show("button.html.j2", what=what, is_done=True)

    return endpoint
