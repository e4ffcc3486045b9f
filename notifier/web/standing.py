"""Where each Change stands on a day, in the order in which it matters to a vendor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from zoneinfo import ZoneInfo

from notifier.core.change import Change, ChangeList, Deadline, Service, Status
from notifier.core.dates import ends_text, verb_text
from notifier.core.history import Entry
from notifier.core.text import Language
from notifier.core.working_days import working_days_left
from notifier.feeds.dates_before import dates_before


class Standing(IntEnum):
    """Where a Deadline stands; the smaller, the sooner one must look at it."""

    AHEAD = 1
    ANY_DAY = 2
    PASSED = 3
    UNDATED = 4
    COMPLETED = 5
    WITHDRAWN = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownDeadline:
    """A Deadline as it stands on a day.

    `verb` says in words what happens, `ends` also when; `days` and `working_days` count from today to the first day it
    can happen, while that lies ahead; `before` tells the dates it had.
    """

    deadline: Deadline
    standing: Standing
    verb: str
    ends: str
    days: int | None
    working_days: int | None
    before: tuple[str, ...]

    @property
    def urgency(self) -> tuple[Standing, date]:
        """What to sort by: the smaller, the sooner one must look at it."""
        return self.standing, self.deadline.when.earliest or date.max


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownChange:
    """A Change with its Deadlines as the page shows them; `deadlines` is in the order of the list."""

    change: Change
    service: Service
    deadlines: tuple[ShownDeadline, ...]

    @property
    def nearest(self) -> ShownDeadline:
        """The Deadline to look at first."""
        return min(self.deadlines, key=lambda shown: shown.urgency)


def standing_of(deadline: Deadline, today: date) -> Standing:
    """Where a Deadline stands: one that passed without a word from the list has not thereby happened."""
    if deadline.status is Status.WITHDRAWN:
        return Standing.WITHDRAWN
    if deadline.status is Status.COMPLETED:
        return Standing.COMPLETED
    earliest, latest = deadline.when.earliest, deadline.when.latest
    if earliest is None:
        return Standing.UNDATED
    if today < earliest or (today == earliest == latest):
        return Standing.AHEAD
    return Standing.ANY_DAY if latest is None or today <= latest else Standing.PASSED


def shown_changes(
    *,
    changes: ChangeList,
    history: Mapping[str, Sequence[Entry]],
    today: date,
    language: Language,
    zone: ZoneInfo,
) -> tuple[ShownChange, ...]:
    """Every Change as it stands, the most urgent first; Changes alike keep the order of the list."""
    shown = []
    for change in changes.changes:
        deadlines = tuple(
            _shown(deadline, history.get(change.key(deadline), ()), today=today, language=language, zone=zone)
            for deadline in change.deadlines
        )
        service = changes.service(change.service) or Service(id=change.service, name=change.service)
        if deadlines:
            shown.append(ShownChange(change=change, service=service, deadlines=deadlines))
    return tuple(sorted(shown, key=lambda item: item.nearest.urgency))


def _shown(
    deadline: Deadline, entries: Sequence[Entry], *, today: date, language: Language, zone: ZoneInfo
) -> ShownDeadline:
    standing = standing_of(deadline, today)
    first = deadline.when.earliest if standing is Standing.AHEAD else None
    ends = ends_text(deadline.when, language, kind=deadline.kind)
    return ShownDeadline(
        deadline=deadline,
        standing=standing,
        verb=verb_text(deadline.kind, language),
        ends=ends[0].upper() + ends[1:],
        days=(first - today).days if first else None,
        working_days=working_days_left(today, first) if first else None,
        before=dates_before(deadline, entries, language=language, zone=zone),
    )
