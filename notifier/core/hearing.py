"""Hearing: who is told of a Vendor's Changes ahead of their dates, and the dates before which nobody is.

Leaving is a person's own wish and is obeyed, but it is no Answer of their Vendor: whoever ends all mail says of no
Change that it does not concern them there. So what they followed is unheard from then on, until another contact follows
it or the Vendor answers. That holds for what was announced by then; of what comes later the contacts who are left have
chosen what they hear. Whoever merely leaves out a Change or a service has chosen too.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from notifier.core.change import Change, ChangeList, Deadline
from notifier.core.subscription import Followed, SubscriberState


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One Subscriber of a Vendor, active, suspended or left, and what they follow, or did last.

    `paused_until` is the local day on which their own pause ends, None for none; `ended_at` is when they left or were
    suspended.
    """

    followed: Followed
    state: SubscriberState
    paused_until: date | None = None
    ended_at: datetime | None = None

    def follows(self, change: Change, *, announced: datetime | None) -> bool:
        """Whether they follow the Change, or did when they left; `announced` is since when the list has it."""
        if not self.followed.covers(change):
            return False
        if self.state is not SubscriberState.LEFT:
            return True
        return announced is not None and self.ended_at is not None and announced <= self.ended_at

    def hears_before(self, day: date) -> bool:
        """Whether mail comes to them before a day. One of the day on which a pause ends is too late to act on."""
        awake = self.paused_until is None or self.paused_until < day
        return self.state is SubscriberState.ACTIVE and awake


@dataclass(frozen=True, slots=True, kw_only=True)
class Unheard:
    """A Deadline of which none of these contacts hears before, who follow it, or did when they left."""

    change: Change
    deadline: Deadline
    contacts: tuple[Contact, ...]


def unheard(
    changes: ChangeList, contacts: Collection[Contact], *, announced: Mapping[str, datetime], today: date
) -> tuple[Unheard, ...]:
    """The Deadlines that can come from `today` on and that some of a Vendor's contacts follow, or did when they left,
    but of which none hears before; soonest first. `announced` tells since when the list has a Change, by its id."""
    found = []
    for _, change, deadline in changes.deadlines():
        day = deadline.when.earliest
        if not deadline.is_open or day is None or day < today:
            continue
        theirs = tuple(each for each in contacts if each.follows(change, announced=announced.get(change.id)))
        if theirs and not any(each.hears_before(day) for each in theirs):
            found.append((day, Unheard(change=change, deadline=deadline, contacts=theirs)))
    return tuple(each for _, each in sorted(found, key=lambda pair: pair[0]))
