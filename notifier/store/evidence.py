"""What the services saw of each Vendor's use."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, func, insert, select

from notifier.core.answer import Evidence
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
        }
        for each in seen
    ]
    if rows:
        connection.execute(insert(evidence), rows)


def last_of_each(
    connection: Connection, vendors: Collection[str] | None = None
) -> dict[tuple[str, str], Evidence]:
    """The last that was seen, by Vendor and Change; of all Vendors where none are named."""
    newest = select(func.max(evidence.c.id)).group_by(evidence.c.vendor_id, evidence.c.change)
    if vendors is not None:
        newest = newest.where(evidence.c.vendor_id.in_(vendors))
    rows = connection.execute(select(evidence).where(evidence.c.id.in_(newest)))
    return {
        (row.vendor_id, row.change): Evidence(
            vendor=row.vendor_id,
            change_id=row.change,
            calls=row.calls,
            last_seen=row.last_seen,
            at=row.at,
        )
        for row in rows
    }
