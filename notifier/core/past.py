"""The past of a Change: what the list said of it at the end of each day, as its Deadlines' histories tell."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from notifier.core.change import Change, Deadline
from notifier.core.history import Entry
from notifier.core.timing import Timing


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A Change with its Deadlines as the list had them at the end of a day, and what had become of each by then."""

    change: Change
    history: Mapping[str, Sequence[Entry]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What was known of a Change day by day. `turns` are the local days on which that became another, `stages` what
    it was before the first of them and from each on; what is known last is the Change itself."""

    turns: tuple[date, ...]
    stages: tuple[Known, ...]

    def on(self, day: date) -> Known:
        """What was known when that day ended."""
        return self.stages[bisect_right(self.turns, day)]


def past_of(change: Change, history: Mapping[str, Sequence[Entry]], timing: Timing) -> Past:
    """The whole Past of a Change; `history` is each Deadline's by its key, oldest first."""
    theirs = {key: tuple(history.get(key, ())) for key in map(change.key, change.deadlines)}
    turns = sorted({timing.today(entry.at) for entries in theirs.values() for entry in entries})
    before = [_before(turn, change, theirs, timing) for turn in turns]
    return Past(turns=tuple(turns), stages=(*before, Known(change=change, history=theirs)))


def _before(turn: date, change: Change, history: Mapping[str, tuple[Entry, ...]], timing: Timing) -> Known:
    """What was known when that day began."""
    parted = {key: _parted(entries, turn, timing) for key, entries in history.items()}
    deadlines = (_deadline(each, *parted[change.key(each)]) for each in change.deadlines)
    return Known(
        change=replace(change, deadlines=tuple(each for each in deadlines if each is not None)),
        history={key: entries for key, (entries, _) in parted.items()},
    )


def _parted(
    entries: Iterable[Entry], turn: date, timing: Timing
) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
    told = tuple(entries)
    earlier = tuple(entry for entry in told if timing.today(entry.at) < turn)
    return earlier, told[len(earlier) :]


def _deadline(present: Deadline, earlier: Sequence[Entry], later: Sequence[Entry]) -> Deadline | None:
    """The Deadline between the two; None before the list had it."""
    if not later:
        return present
    if not earlier:
        return None
    known = earlier[-1].difference
    return replace(present, when=known.new, status=known.status)
