"""Phases: where a day lies beside a Deadline's date, which decides how a mail tells of it."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from notifier.core.change import Deadline


class Phase(StrEnum):
    """Where today lies beside a Deadline's date."""

    UNDATED = "undated"
    AHEAD = "ahead"
    TODAY = "today"
    WINDOW_AHEAD = "window-ahead"
    WINDOW_TODAY = "window-today"
    WINDOW_OPEN = "window-open"
    PASSED = "passed"
    CLOSED = "closed"


def phase_of(deadline: Deadline, today: date) -> Phase:
    """Where `today`, a local date, lies. Closed means that the list says how the Deadline ended."""
    earliest, latest = deadline.when.earliest, deadline.when.latest
    if not deadline.is_open:
        return Phase.CLOSED
    if earliest is None:
        return Phase.UNDATED
    if latest is not None and latest < today:
        return Phase.PASSED
    if deadline.when.is_exact:
        return Phase.TODAY if earliest == today else Phase.AHEAD
    if earliest == today:
        return Phase.WINDOW_TODAY
    return Phase.WINDOW_AHEAD if today < earliest else Phase.WINDOW_OPEN
