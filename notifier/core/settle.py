"""Settling: just before a Message leaves, which of its Notices are still worth telling, and how.

Between planning and sending the list may have moved, a tighter reminder may have fallen due, the day may
have ended, the Subscriber may have chosen otherwise. Nothing is told that is no longer so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from notifier.core.change import ChangeList, Deadline
from notifier.core.history import Entry
from notifier.core.notice import Notice, NoticeKind, Outcome
from notifier.core.subscription import Subscriber, SubscriberState
from notifier.core.when import When

_TOLD = frozenset({Outcome.SENT, Outcome.UNKNOWN})
_LAST_WORDS = frozenset({NoticeKind.WITHDRAWN, NoticeKind.COMPLETED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """A Notice that is not told after all."""

    notice: Notice
    outcome: Outcome
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What one Message will carry, and what it will not."""

    kept: tuple[Notice, ...]
    dropped: tuple[Dropped, ...]


def settle(
    *,
    notices: Sequence[Notice],
    earlier_news: Sequence[Notice],
    subscriber: Subscriber,
    changes: ChangeList,
    history: Mapping[str, tuple[Entry, ...]],
    now: datetime,
) -> Settled:
    """Decide for every owed Notice of one Subscriber.

    `earlier_news` are their other news Notices about the same Deadlines, whatever became of them.
    News that was followed by newer news before it was sent is told once, from what the Subscriber last
    heard to what is so now; when that is nothing, it is cancelled.
    """
    gone = _gone(subscriber)
    if gone:
        outcome, reason = gone
        dropped = tuple(Dropped(notice=notice, outcome=outcome, reason=reason) for notice in notices)
        return Settled(kept=(), dropped=dropped)
    by_deadline: dict[str, list[Notice]] = {}
    for notice in notices:
        by_deadline.setdefault(notice.step.deadline, []).append(notice)
    decisions: list[Notice | Dropped] = list(by_deadline.pop("", []))  # standing speaks of no Deadline
    for key, group in by_deadline.items():
        found = changes.deadline(key)
        if found is None or not subscriber.follows(found[0]):
            why = "the subscriber no longer follows it" if found else "the list no longer has it"
            decisions += [Dropped(notice=n, outcome=Outcome.CANCELLED, reason=why) for n in group]
            continue
        reminders = [notice for notice in group if notice.step.kind is NoticeKind.REMINDER]
        news = [notice for notice in group if notice.step.kind is not NoticeKind.REMINDER]
        heard = [notice for notice in earlier_news if notice.step.deadline == key]
        decisions += _settle_reminders(reminders, found[1], now)
        decisions += _settle_news(news, heard, found[1], history.get(key, ()))
    return Settled(
        kept=tuple(decision for decision in decisions if isinstance(decision, Notice)),
        dropped=tuple(decision for decision in decisions if isinstance(decision, Dropped)),
    )


def _gone(subscriber: Subscriber) -> tuple[Outcome, str] | None:
    if subscriber.state is SubscriberState.ACTIVE:
        return None
    if subscriber.state is SubscriberState.SUSPENDED:
        return Outcome.SUSPENDED, "mail to this address is suspended"
    return Outcome.LEFT, "the subscriber left"


def _settle_reminders(
    reminders: list[Notice], deadline: Deadline, now: datetime
) -> Iterator[Notice | Dropped]:
    days = {day.isoformat() for day in (deadline.when.earliest, deadline.when.latest) if day}
    current: list[Notice] = []
    for notice in sorted(reminders, key=lambda notice: notice.step.due):
        if not deadline.is_open:
            yield Dropped(
                notice=notice, outcome=Outcome.CANCELLED, reason=f"the deadline is {deadline.status}"
            )
        elif notice.step.spoken not in days:
            yield Dropped(notice=notice, outcome=Outcome.CANCELLED, reason="the date was changed")
        elif notice.step.expires and now >= notice.step.expires:
            yield Dropped(
                notice=notice, outcome=Outcome.EXPIRED, reason="its day was over before it was sent"
            )
        else:
            current.append(notice)
    for notice in current[:-1]:
        reason = f"the reminder {current[-1].step.lead} ahead took its place"
        yield Dropped(notice=notice, outcome=Outcome.SUPERSEDED, reason=reason)
    yield from current[-1:]


def _settle_news(
    news: list[Notice], heard: list[Notice], deadline: Deadline, entries: Iterable[Entry]
) -> Iterator[Notice | Dropped]:
    if not news:
        return
    ordered = sorted(news, key=lambda notice: notice.step.revision)
    last = ordered[-1]
    for notice in ordered[:-1]:
        yield Dropped(notice=notice, outcome=Outcome.SUPERSEDED, reason="newer news took its place")
    first_untold = _first_untold(last, [*ordered[:-1], *heard])
    by_revision = {entry.revision: entry.difference for entry in entries}
    known = by_revision[first_untold.step.revision].old
    never_heard = first_untold.step.kind is NoticeKind.ANNOUNCED
    if _undone(last, deadline, known, never_heard=never_heard):
        yield Dropped(notice=last, outcome=Outcome.CANCELLED, reason="it was undone before it was sent")
    elif last.step.spoken != deadline.when.written:
        yield Dropped(notice=last, outcome=Outcome.SUPERSEDED, reason="newer news takes its place")
    elif never_heard:
        yield replace(last, step=replace(last.step, kind=NoticeKind.ANNOUNCED), old=None)
    else:
        yield replace(last, step=replace(last.step, kind=_kind_from(last, known, deadline)), old=known)


def _first_untold(last: Notice, others: list[Notice]) -> Notice:
    """The oldest of the unbroken run of news, up to `last`, of which the Subscriber has heard nothing."""
    first = last
    for notice in sorted(others, key=lambda notice: notice.step.revision, reverse=True):
        if notice.step.revision >= last.step.revision:
            continue
        if notice.outcome in _TOLD:
            break
        first = notice
    return first


def _undone(last: Notice, deadline: Deadline, known: When | None, *, never_heard: bool) -> bool:
    if never_heard:
        return last.step.kind in _LAST_WORDS
    if not deadline.is_open or known is None:
        return False
    return known.same_days(deadline.when) and known.certainty == deadline.when.certainty


def _kind_from(last: Notice, known: When | None, deadline: Deadline) -> NoticeKind:
    """What the step from the last heard date to the present one is, when several were passed over."""
    if last.step.kind in _LAST_WORDS or known is None:
        return last.step.kind
    if not known.is_set and deadline.when.is_set:
        return NoticeKind.DATED
    if known.is_set and deadline.when.is_set and deadline.when.lies_within(known):
        return NoticeKind.CONFIRMED
    return NoticeKind.MOVED
