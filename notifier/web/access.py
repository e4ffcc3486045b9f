"""Access: moving to another address, the private calendar, a copy of one's data, deletion; by a fresh link."""

from __future__ import annotations

import json

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from notifier.consent import access
from notifier.core.subscription import Subscriber
from notifier.feeds.asking import named_language
from notifier.web.calendar_links import private_links
from notifier.web.confirming import PRIVATE
from notifier.web.headers import WITH_SCRIPT
from notifier.web.languages import asked_language
from notifier.web.page import Endpoint, page
from notifier.web.site import Site
from notifier.web.visitor import client_of, first, posted

Fields = dict[str, list[str]]


def accessing(site: Site) -> Endpoint:
    """`/access/TOKEN`: the page by GET; by POST `address`, `rotate`, `download` or `erase`."""

    async def endpoint(request: Request) -> Response:
        named = site.links.read_access(request.path_params["token"], now=site.now())
        fields = await posted(site, request) if request.method == "POST" else None
        return await run_in_threadpool(_answer, site, request, named, fields)

    return endpoint


def _answer(site: Site, request: Request, named: tuple[str, int] | None, fields: Fields | None) -> Response:
    engine = site.register.engine
    found = access.look_up(engine=engine, public_id=named[0], generation=named[1]) if named else None
    if found is None:
        language = asked_language(request)
        return page(site, request, "unknown_link.html.j2", language=language, status=404, headers=PRIVATE)
    if fields and "download" in fields:
        return _download(site, found)
    said = _acted(site, request, found, fields) if fields else ""
    if said == "erased":
        return page(site, request, "erased.html.j2", language=found.language, headers=PRIVATE)
    found = access.look_up(engine=engine, public_id=found.public_id, generation=found.generation) or found
    return page(
        site,
        request,
        "access.html.j2",
        language=named_language(request.query_params.get("lang", "")) or found.language,
        status=422 if said == "wrong" else 200,
        headers={**PRIVATE, **WITH_SCRIPT},
        said=said,
        address=found.address,
        serial=found.calendar_serial,
        calendar=private_links(site, found),
    )


def _acted(site: Site, request: Request, found: Subscriber, fields: Fields) -> str:
    """Do what was asked; answers which sentence says so."""
    engine, now = site.register.engine, site.now()
    if "rotate" in fields:
        serial = first(fields, "rotate")
        access.rotate_calendar(
            engine=engine,
            public_id=found.public_id,
            generation=found.generation,
            serial=int(serial) if serial.isascii() and serial.isdigit() and len(serial) < 9 else -1,
        )
        return "rotated"
    if "erase" in fields and first(fields, "sure") == "yes":
        access.erase(
            engine=engine,
            pseudonyms=site.register.pseudonyms,
            public_id=found.public_id,
            generation=found.generation,
            now=now,
        )
        return "erased"
    if "address" not in fields:
        return "unsure" if "erase" in fields else ""
    try:
        access.ask_new_address(
            engine=engine,
            pseudonyms=site.register.pseudonyms,
            public_id=found.public_id,
            generation=found.generation,
            address=first(fields, "address"),
            client=client_of(request, site.register.trusted_proxies),
            now=now,
        )
    except ValueError:
        return "wrong"
    return "asked"


def _download(site: Site, found: Subscriber) -> Response:
    stored = access.download(
        engine=site.register.engine,
        pseudonyms=site.register.pseudonyms,
        public_id=found.public_id,
        generation=found.generation,
    )
    headers = {
        **PRIVATE,
        "Cache-Control": "no-store",
        "Content-Disposition": 'attachment; filename="notifier.json"',
    }
    body = json.dumps(stored, ensure_ascii=False, indent=2)
    return Response(body, media_type="application/json", headers=headers)
