"""The Plan: which steps are owed, missed or upcoming at an instant. Computed, never stored.

A reminder is owed when its instant is after the Subscriber joined, and after the Subscription, the Cadence
and the date took effect. What depends on the list alone is decided here as a FanOut; what depends on the
Subscriber is decided by `concerns`, which the store's one INSERT … SELECT repeats in SQL.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from notifier.core.cadence import Cadence, Lead, parse_lead
from notifier.core.change import Change, ChangeList, Deadline
from notifier.core.diff import DifferenceKind
from notifier.core.history import Entry
from notifier.core.notice import NoticeKind, Outcome, Step
from notifier.core.subscription import Subscriber, SubscriberState
from notifier.core.timing import Timing

# Within a month of a long window's first day nobody knows how many days are left; until then everybody is told once.
WINDOW_LEAST = parse_lead("30d")

NEWS = {
    DifferenceKind.ADDED: NoticeKind.ANNOUNCED,
    DifferenceKind.DATED: NoticeKind.DATED,
    DifferenceKind.CONFIRMED: NoticeKind.CONFIRMED,
    DifferenceKind.MOVED: NoticeKind.MOVED,
    DifferenceKind.WITHDRAWN: NoticeKind.WITHDRAWN,
    DifferenceKind.COMPLETED: NoticeKind.COMPLETED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FanOut:
    """One Step to be recorded, with its outcome, for every Subscriber it concerns.

    `cadence` is the own Cadence of those Subscribers as text, "" for those without one, None for all.
    """

    step: Step
    change_id: str
    service: str
    outcome: Outcome
    reason: str = ""
    cadence: str | None = None

    @property
    def mark(self) -> tuple[str, str, str, str, int, str]:
        """What names it once it is finished."""
        return (*self.step.identity, "*" if self.cadence is None else self.cadence)


def reminder_steps(key: str, deadline: Deadline, cadence: Cadence, timing: Timing) -> tuple[Step, ...]:
    """Every reminder of one Deadline, in the order they fall due; of several at one instant the tightest."""
    earliest, latest = deadline.when.earliest, deadline.when.latest
    if earliest is None or not deadline.is_open:
        return ()
    leads: Iterable[Lead] = cadence.leads
    if deadline.when.is_long_window:
        early = [lead for lead in leads if lead.days >= WINDOW_LEAST.days] or [WINDOW_LEAST]
        leads = [*early, *(lead for lead in leads if lead.days == 0)]
    steps: dict[datetime, Step] = {}
    if deadline.when.is_long_window and latest is not None:
        steps = {step.due: step for step in _towards(key, latest, [WINDOW_LEAST], timing)}
    # Written over the latest day's: that the end may come from today is the tighter of the two.
    steps |= {step.due: step for step in _towards(key, earliest, leads, timing)}
    return tuple(steps[due] for due in sorted(steps))


def still_speaks(step: Step, deadline: Deadline) -> bool:
    """Whether a reminder recorded before still counts towards a day that the Deadline has."""
    earliest, latest = deadline.when.earliest, deadline.when.latest
    if latest is not None and deadline.when.is_long_window and step.lead == WINDOW_LEAST:
        return step.spoken in (str(earliest), str(latest))
    return step.spoken == str(earliest)


def _towards(key: str, day: date, leads: Iterable[Lead], timing: Timing) -> Iterator[Step]:
    # Longest first, so that of several Leads on one day the tightest is the one that stays.
    for lead in sorted(leads, key=lambda lead: lead.before(day)):
        yield Step(
            deadline=key,
            kind=NoticeKind.REMINDER,
            lead=lead,
            spoken=day.isoformat(),
            due=timing.reminder_instant(lead.before(day)),
            expires=timing.end_of(day),
        )


def cadence_for(own: Cadence | None, deadline: Deadline, timing: Timing) -> Cadence:
    """A Subscriber's own Cadence replaces the Deadline's, which replaces the default."""
    return own or deadline.cadence or timing.cadence


def due_reminders(
    *,
    changes: ChangeList,
    own_cadences: Collection[Cadence],
    effects: Mapping[str, datetime],
    default_since: datetime,
    timing: Timing,
    now: datetime,
    finished: Collection[tuple[str, str, str, str, int, str]],
) -> tuple[FanOut, ...]:
    """Reminders that have fallen due and are not finished.

    Of several that passed since the last run only the tightest is sent and the others are superseded; when
    the day itself is over, it is expired. `effects` says since when each Deadline's date and Leads hold,
    `default_since` since when the default Leads do.
    """
    found: list[FanOut] = []
    for key, change, deadline in changes.deadlines():
        if key not in effects or not deadline.is_open:
            continue
        for own in (None, *own_cadences):
            default = own is None and deadline.cadence is None
            since = max(effects[key], default_since) if default else effects[key]
            steps = reminder_steps(key, deadline, cadence_for(own, deadline, timing), timing)
            passed = [step for step in steps if since < step.due <= now]
            found.extend(_catch_up(passed, change, own, now))
    return tuple(fan_out for fan_out in found if fan_out.mark not in finished)


def _catch_up(passed: list[Step], change: Change, own: Cadence | None, now: datetime) -> Iterator[FanOut]:
    for step in passed:
        outcome, reason = Outcome.OWED, ""
        if step is not passed[-1]:
            outcome, reason = Outcome.SUPERSEDED, f"the reminder {passed[-1].lead} ahead was due as well"
        elif step.expires and now >= step.expires:
            outcome, reason = Outcome.EXPIRED, "its day was over before it could be sent"
        yield FanOut(
            step=step,
            change_id=change.id,
            service=change.service,
            outcome=outcome,
            reason=reason,
            cadence=str(own or ""),
        )


def due_news(
    *,
    changes: ChangeList,
    history: Mapping[str, tuple[Entry, ...]],
    now: datetime,
    finished: Collection[tuple[str, str, str, str, int, str]],
) -> tuple[FanOut, ...]:
    """News that took force and is not finished."""
    found = []
    for key, change, _ in changes.deadlines():
        for entry in history.get(key, ()):
            kind = news_kind(entry)
            if kind and entry.at <= now:
                step = Step(
                    deadline=key,
                    kind=kind,
                    spoken=entry.difference.new.written,
                    revision=entry.revision,
                    due=entry.at,
                )
                found.append(
                    FanOut(step=step, change_id=change.id, service=change.service, outcome=Outcome.OWED)
                )
    return tuple(fan_out for fan_out in found if fan_out.mark not in finished)


def news_kind(entry: Entry) -> NoticeKind | None:
    """The kind of Notice that tells of it, None when nobody is told."""
    return NEWS.get(entry.difference.kind) if entry.news else None


def concerns(
    fan_out: FanOut, *, subscriber: Subscriber, change: Change, ended_at: datetime | None
) -> Outcome | None:
    """What the step's outcome is for one Subscriber, None when it does not concern them at all."""
    due = fan_out.step.due
    if subscriber.joined_at >= due or not subscriber.followed_before(change, due):
        return None
    if fan_out.cadence is not None and fan_out.cadence != str(subscriber.cadence or ""):
        return None
    took_effect = subscriber.cadence_since
    if fan_out.step.kind is NoticeKind.REMINDER and took_effect is not None and took_effect >= due:
        return None
    match subscriber.state:
        case SubscriberState.ACTIVE:
            return fan_out.outcome
        case SubscriberState.SUSPENDED:
            return Outcome.SUSPENDED
        case SubscriberState.LEFT if ended_at is not None and ended_at > due:
            return Outcome.LEFT
        case _:
            return None


def upcoming(
    *, changes: ChangeList, own: Cadence | None, timing: Timing, now: datetime, until: datetime | None = None
) -> tuple[tuple[Change, Deadline, Step], ...]:
    """Reminders still to come under one Cadence, soonest first."""
    found = [
        (change, deadline, step)
        for key, change, deadline in changes.deadlines()
        for step in reminder_steps(key, deadline, cadence_for(own, deadline, timing), timing)
        if step.due > now and (until is None or step.due <= until)
    ]
    return tuple(sorted(found, key=lambda entry: entry[2].due))


def passed_unconfirmed(changes: ChangeList, today: date) -> tuple[tuple[Change, Deadline], ...]:
    """Deadlines whose last announced day has passed while the list says nothing of how they ended."""
    return tuple(
        (change, deadline)
        for _, change, deadline in changes.deadlines()
        if deadline.is_open and deadline.when.latest is not None and deadline.when.latest < today
    )
