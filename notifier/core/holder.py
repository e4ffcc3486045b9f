"""Whose a private calendar is, and what of them it shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, auto
from typing import Final

from notifier.core.answer import AnswerKind
from notifier.core.cadence import Cadence
from notifier.core.subscription import Topic
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

    `times` counts the Answers that counted so far, `at` is when the last one did.
    """

    change_id: str
    kind: AnswerKind
    planned: date | None
    times: int
    at: datetime

    @property
    def is_settled(self) -> bool:
        """Whether nothing more need be done, so that nobody is reminded."""
        return self.kind in (AnswerKind.DONE, AnswerKind.NOT_AFFECTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A Subscriber as their calendar knows them: what they follow, their language, their own Leads and since when.

    `since` is when they last chose anything that their calendar shows; `marks` are what they answered, by Change.
    """

    topics: tuple[Topic, ...]
    language: Language
    cadence: Cadence | None
    cadence_since: datetime | None
    since: datetime
    retold: Retold = NEVER
    marks: tuple[Mark, ...] = ()


class Gone(Enum):
    """A private calendar's address that worked once."""

    GONE = auto()


GONE: Final = Gone.GONE
# Whose an address is: None when it was altered or never was.
Held = Holder | Gone | None
