"""Refresh: read the list, compare it with the one in force, let it take force or hold it.

Twice is harmless: a reading is known by its hash, and only one with a higher revision can take force, which
the statement that does it checks again.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from sqlalchemy import Connection, Engine

from notifier.core.change import ChangeList
from notifier.core.clock import disbelief
from notifier.core.diff import Difference, DifferenceKind, carry_over, differences, rearmed
from notifier.core.guard import Objection, objections
from notifier.core.history import away_since
from notifier.core.plan import NEWS
from notifier.core.reopening import given_up
from notifier.core.text import count
from notifier.core.timing import Timing
from notifier.errors import ListRefusedError
from notifier.sources.parse import parse_list
from notifier.sources.source import Source
from notifier.store import alerts, changes, installation, nodes, reopening, subscribers
from notifier.store.changes import Reading, ReadingState
from notifier.store.engine import writing

ALERT = "list"
# Every node looks at its file several times a minute.
OTHERS_LOOK = timedelta(minutes=1)

# Every tick looks at the list; the same bytes on the same day are the same list.
_parsed = lru_cache(maxsize=1)(parse_list)


class Finding(StrEnum):
    """What a look at the list came to."""

    UNCHANGED = "unchanged"
    BASELINE = "baseline"
    IN_FORCE = "in force"
    HELD = "held"
    REJECTED = "rejected"
    REFUSED = "refused"
    LOWER = "lower revision"
    EDITED = "edited without a new revision"


ATTENTION = frozenset({Finding.HELD, Finding.REJECTED, Finding.REFUSED, Finding.LOWER, Finding.EDITED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Refreshed:
    """The finding, with what a person needs to act on it."""

    finding: Finding
    revision: int | None = None
    hash: str = ""
    problems: tuple[str, ...] = ()
    differences: tuple[Difference, ...] = ()
    people: int = 0

    @property
    def took_force(self) -> bool:
        """Whether it is another list that is in force now."""
        return self.finding in (Finding.BASELINE, Finding.IN_FORCE)

    @property
    def needs_attention(self) -> bool:
        """Whether the list on disk is not the list in force."""
        return self.finding in ATTENTION


def refresh(
    *, engine: Engine, source: Source, timing: Timing, max_people: int, now: datetime, wall: datetime
) -> Refreshed:
    """Read the list and act on it. A reading that is refused or held changes nothing and raises an Alert.

    `wall` is the wall clock, which is `now` but in a rehearsal: that may play a past in which the list had
    not been checked yet, or a future.
    """
    try:
        new = _parsed(source.read(), today=timing.today(max(now, wall)))
    except ListRefusedError as error:
        found = Refreshed(finding=Finding.REFUSED, problems=error.problems)
    else:
        with writing(engine) as connection:
            found = _weigh(connection, new, timing=timing, max_people=max_people, now=now)
    with writing(engine) as connection:
        if found.needs_attention:
            alerts.raise_alert(connection, key=ALERT, text=describe(found), now=now)
        else:
            alerts.resolve(connection, key=ALERT, now=now, raised_before=_seen_since(connection, now))
    return found


def _seen_since(connection: Connection, now: datetime) -> datetime | None:
    """From when on another node may have raised the Alert, None where there is no other: one with an older file does so
    at each of its looks, and operators would be told anew each time."""
    alive = [each for each in nodes.listing(connection) if not each.is_silent]
    return now - OTHERS_LOOK if len(alive) > 1 else None


def _weigh(
    connection: Connection, new: ChangeList, *, timing: Timing, max_people: int, now: datetime
) -> Refreshed:
    changes.lock(connection)
    current = changes.in_force(connection)
    digest = changes.canonical_hash(new)
    short = changes.short(digest)
    if current is None:
        return _begin(connection, new, short, now)
    if digest == current.hash:
        return Refreshed(finding=Finding.UNCHANGED, revision=new.revision, hash=short)
    if new.revision <= current.revision:
        finding = Finding.LOWER if new.revision < current.revision else Finding.EDITED
        return Refreshed(finding=finding, revision=new.revision, hash=short)
    found = differences(current.changes, new)
    people = people_told(connection, new, found)
    objected = objections(
        old=current.changes,
        new=new,
        differences=found,
        today=timing.today(now),
        people=people,
        max_people=max_people,
    )
    finding, problems = _decide(connection, current, new, objected, now)
    return Refreshed(
        finding=finding,
        revision=new.revision,
        hash=short,
        problems=problems,
        differences=found,
        people=people,
    )


def _begin(connection: Connection, new: ChangeList, short: str, now: datetime) -> Refreshed:
    """The first reading is the baseline, unless a wrong clock would make history of all that is to come."""
    rehearsed = installation.mode(connection) is installation.Mode.REHEARSAL
    newest = max(change.checked for change in new.changes) if new.changes else None
    why = "" if rehearsed else disbelief(now, last_tick=None, elapsed=None, newest_checked=newest)
    if why:
        problems = (f"{why}; set the clock right, or verify the list and set `checked`",)
        return Refreshed(finding=Finding.REFUSED, revision=new.revision, hash=short, problems=problems)
    take_force(connection, None, new, now=now)
    return Refreshed(finding=Finding.BASELINE, revision=new.revision, hash=short)


def _decide(
    connection: Connection, current: Reading, new: ChangeList, objected: Collection[Objection], now: datetime
) -> tuple[Finding, tuple[str, ...]]:
    """What becomes of a reading. One that was held or rejected stays so, whatever has changed around it."""
    known = changes.find(connection, new)
    if not objected and (known is None or known.state not in (ReadingState.HELD, ReadingState.REJECTED)):
        take_force(connection, current.changes, new, now=now)
        return Finding.IN_FORCE, ()
    details = [objection.detail for objection in objected]
    held = known or changes.hold(connection, changes=new, objections=details, now=now)
    finding = Finding.REJECTED if held.state is ReadingState.REJECTED else Finding.HELD
    return finding, tuple(details) or held.objections


def take_force(
    connection: Connection,
    old: ChangeList | None,
    new: ChangeList,
    *,
    now: datetime,
    by: str | None = None,
) -> None:
    """Put a reading in force with what it dropped; `old` is the list in force, None before the first, `by` who decided
    so, if anybody did."""
    empty = ChangeList(revision=0, services=(), changes=())
    merged = carry_over(old or empty, new)
    # What a list drops stays in force, and is about a Change whose words may be others now.
    found = differences(old or empty, merged)
    told = frozenset(difference for difference in found if old is not None and is_news(new, difference))
    afresh = rearmed(old or empty, merged)
    away = _away(connection, merged, afresh)
    changes.put_in_force(
        connection,
        changes=new,
        merged=merged,
        differences=found,
        news=told,
        since={key: away.get(key, now) for key in afresh},
        now=now,
        decided_by=by,
    )
    lost = given_up(reopening.cancelled(connection, away), changes=merged, away=away, now=now)
    reopening.reopen(connection, lost, now=now)


def _away(connection: Connection, changes_now: ChangeList, afresh: Collection[str]) -> dict[str, datetime]:
    """Since when each of these Deadlines that gets back its days was without them: what fell due meanwhile is owed."""
    history = changes.history(connection)
    return {
        key: since
        for key, _, deadline in changes_now.deadlines()
        if key in afresh and (since := away_since(history.get(key, ()), deadline.when))
    }


def is_news(changes_now: ChangeList, difference: Difference) -> bool:
    """Whether vendors are told: not of words, and not of a new Deadline that is already over."""
    found = changes_now.deadline(difference.deadline)
    over = difference.kind is DifferenceKind.ADDED and found is not None and not found[1].is_open
    return difference.kind in NEWS and not over


def people_told(connection: Connection, new: ChangeList, found: Collection[Difference]) -> int:
    """How many people these Differences would be told to."""
    told = {difference.change_id for difference in found if is_news(new, difference)}
    pairs = [(change.id, change.service) for change in new.changes if change.id in told]
    return subscribers.people_following(connection, pairs) if pairs else 0


def describe(found: Refreshed) -> str:
    """The finding in a few sentences, for operators: what is wrong and what to do."""
    lines = "\n".join(f"• {problem}" for problem in found.problems)
    match found.finding:
        case Finding.REFUSED:
            return f"The list was refused; the one in force stays in force. Mend it:\n{lines}"
        case Finding.HELD:
            return (
                f"Reading {found.hash} of the list (revision {found.revision}) is held; nobody was mailed:\n"
                f"{lines}\nIt would tell {count(found.people, 'person', 'people')}."
                f" If it is meant: notifier approve {found.hash}. If not: notifier reject {found.hash}."
            )
        case Finding.REJECTED:
            return f"The list still is the rejected reading {found.hash}; mend it and raise its revision."
        case Finding.LOWER:
            return f"The list's file has revision {found.revision}, lower than the one in force: an old file?"
        case Finding.EDITED:
            return (
                f"The list was edited without raising its revision ({found.revision}); the edit is ignored."
            )
        case Finding.BASELINE:
            return f"The list (revision {found.revision}) is the baseline; it announces nothing."
        case Finding.IN_FORCE:
            return f"Revision {found.revision} of the list took force; {count(len(found.differences), 'difference')}."
        case Finding.UNCHANGED:
            return f"The list (revision {found.revision}) is unchanged."
