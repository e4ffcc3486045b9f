"""What the services saw of each Vendor's use."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, insert, select

from notifier.core.answer import Evidence, Use
from notifier.store.answer_tables import evidence


def add(connection: Connection, seen: Sequence[Evidence]) -> None:
    """Record what was seen."""
    rows = [
        {
            "vendor_id": each.vendor,
            "change": each.change_id,
            "calls": each.calls,
            "last_seen": each.last_seen,
            "at": each.at,
            "until": each.until,
            "uses": json.dumps([[u.client, u.calls, u.last_seen.isoformat()] for u in each.uses]),
        }
        for each in seen
    ]
    if rows:
        connection.execute(insert(evidence), rows)


def of_vendor(connection: Connection, vendor_id: str, change_id: str | None = None) -> tuple[Evidence, ...]:
    """Everything that was seen of one Vendor, oldest first; of one Change where it is named."""
    theirs = select(evidence).where(evidence.c.vendor_id == vendor_id)
    if change_id is not None:
        theirs = theirs.where(evidence.c.change == change_id)
    return tuple(_evidence(row) for row in connection.execute(theirs.order_by(evidence.c.id)))


def last_of_each(
    connection: Connection, vendors: Collection[str] | None = None, *, with_uses: bool = False
) -> dict[tuple[str, str], Evidence]:
    """The last that was seen, by Vendor and Change; of all Vendors where none are named. `with_uses` also by which
    client."""
    newest = select(func.max(evidence.c.id)).group_by(evidence.c.vendor_id, evidence.c.change)
    if vendors is not None:
        newest = newest.where(evidence.c.vendor_id.in_(vendors))
    rows = connection.execute(select(evidence).where(evidence.c.id.in_(newest)))
    return {(row.vendor_id, row.change): _evidence(row, _uses(row) if with_uses else ()) for row in rows}


def on_changes(
    connection: Connection, change_ids: Collection[str]
) -> dict[str, dict[str, tuple[Evidence, ...]]]:
    """By Change and Vendor, everything that was seen of these Changes, oldest first."""
    columns = (c for c in evidence.c if c.name != "uses")
    chosen = select(*columns).where(evidence.c.change.in_(change_ids)).order_by(evidence.c.id)
    found: dict[str, dict[str, list[Evidence]]] = {}
    for row in connection.execute(chosen):
        found.setdefault(row.change, {}).setdefault(row.vendor_id, []).append(_evidence(row))
    return {
        change_id: {vendor: tuple(series) for vendor, series in by_vendor.items()}
        for change_id, by_vendor in found.items()
    }


def _evidence(row: Any, uses: tuple[Use, ...] = ()) -> Evidence:
    return Evidence(
        vendor=row.vendor_id,
        change_id=row.change,
        calls=row.calls,
        last_seen=row.last_seen,
        at=row.at,
        until=row.until,
        uses=uses,
    )


def _uses(row: Any) -> tuple[Use, ...]:
    return tuple(Use(client, calls, date.fromisoformat(day)) for client, calls, day in json.loads(row.uses))
