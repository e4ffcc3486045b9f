"""Import vendors: a CSV file of organisations, all of them or none.

Twice is harmless: who is there already gets the name and the domains of the file, and its clients beside
those that are known.
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

COLUMNS = ("id", "name", "domains", "clients")


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
        vendor_id, name = row.values["id"], row.values["name"]
        domains, clients = row.values["domains"].split(), row.values["clients"].split()
        wrong = mistakes(vendor_id=vendor_id, name=name, domains=domains, clients=clients)
        for mistake in wrong:
            problems.add(row.line, mistake)
        if wrong:
            continue
        vendor = checked(vendor_id=vendor_id, name=name, domains=domains, clients=clients)
        first, _ = found.setdefault(vendor.id, (row.line, vendor))
        if first != row.line:
            problems.add(row.line, f"{vendor.id} is on line {first} already; keep one of them")
    problems.refuse()
    return tuple(vendor for _, vendor in found.values())


def foresee(there: Collection[Vendor], many: Sequence[Vendor]) -> Foreseen:
    """What importing `many` would come to beside the Vendors that are there."""
    known = {vendor.id: vendor for vendor in there}
    new = tuple(vendor for vendor in many if vendor.id not in known)
    changed = tuple(v for v in many if v.id in known and _differs(v, known[v.id]))
    return Foreseen(new=new, changed=changed, same=len(many) - len(new) - len(changed))


def _differs(vendor: Vendor, known: Vendor) -> bool:
    """Whether importing it alters anything; clients that the file does not name stay."""
    is_same = (vendor.name, vendor.domains) == (known.name, known.domains)
    return not is_same or not set(vendor.clients) <= set(known.clients)


def import_vendors(*, engine: Engine, many: Sequence[Vendor], now: datetime) -> int:
    """Add or update all of them in one transaction; answers how many are new."""
    with writing(engine) as connection:
        return vendors.put_many(connection, many, now=now)
