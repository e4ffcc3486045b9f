"""A Stance: how a Party's last Answer on a Change counts today, and which reminders it spares them.

Answers are facts; whether one still holds follows from what happened since: dates that moved, a promised day
that went by, use that was seen. Nothing of it is stored. News is never spared anybody.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from notifier.core.answer import SETTLING, Answer, AnswerKind, AnswerRules, AnswerState, Evidence
from notifier.core.cadence import Lead
from notifier.core.change import Change, Deadline
from notifier.core.diff import DifferenceKind
from notifier.core.history import Entry
from notifier.core.timing import Timing


class Doubt(StrEnum):
    """Why an Answer must be asked for again.

    moved      a Deadline moved by more than the rules allow since *done* was said
    added      a Deadline of the Change is new, or holds again, since *done* was said
    slipped    the promised day went by
    traffic    use was seen after the day of *done* or *not affected*
    """

    MOVED = "moved"
    ADDED = "added"
    SLIPPED = "slipped"
    TRAFFIC = "traffic"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stance:
    """The last Answer that counts, None when there is none, and why it is doubted, if it is."""

    answer: Answer | None = None
    doubt: Doubt | None = None

    def __str__(self) -> str:
        """In a few words, which Answer it comes of: «answer 7: planned for 2026-11-01, said on 2026-08-03»."""
        if self.answer is None:
            return "nothing was answered"
        day = f" for {self.answer.planned}" if self.answer.planned else ""
        said = f"answer {self.answer.id}: {self.answer.kind}{day}, said on {self.answer.at:%Y-%m-%d}"
        return f"{said}, in doubt: {self.doubt}" if self.doubt else said

    @property
    def kind(self) -> AnswerKind:
        """What counts as said; `none` for what is in doubt."""
        if self.answer is None or self.doubt is not None:
            return AnswerKind.NONE
        return self.answer.kind

    @property
    def is_settled(self) -> bool:
        """Whether nothing more is expected of them."""
        return self.kind in SETTLING

    def spares(self, deadline: Deadline, lead: Lead | None, rules: AnswerRules) -> bool:
        """Whether a reminder this long before the Deadline need not be sent.

        A promise spares only the longer Leads, and only those of Deadlines that lie behind the promised day.
        """
        if self.answer is None:
            return False
        if self.is_settled:
            return True
        if self.kind is not AnswerKind.PLANNED or lead is None:
            return False
        planned, earliest = self.answer.planned, deadline.when.earliest
        in_time = planned is not None and earliest is not None and planned < earliest
        return in_time and lead > rules.always


OPEN = Stance()


def last_that_counts(answers: Iterable[Answer]) -> Answer | None:
    """The last of a Party's Answers on one Change that counts; None as well for one that was taken back."""
    counting = [answer for answer in answers if answer.state is AnswerState.COUNTS]
    last = max(counting, key=lambda answer: answer.id, default=None)
    return None if last is None or last.kind is AnswerKind.NONE else last


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What decides whether an Answer still holds on the local day `today`.

    `history` is each Deadline's by its key; `evidence` the last that was seen, by Vendor and Change.
    """

    history: Mapping[str, Sequence[Entry]]
    evidence: Mapping[tuple[str, str], Evidence]
    timing: Timing
    today: date
    rules: AnswerRules


def answer_named(text: str) -> int | None:
    """The id of the Answer that a Stance comes of, by what `str` made of it; None where the text names none."""
    found = re.match(r"answer (\d+):", text, re.ASCII)
    return int(found[1]) if found else None


def stance_of(answer: Answer | None, *, change: Change, circumstances: Circumstances) -> Stance:
    """How `answer`, the last that counts on this Change, holds today."""
    if answer is None:
        return OPEN
    return Stance(answer=answer, doubt=_doubt(answer, change, circumstances))


def _doubt(answer: Answer, change: Change, circumstances: Circumstances) -> Doubt | None:
    match answer.kind:
        case AnswerKind.DONE | AnswerKind.NOT_AFFECTED if _was_contradicted(answer, circumstances):
            return Doubt.TRAFFIC
        case AnswerKind.DONE:
            return outdated(
                answer.at, change=change, history=circumstances.history, rules=circumstances.rules
            )
        case AnswerKind.PLANNED if answer.planned is not None and answer.planned < circumstances.today:
            return Doubt.SLIPPED
        case _:
            return None


def outdated(
    said_at: datetime, *, change: Change, history: Mapping[str, Sequence[Entry]], rules: AnswerRules
) -> Doubt | None:
    """Why a *done* said then must be said again, by what the list has become since; `history` as above."""
    if _moved_far(said_at, change, history, rules):
        return Doubt.MOVED
    return Doubt.ADDED if _was_added_to(said_at, change, history) else None


def contradicts(seen: Evidence, said_at: datetime, timing: Timing) -> bool:
    """Whether use was seen after the day on which *done* or *not affected* was said."""
    return seen.calls > 0 and seen.last_seen > timing.today(said_at)


def _was_contradicted(answer: Answer, circumstances: Circumstances) -> bool:
    """Whether the service saw use after the day of the Answer."""
    seen = circumstances.evidence.get((answer.party.vendor, answer.change_id))
    return seen is not None and contradicts(seen, answer.at, circumstances.timing)


def _moved_far(
    said_at: datetime, change: Change, history: Mapping[str, Sequence[Entry]], rules: AnswerRules
) -> bool:
    """Whether any open Deadline of the Change lies that much earlier or later than when they answered."""
    for deadline in change.deadlines:
        moves = [
            entry.difference.old
            for entry in history.get(change.key(deadline), ())
            if entry.at > said_at and entry.difference.kind is DifferenceKind.MOVED
        ]
        was = moves[0].earliest if moves and moves[0] else None
        now = deadline.when.earliest
        if not deadline.is_open or was is None or now is None:
            continue
        if abs(now - was) > rules.reconfirm_after:
            return True
    return False


def _was_added_to(said_at: datetime, change: Change, history: Mapping[str, Sequence[Entry]]) -> bool:
    """Whether any open Deadline of the Change was not there, or was over, when they answered."""
    return any(
        entry.at > said_at and entry.news and entry.difference.kind is DifferenceKind.ADDED
        for deadline in change.deadlines
        if deadline.is_open
        for entry in history.get(change.key(deadline), ())
    )


def anchor_of(planned: date, change: Change) -> str:
    """The key of the Deadline that a promise looks to: the first open one behind it, else the last open one.

    Those without a date come last. Empty when none is open.
    """
    still_open = [(each.when.earliest, change.key(each)) for each in change.deadlines if each.is_open]
    dated = sorted((day, key) for day, key in still_open if day is not None)
    behind = [key for day, key in dated if day > planned]
    looked_to = [*behind[:1], *(key for _, key in dated[-1:]), *(key for _, key in still_open[:1])]
    return looked_to[0] if looked_to else ""


def comes_too_late(planned: date, change: Change) -> bool:
    """Whether a promised day lies on or behind the last dated end of what is open: operators must know."""
    dated = [d.when.earliest for d in change.deadlines if d.is_open and d.when.earliest is not None]
    return bool(dated) and planned >= max(dated)


def is_silent(*, reminders: int, answered: bool, rules: AnswerRules) -> bool:
    """Whether so many reminders of a Change went to a Vendor that never answered that all of it must know."""
    return not answered and reminders >= rules.silent_after
