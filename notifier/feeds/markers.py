"""Which days of a calendar a Deadline marks, and which marks no longer apply.

Decided from the Deadline and its history alone, so that the same list gives the same calendar for ever:

* an exact date marks its day; a window of up to seven days is one marker across them;
* a longer window is two markers of a day each, on its first and on its last day: a banner across
  months would fill every week of a calendar. An open window has its first day only;
* what was withdrawn or postponed without a new date stays for 60 days as a cancelled marker: clients
  that are offline meanwhile, and those that ignore an empty calendar, then still learn of it;
* what has passed stays for twelve months.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from zoneinfo import ZoneInfo

from notifier.core.change import Change, Deadline, Status
from notifier.core.diff import DifferenceKind
from notifier.core.history import Entry
from notifier.core.when import Certainty, When

UID_DOMAIN = "varsler-for-e-helse"
SHORT_WINDOW = timedelta(days=7)
CANCELLED_FOR = timedelta(days=60)
PAST_FOR = timedelta(days=365)
_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


class Role(StrEnum):
    """What a marked day is to its Deadline."""

    EXACT = "exact"
    WINDOW = "window"
    EARLIEST = "earliest"
    LATEST = "latest"


class Void(StrEnum):
    """Why a marker no longer applies."""

    WITHDRAWN = "withdrawn"
    POSTPONED = "postponed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """One event of the calendar, before it is put into words.

    `first` and `last` are the days it covers, both included; `until` is the first local day on which
    it is not shown any more. `sequence` and `changed_at` are RFC 5545's SEQUENCE and LAST-MODIFIED.
    """

    uid: str
    role: Role
    first: date
    last: date
    tentative: bool
    void: Void | None
    sequence: int
    changed_at: datetime
    until: date


def uid(key: str, role: Role = Role.EXACT) -> str:
    """A marker's name for life, made from the Deadline's key; ids hold no dots, so no two can meet."""
    tail = ".window-latest" if role is Role.LATEST else ""
    return f"{key.replace('/', '.')}{tail}@{UID_DOMAIN}"


def sequence_of(entries: Sequence[Entry]) -> int:
    """How often what is visible of a Deadline changed after it was first listed (RFC 5545, 3.8.7.4)."""
    return max(len(entries) - 1, 0)


def stamp_of(entries: Sequence[Entry]) -> datetime | None:
    """When what is visible of a Deadline last changed, in whole seconds; None while nothing ever did.

    It rises with each Entry, as programs expect of LAST-MODIFIED: also within one second, and on a clock set back.
    """
    stamp: datetime | None = None
    for entry in entries:
        at = entry.at.replace(microsecond=0)
        stamp = at if stamp is None else max(at, stamp + _SECOND)
    return stamp


def markers(
    change: Change, deadline: Deadline, entries: Sequence[Entry], *, zone: ZoneInfo
) -> tuple[Marker, ...]:
    """Every marker a Deadline has or had; the caller leaves out what is over."""
    return tuple(_markers(change, deadline, entries, zone))


def _markers(
    change: Change, deadline: Deadline, entries: Sequence[Entry], zone: ZoneInfo
) -> Iterator[Marker]:
    shown = shown_when(deadline, entries)
    if shown is None or shown.earliest is None:
        return
    key = change.key(deadline)
    changed_at = stamp_of(entries) or _midnight(change.checked)
    void, ended_at = _void(deadline, entries, changed_at)
    past = (shown.latest or shown.earliest) + PAST_FOR + _DAY
    firm = shown.is_exact and (shown.certainty is Certainty.CONFIRMED or deadline.status is Status.COMPLETED)
    for role, first, last in _days(shown):
        yield Marker(
            uid=uid(key, role),
            role=role,
            first=first,
            last=last,
            tentative=not firm,
            void=void,
            sequence=sequence_of(entries),
            changed_at=changed_at,
            until=min(past, _cancelled_until(ended_at, zone)) if void else past,
        )
    gone = _gone_latest(shown, entries)
    if gone:
        day, gone_at = gone
        yield Marker(
            uid=uid(key, Role.LATEST),
            role=Role.LATEST,
            first=day,
            last=day,
            tentative=False,
            void=void or Void.CHANGED,
            sequence=sequence_of(entries),
            changed_at=changed_at,
            until=_cancelled_until(gone_at, zone),
        )


def shown_when(deadline: Deadline, entries: Sequence[Entry]) -> When | None:
    """The date the calendar stands on: the present one, or the last one known before it became unknown."""
    if deadline.when.is_set:
        return deadline.when
    known = (entry.difference.new for entry in reversed(entries))
    return next((when for when in known if when.is_set), None)


def _days(when: When) -> Iterable[tuple[Role, date, date]]:
    first, last = when.earliest, when.latest
    if first is None:
        return ()
    if last is None:
        return ((Role.EARLIEST, first, first),)
    if first == last:
        return ((Role.EXACT, first, first),)
    if last - first < SHORT_WINDOW:
        return ((Role.WINDOW, first, last),)
    return ((Role.EARLIEST, first, first), (Role.LATEST, last, last))


def _void(deadline: Deadline, entries: Sequence[Entry], fallback: datetime) -> tuple[Void | None, datetime]:
    """Why the markers no longer apply, and since when; the reason is None while they do."""
    if deadline.status is Status.WITHDRAWN:
        withdrawn = [e.at for e in entries if e.difference.kind is DifferenceKind.WITHDRAWN]
        first = entries[0].at if entries else fallback
        return Void.WITHDRAWN, withdrawn[-1] if withdrawn else first
    if not deadline.when.is_set:
        since = fallback
        for entry in reversed(entries):
            if entry.difference.new.is_set:
                break
            since = entry.at
        return Void.POSTPONED if deadline.is_open else Void.CHANGED, since
    return None, fallback


def _gone_latest(shown: When, entries: Sequence[Entry]) -> tuple[date, datetime] | None:
    """The last day of a long window that was shown before and has gone since, with the instant it went."""
    if _is_double(shown):
        return None
    for entry, following in reversed(list(pairwise(entries))):
        when = entry.difference.new
        if _is_double(when) and when.latest:
            return when.latest, following.at
    return None


def _is_double(when: When) -> bool:
    return any(role is Role.LATEST for role, _, _ in _days(when))


def _cancelled_until(instant: datetime, zone: ZoneInfo) -> date:
    return instant.astimezone(zone).date() + CANCELLED_FOR + _DAY


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(0), UTC)
