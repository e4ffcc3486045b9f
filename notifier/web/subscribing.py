"""Subscribing: the form, and one and the same answer whoever's address was given."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from notifier.consent.asking import ask
from notifier.core.address import normal_address
from notifier.core.caps import Entrance
from notifier.core.subscription import Scope, Topic, unknown_target
from notifier.core.text import Language
from notifier.web.languages import asked_language
from notifier.web.neighbour import is_own
from notifier.web.page import Endpoint, page
from notifier.web.site import Site
from notifier.web.visitor import client_of, first, posted

# No person sees this field, so whatever fills it in is no person.
TRAP = "website"
LONGEST_ADDRESS = 320


def subscribing(site: Site) -> Endpoint:
    """`/subscribe`: the form by GET; by POST the answer, which tells nothing but that it was an address."""

    async def endpoint(request: Request) -> Response:
        language = asked_language(request)
        if request.method != "POST":
            return _form(site, request, language)
        began = asyncio.get_running_loop().time()
        fields = await posted(site, request)
        address, ticked = first(fields, "address"), fields.get("topic", [])
        topics = _topics(site, ticked)
        # None is everything, and nobody who ticked something asked for that.
        is_wrong, is_stale = not _is_address(address), bool(ticked) and not topics
        if is_wrong or is_stale:
            typed = address[:LONGEST_ADDRESS]
            return _form(
                site, request, language, typed=typed, ticked=ticked, is_wrong=is_wrong, is_stale=is_stale
            )
        if not first(fields, TRAP):
            await run_in_threadpool(_ask, site, request, address, language, topics)
        # A known address is looked up in another time than an unknown one.
        await asyncio.sleep(max(began + site.register.pace - asyncio.get_running_loop().time(), 0))
        is_trial = site.register.mailbox is not None and await run_in_threadpool(is_own, request)
        return page(site, request, "subscribed.html.j2", language=language, is_trial=is_trial)

    return endpoint


def _is_address(written: str) -> bool:
    try:
        return len(written) <= LONGEST_ADDRESS and bool(normal_address(written))
    except ValueError:
        return False


def _ask(site: Site, request: Request, address: str, language: Language, topics: tuple[Topic, ...]) -> None:
    ask(
        engine=site.register.engine,
        pseudonyms=site.register.pseudonyms,
        address=address,
        language=language,
        topics=topics,
        entrance=Entrance.PAGE,
        client=client_of(request, site.register.trusted_proxies),
        now=site.now(),
    )


def _topics(site: Site, services: list[str]) -> tuple[Topic, ...]:
    """The services that were ticked and that there are; none is everything."""
    changes = site.changes()
    ticked = (Topic(Scope.SERVICE, service) for service in dict.fromkeys(services))
    return tuple(topic for topic in ticked if changes and not unknown_target(topic, changes))


def _form(
    site: Site,
    request: Request,
    language: Language,
    *,
    typed: str = "",
    ticked: Sequence[str] = (),
    is_wrong: bool = False,
    is_stale: bool = False,
) -> Response:
    """The form, with what was filled in and what is amiss: the address, or that all that was ticked is unknown."""
    changes = site.changes()
    return page(
        site,
        request,
        "subscribe.html.j2",
        language=language,
        status=422 if is_wrong or is_stale else 200,
        typed=typed,
        ticked=ticked,
        is_wrong=is_wrong,
        is_stale=is_stale,
        services=changes.services if changes else (),
    )
