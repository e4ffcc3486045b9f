"""The append-only history of a Deadline: every Difference that took force, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from notifier.core.diff import Difference


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One Difference that took force. `news` is false for the baseline and for what nobody is told of."""

    difference: Difference
    revision: int
    at: datetime
    news: bool
