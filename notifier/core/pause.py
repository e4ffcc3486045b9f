"""A Subscriber's own pause, and the dates that come while it lasts."""

from __future__ import annotations

from datetime import date

from notifier.core.change import Change, ChangeList, Deadline
from notifier.core.standing import Standing, standing_of
from notifier.core.subscription import Followed


def dates_within(
    changes: ChangeList, followed: Followed, *, today: date, last: date
) -> tuple[tuple[Change, Deadline], ...]:
    """The Deadlines of what is followed that can come from `today` to `last`, the local day on which the pause ends,
    soonest first; in a window that has opened it can come on any day. A mail of the last day is too late to act on."""
    found = [
        (deadline.when.earliest, change, deadline)
        for change in changes.changes
        if followed.covers(change)
        for deadline in change.deadlines
        if standing_of(deadline, today) in (Standing.AHEAD, Standing.ANY_DAY)
        and deadline.when.earliest is not None
        and deadline.when.earliest <= last
    ]
    return tuple((change, deadline) for _, change, deadline in sorted(found, key=lambda each: each[0]))
