"""Import vendors: a CSV file of organisations, all of them or none.

Twice is harmless: who is there already gets the name and the domains of the file.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from notifier.jobs.rows import Problems, read_rows
from notifier.store import vendors
from notifier.store.engine import writing
from notifier.store.vendors import Vendor, checked, mistakes

COLUMNS = ("id", "name", "domains")


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """What importing would come to."""

    new: tuple[Vendor, ...]
    changed: tuple[Vendor, ...]
    same: int


def read_vendors(data: bytes) -> tuple[Vendor, ...]:
    """Every Vendor in the file. Raises ImportRefusedError with every problem."""
    problems = Problems()
    found: dict[str, tuple[int, Vendor]] = {}
    for row in read_rows(data, columns=COLUMNS, required=["id", "name"], problems=problems):
        vendor_id, name, domains = (row.values[column] for column in COLUMNS)
        wrong = mistakes(vendor_id=vendor_id, name=name, domains=domains.split())
        for mistake in wrong:
            problems.add(row.line, mistake)
        if wrong:
            continue
        vendor = checked(vendor_id=vendor_id, name=name, domains=domains.split())
        first, _ = found.setdefault(vendor.id, (row.line, vendor))
        if first != row.line:
            problems.add(row.line, f"{vendor.id} is on line {first} already; keep one of them")
    problems.refuse()
    return tuple(vendor for _, vendor in found.values())


def foresee(there: Collection[Vendor], many: Sequence[Vendor]) -> Foreseen:
    """What importing `many` would come to beside the Vendors that are there."""
    known = frozenset(there)
    names = {vendor.id for vendor in known}
    new = tuple(vendor for vendor in many if vendor.id not in names)
    changed = tuple(vendor for vendor in many if vendor.id in names and vendor not in known)
    return Foreseen(new=new, changed=changed, same=len(many) - len(new) - len(changed))


def import_vendors(*, engine: Engine, many: Sequence[Vendor], now: datetime) -> int:
    """Add or update all of them in one transaction; answers how many are new."""
    with writing(engine) as connection:
        return vendors.put_many(connection, many, now=now)
