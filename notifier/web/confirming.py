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

from notifier.consent.access import confirm_new_address, deny_new_address
from notifier.consent.confirming import Confirmed, Denied, confirm, deny, deny_help
from notifier.consent.leaving import undo
from notifier.core.subscription import Addressee
from notifier.web.languages import asked_language
from notifier.web.page import Endpoint, page
from notifier.web.site import Site
from notifier.web.visitor import posted

Named = TypeVar("Named")
MOVED = "moved"
PRIVATE = {"X-Robots-Tag": "noindex, nofollow"}


def confirming(site: Site) -> Endpoint:
    """`/confirm/TOKEN`."""

    def act(named: tuple[Addressee, str], now: datetime) -> str:
        addressee, nonce = named
        done = confirm(engine=site.register.engine, addressee=addressee, nonce=nonce, now=now)
        return {Confirmed.STALE: "", Confirmed.MOVED: MOVED}.get(done, "confirm")

    return _button(site, "confirm", site.links.read_confirm, act)


def denying(site: Site) -> Endpoint:
    """`/deny/TOKEN`. Says only what came of it: that we never write again, or that the mails have stopped."""

    register, links = site.register, site.links

    def read(token: str) -> Callable[[datetime], Denied] | None:
        own, helped = links.read_deny(token), links.read_deny_help(token)
        new = links.read_deny_new_address(token)
        engine, pseudonyms = register.engine, register.pseudonyms
        if own:
            return lambda now: deny(engine=engine, pseudonyms=pseudonyms, addressee=own, now=now)
        if helped:
            return lambda now: deny_help(engine=engine, pseudonyms=pseudonyms, addressee=helped, now=now)
        if new:
            public_id, nonce = new
            return lambda now: deny_new_address(
                engine=engine, pseudonyms=pseudonyms, public_id=public_id, nonce=nonce, now=now
            )
        return None

    def act(denies: Callable[[datetime], Denied], now: datetime) -> str:
        said = {Denied.FOR_EVER: "deny", Denied.STOPPED: "stopped", Denied.STALE: "", Denied.MOVED: MOVED}
        return said[denies(now)]

    return _button(site, "deny", read, act)


def confirming_new_address(site: Site) -> Endpoint:
    """`/new-address/TOKEN`."""

    def act(named: tuple[str, str], now: datetime) -> str:
        public_id, nonce = named
        done = confirm_new_address(engine=site.register.engine, public_id=public_id, nonce=nonce, now=now)
        return "" if done is Confirmed.STALE else "new-address"

    return _button(site, "new-address", site.links.read_new_address, act)


def undoing(site: Site) -> Endpoint:
    """`/undo/TOKEN`."""

    def act(named: tuple[str, int], now: datetime) -> str:
        public_id, generation = named
        undone = undo(engine=site.register.engine, public_id=public_id, generation=generation, now=now)
        return "undo" if undone else ""

    return _button(site, "undo", site.links.read_undo, act)


def _button(
    site: Site, what: str, read: Callable[[str], Named | None], act: Callable[[Named, datetime], str]
) -> Endpoint:
    """Ask by GET, act by POST; `act` names what is said of it, "" for a token that serves no more, MOVED for one in
    a mailbox that its Subscriber has left.

    Altered tokens, and those that serve no more, get one and the same answer.
    """

    async def endpoint(request: Request) -> Response:
        show = partial(page, site, request, language=asked_language(request), headers=PRIVATE)
        named = read(request.path_params["token"])
        if named is None:
            return show("unknown_link.html.j2", status=404)
        if request.method != "POST":
            return show("button.html.j2", what=what, done_as="")
        await posted(site, request)
        done_as = await run_in_threadpool(act, named, site.now())
        if done_as in ("", MOVED):
            return show("old_link.html.j2" if done_as else "unknown_link.html.j2", status=410)
        return show("button.html.j2", what=what, done_as=done_as)

    return endpoint
