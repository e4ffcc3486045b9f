"""Where each Change stands on a day, in the order in which it matters to a vendor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from notifier.core.change import Change, ChangeList, Deadline, Service
from notifier.core.dates import ends_text, verb_text
from notifier.core.history import Entry
from notifier.core.standing import Standing, standing_of
from notifier.core.text import Language
from notifier.core.working_days import working_days_left
from notifier.feeds.dates_before import dates_before


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
    ends = ends_text(deadline.when, language, kind=deadline.told_as)
    return ShownDeadline(
        deadline=deadline,
        standing=standing,
        verb=verb_text(deadline.told_as, language),
        ends=ends[0].upper() + ends[1:],
        days=(first - today).days if first else None,
        working_days=working_days_left(today, first) if first else None,
        before=dates_before(deadline, entries, language=language, zone=zone),
    )
