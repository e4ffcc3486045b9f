"""Vendors: the organisations that Subscribers belong to, with their mail domains."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, select

from notifier.core.address import normal_domain
from notifier.store.answer_tables import clients
from notifier.store.tables import vendors
from notifier.store.upsert import insert_into

LONGEST_CLIENT = 200
_LETTERS = str.maketrans({"æ": "ae", "ø": "o", "å": "a"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendor:
    """An organisation; `id` is its short stable name, `clients` the ids its software has at the services."""

    id: str
    name: str
    domains: tuple[str, ...] = ()
    clients: tuple[str, ...] = ()


def mistakes(
    *, vendor_id: str, name: str, domains: Sequence[str] = (), clients: Sequence[str] = ()
) -> tuple[str, ...]:
    """Everything that is wrong with what a person wrote of a Vendor, each in a sentence."""
    found = []
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,59}", vendor_id, re.ASCII):
        found.append(f"“{vendor_id[:80]}” is not a vendor's id; write a-z, 0-9 and - only, at most 60")
    if not name.strip() or len(name) > 200 or not name.isprintable():
        found.append(f"the vendor “{vendor_id[:80]}” needs a name of one line, at most 200 characters")
    for domain in domains:
        try:
            normal_domain(domain)
        except ValueError as error:
            found.append(str(error))
    found += [
        f"“{client[:80]}” is not a client's id; write at most {LONGEST_CLIENT} characters"
        for client in clients
        if len(client) > LONGEST_CLIENT or not client.isprintable()
    ]
    return tuple(found)


def checked(*, vendor_id: str, name: str, domains: Sequence[str] = (), clients: Sequence[str] = ()) -> Vendor:
    """A Vendor from what a person wrote. Raises ValueError with all of its mistakes."""
    found = mistakes(vendor_id=vendor_id, name=name, domains=domains, clients=clients)
    if found:
        raise ValueError("; ".join(found))
    normal = dict.fromkeys(normal_domain(domain) for domain in domains)
    return Vendor(
        id=vendor_id, name=name.strip(), domains=tuple(normal), clients=tuple(dict.fromkeys(clients))
    )


def id_from(name: str) -> str:
    """An id made from a name: `Blåbær EPJ AS` becomes `blabaer-epj-as`."""
    plain = unicodedata.normalize("NFKD", name.casefold().translate(_LETTERS))
    return re.sub(r"[^a-z0-9]+", "-", plain.encode("ascii", "ignore").decode()).strip("-")[:60]


def add(connection: Connection, new: Vendor, *, now: datetime) -> bool:
    """Add a Vendor; False when there is one with that id, which stays as it is."""
    statement = insert_into(connection, vendors).on_conflict_do_nothing()
    return bool(connection.execute(statement, _row(new, now)).rowcount)


def put_many(connection: Connection, many: Sequence[Vendor], *, now: datetime) -> int:
    """Add these Vendors, and bring those that are there already up to date; answers how many are new.

    Clients are added to those that a Vendor has; one that another Vendor had is this one's from now on.
    """
    if not many:
        return 0
    before = {known.id for known in listing(connection)}
    insertion = insert_into(connection, vendors)
    changed = {"name": insertion.excluded.name, "domains": insertion.excluded.domains}
    rows = {entry.id: _row(entry, now) for entry in many}
    connection.execute(
        insertion.on_conflict_do_update(index_elements=["id"], set_=changed), list(rows.values())
    )
    theirs = [{"id": client, "vendor_id": entry.id} for entry in many for client in entry.clients]
    if theirs:
        owning = insert_into(connection, clients)
        moved = {"vendor_id": owning.excluded.vendor_id}
        connection.execute(owning.on_conflict_do_update(index_elements=["id"], set_=moved), theirs)
    return len(rows.keys() - before)


def find(connection: Connection, vendor_id: str) -> Vendor | None:
    """The Vendor with that id."""
    return next(iter(_read(connection, select(vendors).where(vendors.c.id == vendor_id))), None)


def listing(connection: Connection) -> tuple[Vendor, ...]:
    """Every Vendor, by id."""
    return _read(connection, select(vendors).order_by(vendors.c.id))


def owners_of_clients(connection: Connection) -> dict[str, str]:
    """The Vendor of each client."""
    return {row.id: row.vendor_id for row in connection.execute(select(clients))}


def _row(entry: Vendor, now: datetime) -> dict[str, Any]:
    return {"id": entry.id, "name": entry.name, "domains": " ".join(entry.domains), "created_at": now}


def _read(connection: Connection, chosen: Select[Any]) -> tuple[Vendor, ...]:
    rows = connection.execute(chosen).all()
    theirs: dict[str, list[str]] = {}
    for client in connection.execute(
        select(clients).where(clients.c.vendor_id.in_([row.id for row in rows])).order_by(clients.c.id)
    ):
        theirs.setdefault(client.vendor_id, []).append(client.id)
    return tuple(
        Vendor(
            id=row.id,
            name=row.name,
            domains=tuple(row.domains.split()),
            clients=tuple(theirs.get(row.id, ())),
        )
        for row in rows
    )
