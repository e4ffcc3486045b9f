"""Choosing: what one follows, how early, in which language; a pause; and asking for the link to one's data.

The link may stand in a mail that is forwarded, so it shows no address and reads no personal data.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from notifier.consent.access import request_access
from notifier.consent.choosing import choose, look_up
from notifier.consent.leaving import leave_topic
from notifier.core.cadence import DEFAULT_CADENCE, Cadence, parse_cadence
from notifier.core.subscription import (
    EVERYTHING,
    MOVED,
    Addressee,
    Scope,
    Subscriber,
    SubscriberState,
    Topic,
    parse_topic,
    unknown_target,
)
from notifier.core.text import Language
from notifier.feeds.asking import named_language
from notifier.web.confirming import PRIVATE
from notifier.web.languages import asked_language
from notifier.web.page import Endpoint, page
from notifier.web.site import Site
from notifier.web.visitor import first, posted

LONGEST_PAUSE = timedelta(days=366)
Fields = dict[str, list[str]]


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
    said = _acted(site, found, fields) if fields else ""
    if said:
        renewed = look_up(engine=site.register.engine, addressee=found.addressee)
        if renewed is MOVED:
            return refused("old_link.html.j2", status=410)
        found = renewed or found
    if found.state is SubscriberState.LEFT:
        return page(site, request, "left.html.j2", language=found.language, headers=PRIVATE)
    return _form(site, request, found, said)


def _acted(site: Site, found: Subscriber, fields: Fields) -> str:
    """Do what was asked; answers which sentence says so."""
    engine, now, changes = site.register.engine, site.now(), site.changes()
    if "access" in fields:
        request_access(engine=engine, addressee=found.addressee, now=now)
        return "access"
    dropped = _topics(site, fields.get("drop", [])[:1])
    if dropped and changes is not None:
        leave_topic(engine=engine, addressee=found.addressee, topic=dropped[0], changes=changes, now=now)
        return "saved"
    topics = (
        (EVERYTHING,) if first(fields, "follow") == "everything" else _topics(site, fields.get("topic", []))
    )
    if not topics:
        return "nothing"
    try:
        until = _pause(site, first(fields, "pause"))
    except ValueError:
        return "pause"
    choose(
        engine=engine,
        addressee=found.addressee,
        language=named_language(first(fields, "language")) or found.language,
        topics=topics,
        cadence=_cadence(fields),
        paused_until=until,
        changes=changes,
        now=now,
    )
    return "saved"


def _topics(site: Site, written: list[str]) -> tuple[Topic, ...]:
    """The Topics that were ticked and that there are."""
    changes = site.changes()
    topics = []
    for text in dict.fromkeys(written):
        try:
            topic = parse_topic(text)
        except ValueError:
            continue
        if changes is not None and not unknown_target(topic, changes):
            topics.append(topic)
    return tuple(topics)


def _cadence(fields: Fields) -> Cadence | None:
    """Their own Leads; None for the usual ones, and for what nobody's form holds."""
    if first(fields, "leads") != "own":
        return None
    try:
        return parse_cadence(fields.get("lead", []))
    except ValueError:
        return None


def _pause(site: Site, written: str) -> datetime | None:
    """The end of a pause, None for none. Raises ValueError for what is no day of the year ahead."""
    if not written:
        return None
    day, today = date.fromisoformat(written), site.timing.today(site.now())
    if not today < day <= today + LONGEST_PAUSE:
        raise ValueError("a pause ends on a day of the year ahead")
    return datetime.combine(day, time(site.timing.at.hour, site.timing.at.minute), tzinfo=site.timing.zone)


def _form(site: Site, request: Request, found: Subscriber, said: str) -> Response:
    language = named_language(request.query_params.get("lang", "")) or found.language
    changes = site.changes()
    topics = {each.topic for each in found.subscriptions}
    leads = set(found.cadence.leads) if found.cadence else set()
    paused = found.paused_until if found.paused_until and found.paused_until > site.now() else None
    today = site.timing.today(site.now())
    return page(
        site,
        request,
        "choose.html.j2",
        language=language,
        status=422 if said in ("nothing", "pause") else 200,
        headers=PRIVATE,
        said=said,
        everything=EVERYTHING in topics,
        services=[
            (each, Topic(Scope.SERVICE, each.id) in topics) for each in (changes.services if changes else ())
        ],
        singles=[
            (each, Topic(Scope.CHANGE, each.id) in topics) for each in (changes.changes if changes else ())
        ],
        names={each.id: each.name for each in (changes.services if changes else ())},
        own_leads=bool(leads),
        leads=[(lead, lead in leads) for lead in sorted({*DEFAULT_CADENCE.leads, *leads}, reverse=True)],
        chosen_language=found.language,
        choosable=tuple(Language),
        paused_until=paused.astimezone(site.timing.zone).date() if paused else None,
        first_day=today + timedelta(days=1),
        last_day=today + LONGEST_PAUSE,
        leave_url=site.links.leave(found.addressee).removeprefix(site.links.base_url).lstrip("/"),
        is_suspended=found.state is SubscriberState.SUSPENDED,
    )
