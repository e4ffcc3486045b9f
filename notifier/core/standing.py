"""Where a Deadline stands on a day."""

from __future__ import annotations

from datetime import date
from enum import IntEnum

from notifier.core.change import Deadline, Status


class Standing(IntEnum):
    """Where a Deadline stands; the smaller, the sooner one must look at it."""

    AHEAD = 1
    ANY_DAY = 2
    PASSED = 3
    UNDATED = 4
    COMPLETED = 5
    WITHDRAWN = 6


def standing_of(deadline: Deadline, today: date) -> Standing:
    """Where a Deadline stands: one that passed without a word from the list has not thereby happened."""
    if deadline.status is Status.WITHDRAWN:
        return Standing.WITHDRAWN
    if deadline.status is Status.COMPLETED:
        return Standing.COMPLETED
    earliest, latest = deadline.when.earliest, deadline.when.latest
    if earliest is None:
        return Standing.UNDATED
    if today < earliest or (today == earliest == latest):
        return Standing.AHEAD
    return Standing.ANY_DAY if latest is None or today <= latest else Standing.PASSED
