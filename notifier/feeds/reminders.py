"""The Leads of a Deadline as a calendar tells them: on the same local days on which the mails are sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from notifier.core.cadence import Cadence, Lead
from notifier.core.change import Deadline
from notifier.core.diff import DifferenceKind
from notifier.core.history import Entry
from notifier.core.plan import cadence_for, reminder_steps
from notifier.core.timing import Timing
from notifier.feeds.markers import UID_DOMAIN, Marker, Role, shown_when


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminding:
    """At which Leads a calendar reminds: `own` ones, else the Deadline's, else those of `timing`.

    `since` is when the Subscriber last chose their Leads; what fell due before is not theirs.
    """

    timing: Timing
    own: Cadence | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """One Lead before a marked day. `due` is local time without its zone; `left` counts days from then to the day.

    `uid` is its name for life: the same Lead of the same Deadline, whatever its date.
    """

    uid: str
    lead: Lead
    due: datetime
    left: int

    @property
    def day(self) -> date:
        """The local day on which the mail is sent."""
        return self.due.date()


def reminders_of(
    key: str, deadline: Deadline, marker: Marker, entries: Sequence[Entry], reminding: Reminding
) -> tuple[Reminder, ...]:
    """The reminders that count towards one marker, in the order they fall due.

    For a marker that no longer applies: those that were still ahead when it ceased to.
    """
    since = [instant for instant in (_armed_at(entries), reminding.since) if instant]
    if marker.void:
        deadline = replace(deadline, status=None, when=shown_when(deadline, entries) or deadline.when)
        since.append(marker.changed_at)
    timing = reminding.timing
    steps = reminder_steps(key, deadline, cadence_for(reminding.own, deadline, timing), timing)
    # A window has its earliest and its latest day marked apart; a step says which it counts towards.
    target = marker.last if marker.role is Role.LATEST else marker.first
    return tuple(
        Reminder(
            uid=f"{marker.uid.removesuffix(f'@{UID_DOMAIN}')}.lead-{step.lead}@{UID_DOMAIN}",
            lead=step.lead,
            due=step.due.astimezone(timing.zone).replace(tzinfo=None),
            left=(target - timing.today(step.due)).days,
        )
        for step in steps
        if step.lead and step.spoken == target.isoformat() and all(step.due > instant for instant in since)
    )


def _armed_at(entries: Sequence[Entry]) -> datetime | None:
    """When the present days took effect: a Lead that had passed by then was never told."""
    for entry in reversed(entries):
        old = entry.difference.old
        if (
            entry.difference.kind is DifferenceKind.ADDED
            or old is None
            or not old.same_days(entry.difference.new)
        ):
            return entry.at
    return None
