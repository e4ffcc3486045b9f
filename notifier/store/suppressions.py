"""Suppressions: who said «I did not ask for this», known by a keyed hash alone, and never asked again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, exists, select

from notifier.core.caps import cap_identity
from notifier.core.pseudonym import Pseudonyms
from notifier.store.tables import suppressions
from notifier.store.upsert import insert_into

_PURPOSE = "suppression"


def suppress(connection: Connection, address: str, *, pseudonyms: Pseudonyms, now: datetime) -> None:
    """Never ask this address again, with whatever plus-tag. Raises ValueError when it is no address.

    It is noted under every key, since what waits to be sent may know the address by an older one.
    """
    rows = [{"key": key, "at": now} for key in pseudonyms.all_of(_PURPOSE, cap_identity(address))]
    connection.execute(insert_into(connection, suppressions).on_conflict_do_nothing(), rows)


def known_as(address: str, *, pseudonyms: Pseudonyms) -> str:
    """The key under which a suppression of the address is found. Raises ValueError when it is no address."""
    return pseudonyms.of(_PURPOSE, cap_identity(address))


def is_suppressed(connection: Connection, address: str, *, pseudonyms: Pseudonyms) -> bool:
    """Whether the address said so. Raises ValueError when it is no address."""
    known = pseudonyms.all_of(_PURPOSE, cap_identity(address))
    return bool(connection.scalar(select(exists().where(suppressions.c.key.in_(known)))))


def lift(connection: Connection, address: str, *, pseudonyms: Pseudonyms) -> bool:
    """Let the address be asked again, on an operator's word; answers whether it was suppressed.

    Raises ValueError when it is no address.
    """
    known = pseudonyms.all_of(_PURPOSE, cap_identity(address))
    return bool(connection.execute(delete(suppressions).where(suppressions.c.key.in_(known))).rowcount)
