"""The history of Deadlines as calendar programs saw it: what took force, and every reprint.

A reprint is when all events were worded anew though the list stayed as it was: by another release, or with other
settings. It is kept beside the last Difference before it, so that the order is that in which things happened, whatever
the clock said.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from notifier.core.diff import Difference, DifferenceKind
from notifier.core.history import Entry
from notifier.store import changes, installation

# So a node of the release that is being replaced makes no reprint while it lasts, and nodes whose settings differ for
# good do not make one at every look.
AT_MOST_EVERY = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reprint:
    """When, and the id of the last Difference before it."""

    at: datetime
    after: int


def reprints(connection: Connection) -> tuple[Reprint, ...]:
    """Every reprint, oldest first."""
    return _read(connection)[1]


def keep(connection: Connection, imprint: str, *, now: datetime) -> bool:
    """Remember what events are printed like; answers whether that made a reprint. The first ever is none."""
    changes.lock(connection)
    kept, before = _read(connection)
    if kept == imprint or (before and timedelta(0) <= now - before[-1].at < AT_MOST_EVERY):
        return False
    after = changes.last_difference(connection)
    made = (*before, Reprint(at=now, after=after)) if kept else before
    rows = [[each.at.isoformat(), each.after] for each in made]
    installation.keep_imprint(connection, json.dumps({"imprint": imprint, "reprints": rows}))
    return bool(kept)


def is_kept(connection: Connection, imprint: str) -> bool:
    """Whether events were last printed like this."""
    return _read(connection)[0] == imprint


def history(connection: Connection) -> dict[str, tuple[Entry, ...]]:
    """Every Difference that took force, by the Deadline's key, oldest first; a reprint rewords each known by then."""
    found: dict[str, list[Entry]] = {}
    waiting = list(reprints(connection))
    for number, entry in changes.numbered(connection):
        while waiting and waiting[0].after < number:
            _reword(found, waiting.pop(0).at)
        found.setdefault(entry.difference.deadline, []).append(entry)
    for reprint in waiting:
        _reword(found, reprint.at)
    return {key: tuple(entries) for key, entries in found.items()}


def _reword(found: dict[str, list[Entry]], at: datetime) -> None:
    for key, entries in found.items():
        last = entries[-1]
        when = last.difference.new
        difference = Difference(deadline=key, kind=DifferenceKind.REWORDED, old=when, new=when)
        entries.append(Entry(difference=difference, revision=last.revision, at=at, news=False))


def _read(connection: Connection) -> tuple[str, tuple[Reprint, ...]]:
    value = installation.kept_imprint(connection)
    if value is None:
        return "", ()
    kept = json.loads(value)
    rows = kept["reprints"]
    return kept["imprint"], tuple(Reprint(at=datetime.fromisoformat(at), after=after) for at, after in rows)
