"""The canary that is on its way, or was last: one row, changed by one node at a time."""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from notifier.core.canary import Canary, after_return
from notifier.store.tables import installation
from notifier.store.upsert import insert_into

_KEY = "canary"


def last(connection: Connection) -> Canary | None:
    """The last one, None before the first."""
    written = connection.scalar(select(installation.c.value).where(installation.c.key == _KEY))
    if written is None:
        return None
    kept = json.loads(written)
    missed = kept["missed_since"]
    return Canary(
        number=kept["number"],
        sent_at=datetime.fromisoformat(kept["sent_at"]),
        next_at=datetime.fromisoformat(kept["next_at"]),
        missed_since=datetime.fromisoformat(missed) if missed else None,
    )


def put(connection: Connection, canary: Canary, *, instead_of: Canary | None) -> bool:
    """Keep it unless another node was quicker; answers whether it is kept."""
    if instead_of is None:
        new = insert_into(connection, installation).values(key=_KEY, value=_written(canary))
        return bool(connection.execute(new.on_conflict_do_nothing()).rowcount)
    same = (installation.c.key == _KEY, installation.c.value == _written(instead_of))
    return bool(connection.execute(update(installation).where(*same).values(value=_written(canary))).rowcount)


def note_return(connection: Connection, number: int) -> bool:
    """One came back, by a number that was signed; answers whether it was the last one, and still missed."""
    before = last(connection)
    after = after_return(before, number)
    return after is not None and put(connection, after, instead_of=before)


def forget(connection: Connection) -> None:
    """None is sent any more."""
    connection.execute(delete(installation).where(installation.c.key == _KEY))


def _written(canary: Canary) -> str:
    missed = canary.missed_since.isoformat() if canary.missed_since else None
    return json.dumps(
        {
            "number": canary.number,
            "sent_at": canary.sent_at.isoformat(),
            "next_at": canary.next_at.isoformat(),
            "missed_since": missed,
        }
    )
