"""Reopening: which reminders are owed after all: that an Answer once spared somebody, once it holds no more, and that
were given up for a date that comes back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from notifier.core.answer import AnswerRules
from notifier.core.change import Change, ChangeList
from notifier.core.notice import Notice, Outcome
from notifier.core.plan import still_speaks
from notifier.core.stance import Stance

# What a reminder must have come to for it to stand in the way of looser ones that were spared, or be spared itself.
WEIGHED = (Outcome.ANSWERED, Outcome.OWED, Outcome.SENT, Outcome.UNKNOWN)


def reopened(
    reminders: Iterable[Notice], *, change: Change, stance: Stance, rules: AnswerRules, now: datetime
) -> Iterator[Notice]:
    """Of the reminders of a Change, with any outcome, those to be owed again under this Stance.

    For each Subscriber and date that is the tightest one, where it was spared, still speaks, has not come too
    late and is spared no longer: as of several that fell due together only the tightest is told.
    """
    deadlines = {change.key(deadline): deadline for deadline in change.deadlines if deadline.is_open}
    tightest: dict[tuple[int, str], Notice] = {}
    for notice in sorted(reminders, key=lambda each: (each.step.due, each.id)):
        deadline = deadlines.get(notice.step.deadline)
        if deadline and notice.outcome in WEIGHED and still_speaks(notice.step, deadline):
            tightest[notice.subscriber_id, notice.step.deadline] = notice
    for notice in tightest.values():
        spared = stance.spares(deadlines[notice.step.deadline], notice.step.lead, rules)
        late = notice.step.expires is not None and now >= notice.step.expires
        if notice.outcome is Outcome.ANSWERED and not spared and not late:
            yield notice


def given_up(
    reminders: Iterable[Notice], *, changes: ChangeList, away: Mapping[str, datetime], now: datetime
) -> Iterator[Notice]:
    """Of these reminders, those to be owed again since their Deadline gets back the days of which they speak.

    `away` says since when it was without them, by its key. What was cancelled in that time was so for nothing, and
    where no news of it leaves, nothing else tells of the date. Of several the tightest is told, by `core.settle`.
    """
    deadlines = {key: deadline for key, _, deadline in changes.deadlines() if key in away}
    for notice in reminders:
        deadline, decided_at = deadlines.get(notice.step.deadline), notice.decided_at
        if deadline is None or notice.outcome is not Outcome.CANCELLED or decided_at is None:
            continue
        late = notice.step.expires is not None and now >= notice.step.expires
        if decided_at >= away[notice.step.deadline] and still_speaks(notice.step, deadline) and not late:
            yield notice
