"""The history of Deadlines as calendar programs saw it: what took force, and every reprint.

A reprint is when all events were worded anew though the list stayed as it was: by another release, or with other
settings. It is kept beside the last Difference before it, so that the order is that in which things happened, whatever
the clock said.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from notifier.core.diff import DifferenceKind
from notifier.core.history import Entry
from notifier.core.imprint import Dispute, Printed, Reprint, Step, look
from notifier.store import changes, installation


def reprints(connection: Connection) -> tuple[Reprint, ...]:
    """Every reprint, oldest first."""
    return _read(connection).reprints


def keep(connection: Connection, imprint: str, *, now: datetime) -> Step:
    """Remember what events are printed like; answers what that came to. The first ever is no reprint."""
    changes.lock(connection)
    step, printed = look(_read(connection), imprint, after=changes.last_difference(connection), now=now)
    installation.keep_imprint(connection, _dump(printed))
    return step


def has_news(connection: Connection, imprint: str, *, now: datetime) -> bool:
    """Whether `keep` would change anything."""
    printed = _read(connection)
    return look(printed, imprint, after=0, now=now)[1] != printed


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
    for entries in found.values():
        last = entries[-1]
        difference = replace(last.difference, kind=DifferenceKind.REWORDED, old=last.difference.new)
        entries.append(Entry(difference=difference, revision=last.revision, at=at, news=False))


def _read(connection: Connection) -> Printed:
    value = installation.kept_imprint(connection)
    if value is None:
        return Printed()
    kept = json.loads(value)
    dispute = kept.get("dispute")
    return Printed(
        imprint=kept["imprint"],
        reprints=tuple(Reprint(at=datetime.fromisoformat(at), after=after) for at, after in kept["reprints"]),
        before=tuple(kept.get("before", ())),
        dispute=Dispute(**{name: datetime.fromisoformat(at) for name, at in dispute.items()})
        if dispute
        else None,
    )


def _dump(printed: Printed) -> str:
    dispute = printed.dispute
    seen = {"kept_seen": dispute.kept_seen, "other_seen": dispute.other_seen} if dispute else {}
    return json.dumps(
        {
            "imprint": printed.imprint,
            "reprints": [[each.at.isoformat(), each.after] for each in printed.reprints],
            "before": printed.before,
            "dispute": {name: at.isoformat() for name, at in seen.items()},
        }
    )
