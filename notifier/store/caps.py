"""Spending from Caps: counted by keyed hash and day, all or nothing, so that a refused request leaves no row."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import Connection, func, select

from notifier.core.caps import CAPS, MONTH, CapScope
from notifier.core.pseudonym import Pseudonyms
from notifier.store.tables import caps
from notifier.store.upsert import insert_into


def spend(
    connection: Connection, values: Mapping[CapScope, str], *, pseudonyms: Pseudonyms, today: date
) -> bool:
    """Count one more of each, unless `core.caps.allows` refuses any of them; answers whether it was counted.

    The UPDATE itself holds the limit, so that requests at the same time cannot pass together.
    """
    attempt = connection.begin_nested()
    for scope in CAPS:
        if scope in values and not _counted(connection, scope, values[scope], pseudonyms, today):
            attempt.rollback()
            return False
    attempt.commit()
    return True


def _counted(
    connection: Connection, scope: CapScope, value: str, pseudonyms: Pseudonyms, today: date
) -> bool:
    cap, key = CAPS[scope], pseudonyms.of(f"cap.{scope}", value)
    statement = insert_into(connection, caps).values(key=key, day=today, count=1)
    counting = statement.on_conflict_do_update(
        index_elements=["key", "day"], set_={"count": caps.c.count + 1}, where=caps.c.count < cap.daily
    ).returning(caps.c.count)
    if connection.scalar(counting) is None:
        return False
    if cap.monthly is None:
        return True
    month = (caps.c.key == key, caps.c.day >= today - MONTH, caps.c.day <= today)
    return (connection.scalar(select(func.sum(caps.c.count)).where(*month)) or 0) <= cap.monthly
