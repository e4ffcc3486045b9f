"""A Subscriber's own pause, and the dates that come while it lasts."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from notifier.core.change import Change, ChangeList, Deadline
from notifier.core.subscription import Followed


def dates_within(
    changes: ChangeList, followed: Followed, *, today: date, last: date
) -> tuple[tuple[Change, Deadline], ...]:
    """The Deadlines of what is followed that can come from `today` to `last`, the local day on which the pause ends,
    soonest first. A mail of that day is too late to act on."""
    found = [
        (deadline.when.earliest, change, deadline)
        for change in changes.changes
        if followed.covers(change)
        for deadline in change.deadlines
        if deadline.is_open and deadline.when.earliest is not None and today <= deadline.when.earliest <= last
    ]
    return tuple((change, deadline) for _, change, deadline in sorted(found, key=lambda each: each[0]))


def unheard(
    changes: ChangeList, contacts: Collection[tuple[Followed, date | None]], *, today: date
) -> tuple[tuple[Change, Deadline], ...]:
    """The Deadlines that can come from `today` on of which nobody among these hears before, since each who follows them
    has paused beyond. `contacts` are what each follows, and the day on which their pause ends, None for none."""
    missed: dict[str, tuple[Change, Deadline]] = {}
    heard = set()
    for followed, last in contacts:
        theirs = dates_within(changes, followed, today=today, last=last) if last else ()
        slept = {change.key(deadline): (change, deadline) for change, deadline in theirs}
        missed |= slept
        heard |= {key for key, change, _ in changes.deadlines() if followed.covers(change)} - slept.keys()
    return tuple(found for key, found in missed.items() if key not in heard)
