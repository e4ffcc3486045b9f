"""Waivers: Vendors that need not be ready, on somebody's word. Kept for ever; the last one counts."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, func, insert, select

from notifier.core.readiness import Waiver
from notifier.store.answer_tables import waivers


def add(connection: Connection, waiver: Waiver) -> None:
    """Record one; it takes the place of an earlier one of that Vendor and Change."""
    row = {
        "vendor_id": waiver.vendor,
        "change": waiver.change_id,
        "by": waiver.by,
        "reason": waiver.reason,
        "until": waiver.until,
        "at": waiver.at,
    }
    connection.execute(insert(waivers).values(row))


def last_of_each(connection: Connection) -> dict[tuple[str, str], Waiver]:
    """The last Waiver of each Vendor and Change, whether its day is over or not."""
    newest = select(func.max(waivers.c.id)).group_by(waivers.c.vendor_id, waivers.c.change)
    chosen = select(waivers).where(waivers.c.id.in_(newest))
    return {(row.vendor_id, row.change): _waiver(row) for row in connection.execute(chosen)}


def of_vendor(connection: Connection, vendor_id: str, change_id: str) -> tuple[Waiver, ...]:
    """Every Waiver that one Vendor had for one Change, oldest first."""
    theirs = select(waivers).where(waivers.c.vendor_id == vendor_id, waivers.c.change == change_id)
    return tuple(_waiver(row) for row in connection.execute(theirs.order_by(waivers.c.id)))


def _waiver(row: Any) -> Waiver:
    return Waiver(
        vendor=row.vendor_id,
        change_id=row.change,
        by=row.by,
        reason=row.reason,
        until=row.until,
        at=row.at,
    )
