"""The list as the system knows it: every reading, the one in force, and what changed when.

A reading is known by the hash of its content. At most one is in force; a partial unique index sees to it. What
was dropped from the file stays in what is kept as in force. Differences are append-only.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, and_, exists, func, insert, literal, or_, select, true, update

from notifier.core.change import ChangeList
from notifier.core.diff import Difference
from notifier.core.history import Entry
from notifier.errors import UsageError
from notifier.store.list_rows import as_json, difference_row, dumped, entry_of, list_of
from notifier.store.list_tables import differences as differences_table
from notifier.store.list_tables import effects as effects_table
from notifier.store.list_tables import readings as readings_table
from notifier.store.upsert import insert_into

SHORT = 10
# Any number will do, as long as every release uses the same.
_ADVISORY_LOCK = 7_236_018_454


class ReadingState(StrEnum):
    """Where a reading stands."""

    IN_FORCE = "in_force"
    REPLACED = "replaced"
    HELD = "held"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One reading of the list. `hash` is that of the file's content; `changes` of the one in force also
    holds what the file dropped. `objections` are the sentences for which it was held."""

    id: int
    hash: str
    revision: int
    state: ReadingState
    changes: ChangeList
    objections: tuple[str, ...]
    seen_at: datetime
    in_force_at: datetime | None
    decided_by: str | None
    decided_at: datetime | None


# Asked for with every claim, and put together once.
_IN_FORCE = select(readings_table).where(readings_table.c.state == ReadingState.IN_FORCE)


def canonical_hash(changes: ChangeList) -> str:
    """SHA-256 of the content in hex; comments and layout of the file do not matter."""
    text = json.dumps(as_json(changes), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def short(digest: str) -> str:
    """The part of a hash that people type."""
    return digest[:SHORT]


def lock(connection: Connection) -> None:
    """Let no other node weigh or decide on a reading before this transaction ends."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_ADVISORY_LOCK)))


def in_force(connection: Connection) -> Reading | None:
    """The reading in force, None before the first."""
    row = connection.execute(_IN_FORCE).one_or_none()
    return _reading(row) if row else None


def readings(connection: Connection, ids: Collection[int] | None = None) -> tuple[Reading, ...]:
    """Every reading ever seen that could have taken force, or those with these ids, oldest first."""
    chosen = true() if ids is None else readings_table.c.id.in_(ids)
    rows = connection.execute(select(readings_table).where(chosen).order_by(readings_table.c.id))
    return tuple(_reading(row) for row in rows)


def hold(
    connection: Connection, *, changes: ChangeList, objections: Collection[str], now: datetime
) -> Reading:
    """Keep a reading for a person to decide on. One that is known already stays as it is: see its state."""
    digest = canonical_hash(changes)
    row = {
        "hash": digest,
        "revision": changes.revision,
        "state": ReadingState.HELD.value,
        "content": dumped(changes),
        "objections": json.dumps(list(objections), ensure_ascii=False),
        "seen_at": now,
    }
    connection.execute(insert_into(connection, readings_table).on_conflict_do_nothing(), row)
    return _reading(connection.execute(select(readings_table).where(readings_table.c.hash == digest)).one())


def find(connection: Connection, changes: ChangeList) -> Reading | None:
    """The reading with exactly this content, if it was ever seen."""
    same = readings_table.c.hash == canonical_hash(changes)
    row = connection.execute(select(readings_table).where(same)).one_or_none()
    return _reading(row) if row else None


def find_held(connection: Connection, short_hash: str) -> Reading:
    """The held reading whose hash begins so. Raises UsageError when there is none or several."""
    chosen = select(readings_table).where(readings_table.c.state == ReadingState.HELD)
    held = [_reading(row) for row in connection.execute(chosen.order_by(readings_table.c.id))]
    typed = short_hash.strip().lower()
    found = [reading for reading in held if typed and reading.hash.startswith(typed)]
    if len(found) == 1:
        return found[0]
    names = ", ".join(f"{short(reading.hash)} (revision {reading.revision})" for reading in held)
    what = "more than one held reading begins" if found else "there is no held reading that begins"
    raise UsageError(f"{what} with “{short_hash}”; held: {names or 'none'}")


def reject(connection: Connection, held: Reading, *, by: str, now: datetime) -> bool:
    """Forget a held reading: the same content is not asked about again. Answers whether it was still held."""
    still_held = and_(readings_table.c.id == held.id, readings_table.c.state == ReadingState.HELD)
    values = {"state": ReadingState.REJECTED.value, "decided_by": by[:200], "decided_at": now}
    return bool(connection.execute(update(readings_table).where(still_held).values(values)).rowcount)


def put_in_force(
    connection: Connection,
    *,
    changes: ChangeList,
    merged: ChangeList,
    differences: Sequence[Difference],
    since: Mapping[str, datetime],
    news: Collection[Difference],
    now: datetime,
    decided_by: str | None = None,
) -> bool:
    """Put a reading in force; answers False, with nothing changed, when one as new or newer already is.

    `changes` is the reading as it was read, `merged` what holds from now on (with what it dropped). `news`
    are the Differences that people are told of, `since` is from when on reminders count that start afresh, by the
    Deadline's key.
    """
    lock(connection)
    _retire(connection, changes.revision)
    if not _install(connection, changes, merged, now, decided_by):
        return False
    told = frozenset(news)
    rows = [difference_row(entry, changes.revision, entry in told, now) for entry in differences]
    if rows:
        connection.execute(insert(differences_table), rows)
    insertion = insert_into(connection, effects_table)
    afresh = insertion.on_conflict_do_update(
        index_elements=["deadline"], set_={"since": insertion.excluded.since}
    )
    if since:
        connection.execute(afresh, [{"deadline": key, "since": at} for key, at in sorted(since.items())])
    return True


def history(connection: Connection) -> dict[str, tuple[Entry, ...]]:
    """Every Difference that took force, oldest first, by the Deadline's key."""
    found: dict[str, list[Entry]] = {}
    for _, entry in numbered(connection):
        found.setdefault(entry.difference.deadline, []).append(entry)
    return {key: tuple(entries) for key, entries in found.items()}


def numbered(connection: Connection) -> Iterator[tuple[int, Entry]]:
    """Every Difference that took force with its id, which rises."""
    for row in connection.execute(select(differences_table).order_by(differences_table.c.id)):
        yield row.id, entry_of(row)


def last_difference(connection: Connection) -> int:
    """The id of the last Difference that took force, 0 before the first."""
    return connection.scalar(select(func.max(differences_table.c.id))) or 0


def news(connection: Connection) -> tuple[Entry, ...]:
    """Every Difference that people are told of, oldest first."""
    chosen = select(differences_table).where(differences_table.c.news).order_by(differences_table.c.id)
    return tuple(entry_of(row) for row in connection.execute(chosen))


def effects(connection: Connection) -> dict[str, datetime]:
    """Since when each Deadline's present date and Leads hold, by its key."""
    rows = connection.execute(select(effects_table.c.deadline, effects_table.c.since))
    return {row.deadline: row.since for row in rows}


def _retire(connection: Connection, revision: int) -> None:
    """The reading in force makes room for a higher revision; so do held ones that it overtakes."""
    overtaken = or_(
        and_(readings_table.c.state == ReadingState.IN_FORCE, readings_table.c.revision < revision),
        and_(readings_table.c.state == ReadingState.HELD, readings_table.c.revision <= revision),
    )
    connection.execute(update(readings_table).where(overtaken).values(state=ReadingState.REPLACED.value))


def _install(
    connection: Connection, changes: ChangeList, merged: ChangeList, now: datetime, decided_by: str | None
) -> bool:
    values: dict[str, Any] = {
        "hash": canonical_hash(changes),
        "revision": changes.revision,
        "state": ReadingState.IN_FORCE.value,
        "content": dumped(merged),
        "seen_at": now,
        "in_force_at": now,
        "decided_by": decided_by,
        "decided_at": now if decided_by else None,
    }
    there_is_one = exists().where(readings_table.c.state == ReadingState.IN_FORCE)
    row = select(*(literal(value, readings_table.c[name].type) for name, value in values.items()))
    insertion = insert_into(connection, readings_table).from_select(list(values), row.where(~there_is_one))
    taken = insertion.on_conflict_do_update(
        index_elements=["hash"],
        set_={name: insertion.excluded[name] for name in values if name not in ("hash", "seen_at")},
    )
    return bool(connection.execute(taken).rowcount)


def _reading(row: Any) -> Reading:
    return Reading(
        id=row.id,
        hash=row.hash,
        revision=row.revision,
        state=ReadingState(row.state),
        changes=list_of(row.content),
        objections=tuple(json.loads(row.objections)),
        seen_at=row.seen_at,
        in_force_at=row.in_force_at,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
    )
