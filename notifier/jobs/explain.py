"""Explain: every step of one Subscriber and one Change, what became of it or will, and the rule.

Past steps come from the Ledger; where it has nothing, the rule says why. Only reads, so twice is harmless.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, Engine

from notifier.core.change import Change, ChangeList
from notifier.core.message import Message
from notifier.core.notice import Notice, NoticeKind, Step
from notifier.core.plan import cadence_for, reminder_steps
from notifier.core.pseudonym import Pseudonyms
from notifier.core.reasons import why_not_told, why_that_day
from notifier.core.subscription import Subscriber
from notifier.core.timing import Timing
from notifier.errors import UsageError
from notifier.store import changes, finding, installation, messages, notices
from notifier.store.engine import reading
from notifier.store.messages import Attempt


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A Notice of the Ledger, the Message that carried it, every attempt, and why it fell on its day."""

    notice: Notice
    message: Message | None
    attempts: tuple[Attempt, ...]
    day: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Untold:
    """A reminder that is in no Ledger: `why_not` says why it passed or will pass by, empty when it will come."""

    step: Step
    day: str
    why_not: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Everything there is to say of one Subscriber and one Change; `untold` is in the order of time."""

    subscriber: Subscriber
    changes: ChangeList
    change: Change
    told: tuple[Told, ...]
    untold: tuple[Untold, ...]


def explain(
    *,
    engine: Engine,
    timing: Timing,
    pseudonyms: Pseudonyms,
    address: str,
    change_id: str,
    now: datetime,
) -> Explanation:
    """Say why, for one address (or pseudonym) and one Change; also of whoever was erased since.

    Raises UsageError when either is unknown.
    """
    with reading(engine) as connection:
        try:
            subscriber = finding.named(connection, address, pseudonyms=pseudonyms)
        except ValueError as error:
            raise UsageError(str(error)) from None
        if subscriber is None:
            raise UsageError(f"nobody with the address “{address}” is or was subscribed")
        current = changes.in_force(connection)
        change = current.changes.change(change_id) if current else None
        if current is None or change is None:
            raise UsageError(f"the list in force has no change “{change_id}”")
        ledger = notices.of_subscriber(connection, subscriber.id, change_id)
        return Explanation(
            subscriber=subscriber,
            changes=current.changes,
            change=change,
            told=tuple(_told(connection, ledger, change, timing)),
            untold=_untold(connection, ledger, subscriber, change, timing, now=now),
        )


def _told(connection: Connection, ledger: Sequence[Notice], change: Change, timing: Timing) -> Iterator[Told]:
    ids = {notice.message_id for notice in ledger if notice.message_id is not None}
    carried = {message.id: message for message in messages.load(connection, ids)}
    attempts = {message_id: messages.attempts_of(connection, message_id) for message_id in ids}
    deadlines = {change.key(deadline): deadline for deadline in change.deadlines}
    for notice in ledger:
        deadline = deadlines.get(notice.step.deadline)
        yield Told(
            notice=notice,
            message=carried.get(notice.message_id or 0),
            attempts=attempts.get(notice.message_id or 0, ()),
            day=why_that_day(notice.step, deadline, timing) if deadline else "",
        )


def _untold(
    connection: Connection,
    ledger: Sequence[Notice],
    subscriber: Subscriber,
    change: Change,
    timing: Timing,
    *,
    now: datetime,
) -> tuple[Untold, ...]:
    effects: Mapping[str, datetime] = changes.effects(connection)
    default_since = installation.leads_kept(connection, leads=str(timing.cadence)) or now
    recorded = {_as_reminder(notice.step).identity for notice in ledger}
    found = []
    for deadline in change.deadlines:
        key = change.key(deadline)
        by_default = subscriber.cadence is None and deadline.cadence is None
        since = max(effects.get(key, now), default_since if by_default else effects.get(key, now))
        for step in reminder_steps(key, deadline, cadence_for(subscriber.cadence, deadline, timing), timing):
            if step.identity not in recorded:
                why_not = why_not_told(step, subscriber=subscriber, change=change, since=since)
                found.append(Untold(step=step, day=why_that_day(step, deadline, timing), why_not=why_not))
    return tuple(sorted(found, key=lambda untold: untold.step.due))


def _as_reminder(step: Step) -> Step:
    """An escalation is the reminder of its step to whoever does not follow the Change."""
    return replace(step, kind=NoticeKind.REMINDER) if step.kind is NoticeKind.ESCALATION else step
