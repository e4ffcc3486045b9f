"""Readiness: where each Vendor stands on one Change, and whom to call first.

Everything is computed from what is stored; nothing of it is kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from notifier.core.answer import AnswerKind, Evidence
from notifier.core.change import Change
from notifier.core.stance import Stance

FIRST_CALLS = 5


class Condition(StrEnum):
    """Where a Vendor stands, the most worrying first.

    no-contact   nobody there subscribes, or those who followed this left, so nobody is told
    bounced      mail to all of its contacts comes back, or to all who follow this
    silent       was reminded again and again, and never answered
    need-help    asks for help
    in-doubt     answered, but what has happened since speaks against it
    unanswered   was told, or will be, and has not answered (any more)
    planned      promised a day
    elsewhere    its contacts follow other things
    done         is ready
    not-affected says that it does not concern them
    """

    NO_CONTACT = "no-contact"
    BOUNCED = "bounced"
    SILENT = "silent"
    NEED_HELP = "need-help"
    IN_DOUBT = "in-doubt"
    UNANSWERED = "unanswered"
    PLANNED = "planned"
    ELSEWHERE = "elsewhere"
    DONE = "done"
    NOT_AFFECTED = "not-affected"


READY = frozenset({Condition.DONE, Condition.NOT_AFFECTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Contacts:
    """How many of a Vendor's Subscribers are mailed, how many of these have paused, and to how many mail came back;
    whether any that is mailed follows the Change, and any to whom mail came back; and how many followed it when they
    left (see `core.hearing`)."""

    active: int = 0
    paused: int = 0
    suspended: int = 0
    follows: bool = False
    bounced_follows: bool = False
    left: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """When a Vendor was last told of a Change, what the server replied, and how many reminders were sent."""

    last_at: datetime
    reply: str
    reminders: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """A Vendor that need not be ready for a Change, up to and with a day, on somebody's word."""

    vendor: str
    change_id: str
    by: str
    reason: str = field(repr=False)
    until: date
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorLine:
    """One Vendor on one Change. `waiting` counts the Answers that operators must decide on."""

    vendor_id: str
    name: str
    condition: Condition
    stance: Stance
    contacts: Contacts
    told: Told | None = None
    evidence: Evidence | None = None
    waiver: Waiver | None = None
    waiting: int = 0

    @property
    def is_seen_using(self) -> bool:
        """Whether the service last saw any use."""
        return self.evidence is not None and self.evidence.calls > 0

    def blocks(self, today: date) -> bool:
        """Whether one must not shut down before this Vendor is ready, or is let off.

        Whoever chose to follow other things blocks only when the service sees their use.
        """
        if self.condition in READY or (self.waiver is not None and today <= self.waiver.until):
            return False
        return self.condition is not Condition.ELSEWHERE or self.is_seen_using


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Every Vendor on one Change, the most worrying first."""

    change: Change
    lines: tuple[VendorLine, ...]

    def counts(self) -> dict[Condition, int]:
        """How many Vendors are in each Condition, also in none."""
        return {condition: sum(line.condition is condition for line in self.lines) for condition in Condition}

    def blocking(self, today: date) -> tuple[VendorLine, ...]:
        """Those that are not ready and not let off."""
        return tuple(line for line in self.lines if line.blocks(today))

    def to_call(self, today: date) -> tuple[VendorLine, ...]:
        """Whom to call first: of those that block, who is seen to use it most, then the most worrying."""
        return tuple(sorted(self.blocking(today), key=_urgency)[:FIRST_CALLS])


def condition_of(stance: Stance, contacts: Contacts, *, is_silent: bool) -> Condition:
    """Where a Vendor stands. Whoever is ready need not be reached; of all others that counts before what they said.

    A silent Vendor is reached by whoever is mailed at all, since each further reminder goes to all of them.
    """
    if stance.kind is AnswerKind.DONE:
        return Condition.DONE
    if stance.kind is AnswerKind.NOT_AFFECTED:
        return Condition.NOT_AFFECTED
    if (unreached := _unreached(contacts, is_silent=is_silent)) is not None:
        return unreached
    if stance.kind is AnswerKind.PLANNED:
        return Condition.PLANNED
    if stance.kind is AnswerKind.NEED_HELP:
        return Condition.NEED_HELP
    if stance.doubt is not None:
        return Condition.IN_DOUBT
    if is_silent:
        return Condition.SILENT
    return Condition.UNANSWERED if contacts.follows or stance.answer is not None else Condition.ELSEWHERE


def _unreached(contacts: Contacts, *, is_silent: bool) -> Condition | None:
    """Why nobody there is told of the Change who should be, None where somebody is, or all chose other things."""
    if not contacts.active:
        return Condition.BOUNCED if contacts.suspended else Condition.NO_CONTACT
    if contacts.follows or is_silent:
        return None
    if contacts.bounced_follows:
        return Condition.BOUNCED
    return Condition.NO_CONTACT if contacts.left else None


def picture_of(change: Change, lines: Iterable[VendorLine]) -> Picture:
    """The Picture with its lines in order."""
    return Picture(change=change, lines=tuple(sorted(lines, key=_order)))


def _order(line: VendorLine) -> tuple[int, str, str]:
    return _RANKS[line.condition], line.name.casefold(), line.vendor_id


def _urgency(line: VendorLine) -> tuple[int, int, str, str]:
    calls = line.evidence.calls if line.evidence else 0
    return (-calls, *_order(line))


_RANKS = {condition: rank for rank, condition in enumerate(Condition)}
