"""Exporting: everything stored about one person (GDPR articles 15 and 20), ready for JSON."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, String, Table, and_, cast, literal, or_, select

from notifier.core.address import identity_of
from notifier.core.caps import CapScope, cap_identity
from notifier.core.pseudonym import Pseudonyms
from notifier.core.subscription import SubscriberState
from notifier.store import suppressions, writers
from notifier.store.answer_tables import answers, partings
from notifier.store.tables import (
    alerts,
    asks,
    attempts,
    caps,
    continuations,
    exclusions,
    messages,
    notices,
    subscribers,
    subscriptions,
    vendors,
)

_THEIRS = {
    "subscriptions": subscriptions,
    "exclusions": exclusions,
    "continuations": continuations,
    "asks": asks,
    "partings": partings,
    "notices": notices,
    "messages": messages,
}


def export(connection: Connection, subscriber_id: int, *, pseudonyms: Pseudonyms) -> dict[str, Any]:
    """Every row about them, by table; also what is only counted, or known by a keyed hash of their address.

    An Answer is theirs who wrote it, whosever mail they replied to.
    """
    own = record_of(connection, subscriber_id)
    told = select(messages.c.id).where(messages.c.subscriber_id == subscriber_id)
    found = {"subscriber": [own]}
    for name, table in _THEIRS.items():
        found[name] = _rows(connection, table, table.c.subscriber_id == subscriber_id)
    found["answers"] = _rows(connection, answers, _wrote(connection, own))
    found["attempts"] = _rows(connection, attempts, attempts.c.message_id.in_(told))
    found["vendor"] = _rows(connection, vendors, vendors.c.id == own["vendor_id"])
    found["alerts"] = _rows(connection, alerts, _names(subscriber_id))
    if own["state"] == SubscriberState.ERASED:
        return found
    address = own["address"]
    counted = [
        key
        for scope in (CapScope.ADDRESS, CapScope.RESPONSE, CapScope.DOUBTED)
        for key in pseudonyms.all_of(f"cap.{scope}", cap_identity(address))
    ]
    return found | {
        "caps": _rows(connection, caps, caps.c.key.in_(counted)),
        "suppressed": bool(suppressions.suppressed_among(connection, [address], pseudonyms=pseudonyms)),
    }


def export_written(connection: Connection, address: str) -> dict[str, Any]:
    """The same for somebody who never subscribed: what they wrote in reply to what others were sent.

    Raises ValueError when it is no address.
    """
    ids = writers.written_by(connection, {identity_of(address)})
    return {"answers": _rows(connection, answers, answers.c.id.in_(ids))}


def record_of(connection: Connection, subscriber_id: int) -> dict[str, Any]:
    """The Subscriber's own row, who must exist."""
    (row,) = _rows(connection, subscribers, subscribers.c.id == subscriber_id)
    return row


def _wrote(connection: Connection, own: dict[str, Any]) -> ColumnElement[bool]:
    """The condition on an Answer under which this Subscriber wrote it."""
    by_themselves = and_(answers.c.subscriber_id == own["id"], answers.c.by == "")
    return or_(by_themselves, answers.c.id.in_(writers.written_by(connection, {own["identity"]})))


def _names(subscriber_id: int) -> ColumnElement[bool]:
    """The condition on an Alert under which it is about them or a Message to them."""
    number = cast(messages.c.id, String)
    theirs = messages.c.subscriber_id == subscriber_id
    of_messages = (
        alerts.c.key.in_(select(literal(f"{kind}:") + number).where(theirs)) for kind in ("failed", "unknown")
    )
    return or_(alerts.c.key == f"suspended:{subscriber_id}", *of_messages)


def _rows(connection: Connection, table: Table, condition: ColumnElement[bool]) -> list[dict[str, Any]]:
    chosen = select(table).where(condition).order_by(*table.primary_key.columns)
    return [
        {name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()}
        for row in connection.execute(chosen).mappings()
    ]
