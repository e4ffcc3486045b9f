"""The append-only history of a Deadline: every Difference that took force, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from notifier.core.diff import Difference
from notifier.core.when import When


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One Difference that took force. `news` is false for the baseline and for what nobody is told of."""

    difference: Difference
    revision: int
    at: datetime
    news: bool


def away_since(entries: Sequence[Entry], when: When) -> datetime | None:
    """Since when a Deadline has had other days than these, or was over; None if it has them, or never had.

    Where it gets them back, what fell due meanwhile is owed: nothing else would tell of it where news of the move and
    of its return met before either was told. `entries` are its history, oldest first.
    """
    had = [entry.difference.status is None and entry.difference.new.same_days(when) for entry in entries]
    if True not in had or had[-1]:
        return None
    return entries[len(had) - had[::-1].index(True)].at
