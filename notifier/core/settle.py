"""Settling: just before a Message leaves, which of its Notices are still worth telling, and how.

Between planning and sending the list may have moved, a tighter reminder may have fallen due, the day may
have ended, the Subscriber may have chosen otherwise. Nothing is told that is no longer so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from notifier.core.change import Change, ChangeList, Deadline
from notifier.core.diff import date_kind
from notifier.core.footing import Footing
from notifier.core.history import Entry
from notifier.core.notice import PROMISES, REMINDERS, Notice, NoticeKind, Outcome
from notifier.core.plan import NEWS, news_kind, still_speaks
from notifier.core.stance import anchor_of
from notifier.core.subscription import Subscriber, SubscriberState
from notifier.core.timing import Timing
from notifier.core.when import When

_TOLD = frozenset({Outcome.SENT, Outcome.UNKNOWN})
_TOLD_OR_TO_COME = frozenset({Outcome.SENT, Outcome.OWED})
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

    def after_a_copy(self) -> Settled:
        """The same for a Message of which a copy left without an answer: what it told may have been read."""
        return replace(self, dropped=tuple(_perhaps_told(drop) for drop in self.dropped))


def settle(
    *,
    notices: Sequence[Notice],
    elsewhere: Sequence[Notice],
    subscriber: Subscriber,
    footing: Footing,
    changes: ChangeList,
    history: Mapping[str, tuple[Entry, ...]],
    timing: Timing,
    now: datetime,
) -> Settled:
    """Decide for every owed Notice of one Message.

    `elsewhere` are the Subscriber's Notices about the same Deadlines in other Messages: all news, whatever
    became of it, and the reminders that were sent or are owed. What is from before they joined (again) counts
    for nothing, since *standing* told them everything then.
    News that was followed by newer news before it was sent is told once, from what the Subscriber last
    heard to what is so now; when that is nothing, it is cancelled. Of one Deadline nobody is reminded twice
    on a day, nor again in a looser reminder's name, nor of what they have answered; news is told all the same.
    """
    gone = _gone(subscriber)
    if gone:
        outcome, reason = gone
        dropped = tuple(Dropped(notice=notice, outcome=outcome, reason=reason) for notice in notices)
        return Settled(kept=(), dropped=dropped)
    mine = {notice.id for notice in notices}
    others = [n for n in elsewhere if n.id not in mine and n.step.due > subscriber.joined_at]
    by_deadline: dict[str, list[Notice]] = {}
    for notice in notices:
        by_deadline.setdefault(notice.step.deadline, []).append(notice)
    decisions: list[Notice | Dropped] = list(by_deadline.pop("", []))  # standing speaks of no Deadline
    for key, group in by_deadline.items():
        found = changes.deadline(key)
        concerned, lost = _concerned(group, found[0] if found else None, subscriber)
        decisions += lost
        if found is None:
            continue
        reminders, promises, news = _sorted_out(concerned)
        beside, _, earlier = _sorted_out([other for other in others if other.step.deadline == key])
        settled = _settle_reminders(reminders, beside, found[1], timing, now)
        decisions += [_spared(each, *found, footing) for each in settled]
        decisions += [_settle_promise(each, *found, footing, now) for each in promises]
        decisions += _settle_news(news, earlier, found[1], history.get(key, ()))
    return Settled(
        kept=tuple([decision for decision in decisions if isinstance(decision, Notice)]),
        dropped=tuple([decision for decision in decisions if isinstance(decision, Dropped)]),
    )


def _concerned(
    notices: list[Notice], change: Change | None, subscriber: Subscriber
) -> tuple[list[Notice], list[Dropped]]:
    """What still concerns the Subscriber, and the rest. An escalation goes to those who do not follow."""
    follows = change is not None and subscriber.follows(change)
    why = "the list no longer has it" if change is None else "the subscriber no longer follows it"
    kept = [n for n in notices if change and (follows or n.step.kind is NoticeKind.ESCALATION)]
    lost = [Dropped(notice=n, outcome=Outcome.CANCELLED, reason=why) for n in notices if n not in kept]
    return kept, lost


def _sorted_out(notices: list[Notice]) -> tuple[list[Notice], list[Notice], list[Notice]]:
    """The reminders, what follows of promises, and the news."""
    reminders: list[Notice] = []
    promises: list[Notice] = []
    news: list[Notice] = []
    for notice in notices:
        kind = notice.step.kind
        (reminders if kind in REMINDERS else promises if kind in PROMISES else news).append(notice)
    return reminders, promises, news


def _perhaps_told(drop: Dropped) -> Dropped:
    # Too late and perhaps never told is for a person to look at; the others are not missed.
    outcome = Outcome.UNKNOWN if drop.outcome is Outcome.EXPIRED else drop.outcome
    return replace(drop, outcome=outcome, reason=f"{drop.reason}; a copy may have arrived")


def _gone(subscriber: Subscriber) -> tuple[Outcome, str] | None:
    if subscriber.state is SubscriberState.ACTIVE:
        return None
    if subscriber.state is SubscriberState.SUSPENDED:
        return Outcome.SUSPENDED, "mail to this address is suspended"
    return Outcome.LEFT, "the subscriber left"


def _settle_reminders(
    reminders: list[Notice], beside: list[Notice], deadline: Deadline, timing: Timing, now: datetime
) -> Iterator[Notice | Dropped]:
    current: list[Notice] = []
    for notice in sorted(reminders, key=lambda notice: notice.step.due):
        if not deadline.is_open:
            yield Dropped(
                notice=notice, outcome=Outcome.CANCELLED, reason=f"the deadline is {deadline.status}"
            )
        elif not still_speaks(notice.step, deadline):
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
    for notice in current[-1:]:
        rival = next((each for each in beside if _takes_its_place(each, notice, timing, now)), None)
        if rival is None:
            yield notice
        else:
            reason = f"the reminder {rival.step.lead} ahead took its place"
            yield Dropped(notice=notice, outcome=Outcome.SUPERSEDED, reason=reason)


def _spared(
    decided: Notice | Dropped, change: Change, deadline: Deadline, footing: Footing
) -> Notice | Dropped:
    """What was decided of a reminder, unless an Answer spares it."""
    if isinstance(decided, Dropped):
        return decided
    stance, step = footing.stance(change.id), decided.step
    if stance.spares(deadline, step.lead, footing.rules):
        return Dropped(notice=decided, outcome=Outcome.ANSWERED, reason=str(stance))
    if step.kind is NoticeKind.ESCALATION and not footing.is_silent(change.id, before=step.due):
        return Dropped(notice=decided, outcome=Outcome.ANSWERED, reason="the vendor is silent no longer")
    return decided


def _settle_promise(
    notice: Notice, change: Change, deadline: Deadline, footing: Footing, now: datetime
) -> Notice | Dropped:
    """A promise is told as long as it is the last Answer that counts, and anything of its Change lies ahead.

    Where what it looked to is over, it looks to what comes next.
    """
    answer = footing.stance(change.id).answer
    if not change.is_open:
        return Dropped(notice=notice, outcome=Outcome.CANCELLED, reason=f"the deadline is {deadline.status}")
    if answer is None or answer.id != notice.step.revision:
        return Dropped(notice=notice, outcome=Outcome.SUPERSEDED, reason="a newer answer took its place")
    if notice.step.expires and now >= notice.step.expires:
        return Dropped(
            notice=notice, outcome=Outcome.EXPIRED, reason="the promised day was over before it was sent"
        )
    if deadline.is_open or answer.planned is None:
        return notice
    return replace(notice, step=replace(notice.step, deadline=anchor_of(answer.planned, change)))


def _takes_its_place(other: Notice, notice: Notice, timing: Timing, now: datetime) -> bool:
    """Whether a reminder in another Message makes this one needless: it is tighter, or was sent today.

    One whose fate is unknown does not: better told twice than not at all.
    """
    if other.step.spoken != notice.step.spoken or other.outcome not in _TOLD_OR_TO_COME:
        return False
    sent_at = other.decided_at if other.outcome is Outcome.SENT else None
    told_today = sent_at is not None and timing.today(sent_at) == timing.today(now)
    return told_today or other.step.due > notice.step.due


def _settle_news(
    news: list[Notice], earlier: list[Notice], deadline: Deadline, entries: Sequence[Entry]
) -> Iterator[Notice | Dropped]:
    if not news:
        return
    ordered = sorted(news, key=lambda notice: notice.step.revision)
    last = ordered[-1]
    for notice in ordered[:-1]:
        yield Dropped(notice=notice, outcome=Outcome.SUPERSEDED, reason="newer news took its place")
    if any(news_kind(entry) and entry.revision > last.step.revision for entry in entries):
        yield Dropped(notice=last, outcome=Outcome.SUPERSEDED, reason="newer news takes its place")
        return
    first = _first_untold(ordered, earlier)
    known = next(entry.difference.old for entry in entries if entry.revision == first.step.revision)
    kind = _kind(first, last, known, deadline.when)
    if kind is None:
        yield Dropped(notice=last, outcome=Outcome.CANCELLED, reason="it was undone before it was sent")
        return
    old = None if kind is NoticeKind.ANNOUNCED else known
    yield replace(last, step=replace(last.step, kind=kind), old=old)


def _first_untold(ordered: list[Notice], earlier: list[Notice]) -> Notice:
    """The oldest of the unbroken run of news, up to the last, of which the Subscriber has heard nothing."""
    last = ordered[-1].step.revision
    before = [notice for notice in earlier if notice.step.revision < last]
    told = max((notice.step.revision for notice in before if _may_be_told(notice)), default=0)
    untold = [notice for notice in (*ordered, *before) if notice.step.revision > told]
    return min(untold, key=lambda notice: notice.step.revision)


def _may_be_told(notice: Notice) -> bool:
    # In another Message that only waits it may yet be dropped: of a date they never heard of nobody is told a move.
    on_its_way = notice.outcome is Outcome.OWED and notice.copies > 0
    return on_its_way or notice.outcome in _TOLD


def _kind(first: Notice, last: Notice, known: When | None, now: When) -> NoticeKind | None:
    """What the whole way from the first untold news to the last one is; None when it leads nowhere."""
    never_heard = first.step.kind is NoticeKind.ANNOUNCED
    if last.step.kind in _LAST_WORDS:
        return None if never_heard else last.step.kind
    if never_heard or known is None:
        return NoticeKind.ANNOUNCED
    difference = date_kind(known, now)
    return NEWS[difference] if difference else None
