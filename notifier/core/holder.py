"""Whose a private calendar is, and what of them it shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum, auto
from typing import Final

from notifier.core.answer import SETTLING, AnswerKind, AnswerRules
from notifier.core.cadence import Cadence
from notifier.core.change import Change
from notifier.core.diff import DifferenceKind
from notifier.core.history import Entry
from notifier.core.stance import Doubt, outdated
from notifier.core.subscription import Followed
from notifier.core.text import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Retold:
    """How often somebody chose other words or reminders for all their events, and when they did so last."""

    times: int = 0
    at: datetime | None = None


NEVER: Final = Retold()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What the holder's Party answered last of a Change, if it counts, with the day that is `planned`.

    It was `said_at` then, and the first of their Answers that count `first_at`; `doubt` is why it no longer holds.
    `times` counts what the events of the Change may have changed by so far beside the list, and `at` is when they last
    did: both only rise.
    """

    change_id: str
    kind: AnswerKind
    planned: date | None
    first_at: datetime
    said_at: datetime
    times: int
    at: datetime
    doubt: Doubt | None = None

    @property
    def is_settled(self) -> bool:
        """Whether nothing more need be done, so that nobody is reminded."""
        return self.kind in SETTLING and self.doubt is None


def held_against(
    mark: Mark, change: Change, *, history: Mapping[str, Sequence[Entry]], rules: AnswerRules
) -> Mark:
    """The Mark, in doubt as well where the list has outdated it. `history` is each Deadline's by its key.

    One Deadline that moves puts the events of all the others of its Change in doubt. So whatever became of any of them
    since the first Answer counts for each.
    """
    since = [
        entry.at
        for deadline in change.deadlines
        for entry in history.get(change.key(deadline), ())
        if entry.at > mark.first_at and entry.difference.kind is not DifferenceKind.REWORDED
    ]
    doubt = mark.doubt
    if doubt is None and mark.kind is AnswerKind.DONE:
        doubt = outdated(mark.said_at, change=change, history=history, rules=rules)
    return replace(mark, doubt=doubt, times=mark.times + len(since), at=max([mark.at, *since]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A Subscriber as their calendar knows them: what they follow, their language, their own Leads and since when.

    `since` is when they last chose anything that their calendar shows; `marks` are what they answered, by Change.
    """

    followed: Followed
    language: Language
    cadence: Cadence | None
    cadence_since: datetime | None
    since: datetime
    retold: Retold = NEVER
    marks: tuple[Mark, ...] = ()

    @property
    def changed_at(self) -> datetime:
        """When what their calendar shows last changed by what they chose or answered."""
        return max([self.since, *(mark.at for mark in self.marks)])


class Gone(Enum):
    """A private calendar's address that worked once."""

    GONE = auto()


GONE: Final = Gone.GONE
# Whose an address is: None when it was altered or never was.
Held = Holder | Gone | None
