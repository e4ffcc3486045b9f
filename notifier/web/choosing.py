"""Choosing: what one follows, how early, in which language; a pause; and asking for the link to one's data.

The link may stand in a mail that is forwarded, so it shows no address and reads no personal data.
"""

from __future__ import annotations

from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from notifier.consent.access import request_access
from notifier.consent.choosing import choose, follow_again, look_up
from notifier.consent.leaving import leave_topics
from notifier.core.subscription import MOVED, Addressee, Subscriber, SubscriberState
from notifier.web.choices import Choices, Fields, known_topics, sent
from notifier.web.choosing_page import choosing_page
from notifier.web.confirming import PRIVATE
from notifier.web.languages import asked_language
from notifier.web.page import Endpoint, page
from notifier.web.site import Site
from notifier.web.visitor import posted


def choosing(site: Site) -> Endpoint:
    """`/choose/TOKEN`: the form by GET; by POST the choices, fewer Topics (`drop`), or a fresh link (`access`)."""

    async def endpoint(request: Request) -> Response:
        addressee = site.links.read_choose(request.path_params["token"])
        fields = await posted(site, request) if request.method == "POST" else None
        return await run_in_threadpool(_answer, site, request, addressee, fields)

    return endpoint


def _answer(site: Site, request: Request, addressee: Addressee | None, fields: Fields | None) -> Response:
    refused = partial(page, site, request, language=asked_language(request), headers=PRIVATE)
    found = look_up(engine=site.register.engine, addressee=addressee) if addressee else None
    if found is MOVED:
        return refused("old_link.html.j2", status=410)
    if found is None or found.state not in (SubscriberState.ACTIVE, SubscriberState.SUSPENDED):
        return refused("unknown_link.html.j2", status=404 if found is None else 410)
    if fields is None:
        return choosing_page(site, request, found)
    if _is_only_choosing(fields):
        choices = sent(fields, language=found.language, changes=site.changes())
        mistakes = choices.mistakes(site.timing.today(site.now()))
        if mistakes:
            return choosing_page(site, request, found, choices=choices, mistakes=mistakes)
        _save(site, found, choices)
    said = "saved" if _is_only_choosing(fields) else _acted(site, found, fields)
    dropped = known_topics(fields.get("drop", [])[:1], site.changes()) if said == "less" else ()
    renewed = look_up(engine=site.register.engine, addressee=found.addressee)
    if renewed is MOVED:
        return refused("old_link.html.j2", status=410)
    if renewed is not None and renewed.state is SubscriberState.LEFT:
        # Nobody says goodbye to whoever was suspended.
        is_told = found.state is SubscriberState.ACTIVE
        return page(site, request, "left.html.j2", language=found.language, headers=PRIVATE, is_told=is_told)
    return choosing_page(site, request, renewed or found, said=said, dropped=dropped)


def _is_only_choosing(fields: Fields) -> bool:
    return not {"access", "drop", "again"} & set(fields)


def _acted(site: Site, found: Subscriber, fields: Fields) -> str:
    """Send a fresh link, follow less, or again what they followed; answers which sentence says so."""
    engine, now, changes = site.register.engine, site.now(), site.changes()
    if "access" in fields:
        request_access(engine=engine, addressee=found.addressee, now=now)
        return "access"
    again, dropped = (known_topics(fields.get(name, []), changes) for name in ("again", "drop"))
    if again:
        follow_again(
            engine=engine,
            addressee=found.addressee,
            topics=again,
            changes=changes,
            timing=site.timing,
            now=now,
            elapsed=site.elapsed(),
        )
    if dropped and changes is not None:
        topics = dropped[:1]
        leave_topics(engine=engine, addressee=found.addressee, topics=topics, changes=changes, now=now)
        return "less"
    return "saved"


def _save(site: Site, found: Subscriber, choices: Choices) -> None:
    choose(
        engine=site.register.engine,
        addressee=found.addressee,
        language=choices.language,
        followed=choices.followed(site.changes()),
        cadence=choices.cadence,
        paused_until=choices.paused_until(site.timing),
        changes=site.changes(),
        timing=site.timing,
        now=site.now(),
        elapsed=site.elapsed(),
    )
