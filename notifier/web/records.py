"""The machine-readable list as Editions, and its refusals as problem details (RFC 9457)."""

from __future__ import annotations

import json
from datetime import datetime, time
from http import HTTPStatus

from notifier.feeds.addresses import Variant
from notifier.feeds.api import changes_json, deadlines_json
from notifier.feeds.openapi import openapi_json
from notifier.feeds.query import AskedList, BadQueryError, Listed
from notifier.feeds.record import Addresses
from notifier.web.edition import Edition, edition
from notifier.web.shelf import Snapshot
from notifier.web.site import Site

PROBLEM = "application/problem+json"
_JSON = "application/json"
# Other sites' pages may read what everybody may read.
_OPEN = {"Access-Control-Allow-Origin": "*"}


def list_edition(site: Site, snapshot: Snapshot, asked: AskedList) -> Edition:
    """One of the lists."""
    write = changes_json if asked.of is Listed.CHANGES else deadlines_json
    body = write(
        changes=snapshot.changes,
        history=snapshot.history,
        today=snapshot.today,
        filters=asked.filters,
        addresses=_addresses(site),
    )
    # The states hold on one day, which the bytes name: they are never older than its midnight.
    midnight = datetime.combine(snapshot.today, time(0), site.timing.zone)
    latest = max((entry.at for entries in snapshot.history.values() for entry in entries), default=midnight)
    # And they hold the list's revision and when each Change was checked, which change without an Entry.
    changed_at = snapshot.not_ahead(max(midnight, latest, snapshot.since or midnight))
    return edition(body, media_type=_JSON, changed_at=changed_at, extra=_OPEN)


def openapi_edition(site: Site, snapshot: Snapshot) -> Edition:
    """The lists' description."""
    services = [service.id for service in snapshot.changes.services]
    body = openapi_json(server=site.links.base_url, publisher=site.publisher, services=services)
    return edition(body, media_type=_JSON, changed_at=None, extra=_OPEN)


def problem(status: int, sentence: str, error: Exception | None = None) -> str:
    """The problem as JSON; every mistake of a query by its parameter."""
    told: dict[str, object] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": sentence,
    }
    if isinstance(error, BadQueryError):
        told["errors"] = [{"parameter": name, "detail": detail} for name, detail in error.problems]
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"


def _addresses(site: Site) -> Addresses:
    def calendar(change_id: str) -> str:
        return f"{site.links.base_url}/{Variant.PLAIN}/change/{change_id}.ics"

    return Addresses(page=site.links.change, calendar=calendar, contact=site.contact)
