"""Suppressions: addresses that are not written to again unless somebody's word says so, known by a keyed hash alone."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, and_, delete, exists, select

from notifier.core.caps import cap_identity
from notifier.core.pseudonym import Pseudonyms
from notifier.store.tables import suppressions
from notifier.store.upsert import insert_into

_PURPOSE = "suppression"


class Suppressed(StrEnum):
    """Why an address is not written to.

    denied  they said «I did not ask for this»: only an operator may have it written to again
    erased  the person was erased: they may ask again themselves, but no import writes to them
    """

    DENIED = "denied"
    ERASED = "erased"


def suppress(connection: Connection, address: str, *, pseudonyms: Pseudonyms, now: datetime) -> None:
    """Never ask this address again, with whatever plus-tag. Raises ValueError when it is no address."""
    suppress_many(connection, [address], why=Suppressed.DENIED, pseudonyms=pseudonyms, now=now)


def suppress_many(
    connection: Connection,
    addresses: Sequence[str],
    *,
    why: Suppressed,
    pseudonyms: Pseudonyms,
    now: datetime,
) -> None:
    """The same for several addresses. Whoever denied has the last word.

    It is noted under every key, since what waits to be sent may know the address by an older one.
    """
    keys = {key for address in addresses for key in pseudonyms.all_of(_PURPOSE, cap_identity(address))}
    rows = [{"key": key, "at": now, "why": why.value} for key in sorted(keys)]
    statement = insert_into(connection, suppressions)
    if why is Suppressed.DENIED:
        statement = statement.on_conflict_do_update(index_elements=["key"], set_={"why": why.value})
    else:
        statement = statement.on_conflict_do_nothing()
    connection.execute(statement, rows)


def known_as(address: str, *, pseudonyms: Pseudonyms) -> str:
    """The key under which a suppression of the address is found. Raises ValueError when it is no address."""
    return pseudonyms.of(_PURPOSE, cap_identity(address))


def is_suppressed(connection: Connection, address: str, *, pseudonyms: Pseudonyms) -> bool:
    """Whether the address denied. Raises ValueError when it is no address."""
    known = pseudonyms.all_of(_PURPOSE, cap_identity(address))
    denied = and_(suppressions.c.key.in_(known), suppressions.c.why == Suppressed.DENIED)
    return bool(connection.scalar(select(exists().where(denied))))


def suppressed_among(
    connection: Connection, addresses: Collection[str], *, pseudonyms: Pseudonyms
) -> frozenset[str]:
    """Which of these addresses are suppressed, for whatever reason (at most 5,000 of them).

    Raises ValueError when one is no address.
    """
    keys = {address: pseudonyms.all_of(_PURPOSE, cap_identity(address)) for address in addresses}
    wanted = {key for several in keys.values() for key in several}
    found = set(connection.scalars(select(suppressions.c.key).where(suppressions.c.key.in_(wanted))))
    return frozenset(address for address, several in keys.items() if not found.isdisjoint(several))


def lift(connection: Connection, address: str, *, pseudonyms: Pseudonyms) -> Suppressed | None:
    """Let the address be written to again, on an operator's word; answers why it was suppressed, if it was.

    Raises ValueError when it is no address.
    """
    known = pseudonyms.all_of(_PURPOSE, cap_identity(address))
    gone = delete(suppressions).where(suppressions.c.key.in_(known)).returning(suppressions.c.why)
    found = connection.scalars(gone).all()
    if not found:
        return None
    return Suppressed.DENIED if Suppressed.DENIED in found else Suppressed.ERASED
