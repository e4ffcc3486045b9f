"""Reasons: why a reminder falls on its day, and why it is, or is not, owed to one Subscriber; in English.

Operators read them (`notifier why`). They follow the rules of `core.plan` step by step.
"""

from __future__ import annotations

from datetime import datetime

from notifier.core.cadence import Cadence
from notifier.core.change import Change, Deadline
from notifier.core.notice import NoticeKind, Step
from notifier.core.subscription import Subscriber, SubscriberState
from notifier.core.timing import Timing


def why_that_day(step: Step, deadline: Deadline, timing: Timing) -> str:
    """Why a reminder falls due when it does: its Lead, what it counts towards, the previous working day; of a
    promise, how far from the promised day."""
    if step.kind is NoticeKind.QUESTION:
        return f"the first working day after {step.spoken}, which answer {step.revision} promised"
    if step.kind is NoticeKind.PROMISE:
        return f"{step.lead} before {step.spoken}, which answer {step.revision} promised, or the working day before"
    if step.lead is None or step.spoken == "":
        return ""
    day = next(
        (day for day in (deadline.when.earliest, deadline.when.latest) if str(day) == step.spoken), None
    )
    if day is None:
        return f"{step.lead} before {step.spoken}, which the list does not say any more"
    meant, falls = step.lead.before(day), timing.today(step.due)
    last = deadline.when.is_long_window and day == deadline.when.latest
    towards = f"{step.lead} before {day}" + (", the window's last day" if last else "")
    if meant == falls:
        return towards
    return f"{towards} is {meant:%a %Y-%m-%d}; moved to the previous working day"


def whose_leads(own: Cadence | None, deadline: Deadline) -> str:
    """Which Leads count: the Subscriber's own, the Deadline's, or the default."""
    if own is not None:
        return f"the subscriber's own leads ({own})"
    return f"the deadline's leads ({deadline.cadence})" if deadline.cadence else "the default leads"


def why_not_told(step: Step, *, subscriber: Subscriber, change: Change, since: datetime) -> str:
    """Why a step is not owed to the Subscriber, in a few words; empty when it is.

    `since` is when the Deadline's date and the Leads that count took effect.
    """
    gone = {
        SubscriberState.PENDING: "the address has not been confirmed",
        SubscriberState.SUSPENDED: "mail to this address is suspended",
        SubscriberState.LEFT: "the subscriber left",
    }.get(subscriber.state)
    took_effect = subscriber.cadence_since
    if subscriber.joined_at >= step.due:
        return "the subscriber joined later; the standing mail told what was ahead"
    if subscriber.state is SubscriberState.ERASED:
        return "the subscriber was erased"
    if not subscriber.follows(change):
        covered = any(each.topic.covers(change) for each in subscriber.subscriptions)
        return "the subscriber has left it out" if covered else "the subscriber does not follow it"
    if not subscriber.followed_before(change, step.due):
        return "the subscriber began to follow it later"
    if step.due <= since:
        return "its date or the leads took effect later"
    if took_effect is not None and took_effect >= step.due:
        return "the subscriber chose these leads later"
    return gone or ""
