"""Answers: what a Vendor, or a lone Subscriber, says of a Change. Once given they are never altered."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from notifier.core.cadence import Lead, parse_lead
from notifier.core.subscription import Subscriber

LONGEST_WORDS = 1000
# So often within a day somebody's links and mails may answer on one Change, and ask for help with all of them.
MOST_ANSWERS = 20
MOST_CALLS_FOR_HELP = 10
DAY = timedelta(days=1)
# What stands in place of an address that wrote in reply to what somebody else was sent, once it is forgotten.
FORGOTTEN = "erased"
# A day further away is more likely a slip of the hand than a plan.
FARTHEST_PROMISE = timedelta(days=3 * 366)
_WEEK = parse_lead("7d")
_AND_MORE = " […]"


class AnswerKind(StrEnum):
    """What is said. `none` takes an earlier Answer back: the question is open again."""

    NONE = "none"
    NOT_AFFECTED = "not-affected"
    PLANNED = "planned"
    DONE = "done"
    NEED_HELP = "need-help"


# Once one of these is said, nothing more is expected, and no reminder is sent for as long as it holds.
SETTLING: Final = (AnswerKind.DONE, AnswerKind.NOT_AFFECTED)


class AnswerState(StrEnum):
    """Whether an Answer counts. One from outside the Vendor's domains waits for an operator's decision; where a newer
    one comes before that, it is replaced."""

    COUNTS = "counts"
    WAITING = "waiting"
    REFUSED = "refused"
    REPLACED = "replaced"


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

    `planned` is the day a *planned* Answer promises, `anchor` the key of the Deadline that the promise looked
    to when it was given. `subscriber_id` is whose link or mail it came by, None for an operator. `by` names the
    operator, or is the address that wrote where it was another than the Subscriber's own, FORGOTTEN once that is
    erased. `words` are what they wrote. `decided_by` says who accepted or refused one that waited.
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
    by: str = field(default="", repr=False)
    words: str = field(default="", repr=False)
    decided_by: str = ""
    decided_at: datetime | None = None

    @property
    def counts(self) -> bool:
        """Whether it counts: it neither waits, nor was refused or replaced before it did."""
        return self.state is AnswerState.COUNTS

    def writer(self, addressed: str) -> str:
        """Who gave it: an address, or an operator's name; "" for whoever is forgotten. `addressed` is whose link or
        mail it came by, "" where that is nobody, or nobody any more."""
        return "" if self.by == FORGOTTEN else self.by or addressed

    def adds_nothing_to(self, other: Answer | None) -> bool:
        """Whether it repeats another, so that pressing twice is one Answer. No words are no news."""
        return (
            other is not None
            and (self.kind, self.planned) == (other.kind, other.planned)
            and self.words in ("", other.words)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenAnswer:
    """An Answer as it is told of: `address` gave it, "" for an operator and for whoever is erased; `vendor` is the
    name of the Vendor it was given for, "" for a Subscriber's own."""

    answer: Answer
    address: str = field(repr=False)
    vendor: str


@dataclass(frozen=True, slots=True)
class Use:
    """So many calls, the last on that day, by one client of a service; by all of the Vendor's where `client` is ""."""

    client: str
    calls: int
    last_seen: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the service itself saw of a Vendor's use of what goes away: so many calls, the last on that day.

    It adds up the `uses` of each client, as the service reported them up to the local day `until`; where nobody asks
    for these they are left out.
    """

    vendor: str
    change_id: str
    calls: int
    last_seen: date
    at: datetime
    until: date | None = None
    uses: tuple[Use, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRules:
    """Thresholds. `silent_after` reminders without any Answer the whole Vendor is told; a promise is reminded
    of `ahead`; Leads of `always` and nearer are told in spite of a promise; a Deadline that moves by more than
    `reconfirm_after` asks a *done* to be confirmed."""

    silent_after: int = 2
    ahead: Lead = _WEEK
    always: Lead = _WEEK
    reconfirm_after: timedelta = timedelta(days=90)


def answers_too_often(given: Collection[Answer], said: Answer) -> bool:
    """Whether a Subscriber has been heard on a Change as often as they may within a day; `given` are all Answers of
    their Party on it. An operator always is. Colleagues do not shut each other out."""
    theirs = [each for each in given if each.subscriber_id == said.subscriber_id and each.at > said.at - DAY]
    return said.subscriber_id is not None and len(theirs) >= MOST_ANSWERS


def speaks_for(address: str, *, domains: Collection[str], contacts: Collection[str]) -> bool:
    """Whether an address lies in a Vendor's domains or below them, and so may answer for it.

    Where no domain is known, its contacts alone may. Addresses are as `identity_of` makes them, domains as
    `normal_domain` does.
    """
    domain = address.rpartition("@")[2]
    if not domains:
        return address in contacts
    return any(domain == own or domain.endswith(f".{own}") for own in domains)


def kept_words(text: str) -> str:
    """What somebody wrote, as it is kept: at most LONGEST_WORDS characters, in lines, nothing that is not text.

    Where more was written, the last of them say so.
    """
    lines = (" ".join(_without_controls(line).split()) for line in text[: 4 * LONGEST_WORDS].splitlines())
    words = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    if len(words) <= LONGEST_WORDS and len(text) <= 4 * LONGEST_WORDS:
        return words
    return words[: LONGEST_WORDS - len(_AND_MORE)].rstrip() + _AND_MORE


def _without_controls(line: str) -> str:
    return "".join(" " if unicodedata.category(each)[0] == "C" else each for each in line)


def promised(kind: AnswerKind, planned: date | None, *, today: date) -> date | None:
    """The day that an Answer of this kind promises; None for every kind but *planned*.

    Raises ValueError when a promise names no day, one that is over, or one years ahead.
    """
    if kind is not AnswerKind.PLANNED:
        return None
    if planned is None:
        raise ValueError("a promise names the day by which it will be done")
    if not today <= planned <= today + FARTHEST_PROMISE:
        raise ValueError(f"{planned} cannot be promised; name a day from today on, within three years")
    return planned
