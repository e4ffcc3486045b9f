"""Answers: what a Vendor, or a lone Subscriber, says of a Change. Once given they are never altered."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from notifier.core.cadence import Lead, parse_lead
from notifier.core.subscription import Subscriber

LONGEST_WORDS = 1000
_WEEK = parse_lead("7d")


class AnswerKind(StrEnum):
    """What is said. `none` takes an earlier Answer back: the question is open again."""

    NONE = "none"
    NOT_AFFECTED = "not-affected"
    PLANNED = "planned"
    DONE = "done"
    NEED_HELP = "need-help"


class AnswerState(StrEnum):
    """Whether an Answer counts. One from outside the Vendor's domains waits for an operator's decision."""

    COUNTS = "counts"
    WAITING = "waiting"
    REFUSED = "refused"


class Way(StrEnum):
    """How an Answer came."""

    PAGE = "page"
    MAIL = "mail"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Party:
    """Who answers as one: all Subscribers of a Vendor together, or a Subscriber without a Vendor."""

    vendor: str = ""
    subscriber_id: int = 0

    def __post_init__(self) -> None:
        if bool(self.vendor) == bool(self.subscriber_id):
            raise ValueError("a party is either a vendor or one subscriber")

    def __str__(self) -> str:
        return f"vendor:{self.vendor}" if self.vendor else f"subscriber:{self.subscriber_id}"


def party_of(subscriber: Subscriber) -> Party:
    """The Party for which a Subscriber answers."""
    return Party(vendor=subscriber.vendor) if subscriber.vendor else Party(subscriber_id=subscriber.id)


def parse_party(text: str) -> Party:
    """Read what `str` of a Party wrote. Raises ValueError for any other text."""
    match = re.fullmatch(r"vendor:([a-z0-9][a-z0-9-]*)|subscriber:([1-9][0-9]*)", text, re.ASCII)
    if match is None:
        raise ValueError(f"“{text}” is no party")
    return Party(vendor=match[1]) if match[1] else Party(subscriber_id=int(match[2]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One Answer of a Party on a Change.

    `planned` is the day a *planned* Answer promises, `anchor` the key of the Deadline that the promise looks
    to. `subscriber_id` is whose link or mail it came by, None for an operator, whose name `by` gives. `words`
    are what they wrote. `decided_by` says who accepted or refused one that waited.
    """

    id: int
    party: Party
    change_id: str
    kind: AnswerKind
    at: datetime
    way: Way
    state: AnswerState = AnswerState.COUNTS
    planned: date | None = None
    anchor: str = ""
    subscriber_id: int | None = None
    by: str = ""
    words: str = field(default="", repr=False)
    decided_by: str = ""
    decided_at: datetime | None = None

    def says_the_same(self, other: Answer | None) -> bool:
        """Whether it repeats another, so that pressing twice is one Answer."""
        return other is not None and (self.kind, self.planned, self.words) == (
            other.kind,
            other.planned,
            other.words,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the service itself saw of a Vendor's use of what goes away: so many calls, the last on that day."""

    vendor: str
    change_id: str
    calls: int
    last_seen: date
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRules:
    """Thresholds. `silent_after` reminders without any Answer the whole Vendor is told; a promise is reminded
    of `ahead`; Leads of `always` and nearer are told in spite of a promise; a Deadline that moves by more than
    `reconfirm_after` asks a *done* to be confirmed."""

    silent_after: int = 2
    ahead: Lead = _WEEK
    always: Lead = _WEEK
    reconfirm_after: timedelta = timedelta(days=90)
