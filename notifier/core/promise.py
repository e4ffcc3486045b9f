"""A promise: what a *planned* Answer has its Party told, ahead of the promised day and after it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from notifier.core.answer import Answer, AnswerKind, AnswerRules, Party
from notifier.core.change import Change, ChangeList
from notifier.core.notice import NoticeKind, Step
from notifier.core.stance import anchor_of
from notifier.core.timing import Timing
from notifier.core.working_days import working_day_on_or_after


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """One Step owed to the Subscribers of one Party who follow the Change."""

    step: Step
    party: Party
    change: Change

    @property
    def mark(self) -> tuple[str, str, str, str, int, str]:
        """What names it once it is finished; the Answer's id in it tells Parties apart."""
        return (*self.step.identity, "*")


def promise_steps(answer: Answer, *, timing: Timing, rules: AnswerRules) -> Iterator[Step]:
    """The reminder ahead of the promised day, unless it was promised later than that; and the question whether
    it is done, on the first working day after it."""
    if answer.kind is not AnswerKind.PLANNED or answer.planned is None or not answer.anchor:
        return
    spoken = answer.planned.isoformat()
    ahead = timing.reminder_instant(rules.ahead.before(answer.planned))
    if ahead > answer.at:
        yield Step(
            deadline=answer.anchor,
            kind=NoticeKind.PROMISE,
            due=ahead,
            lead=rules.ahead,
            spoken=spoken,
            revision=answer.id,
            expires=timing.end_of(answer.planned),
        )
    yield Step(
        deadline=answer.anchor,
        kind=NoticeKind.QUESTION,
        due=timing.instant(working_day_on_or_after(answer.planned + timedelta(days=1)), timing.at),
        spoken=spoken,
        revision=answer.id,
    )


def due_promises(
    counting: Iterable[Answer],
    *,
    changes: ChangeList,
    timing: Timing,
    rules: AnswerRules,
    now: datetime,
    finished: Collection[tuple[str, str, str, str, int, str]],
) -> tuple[Promise, ...]:
    """What has fallen due of the Answers that count and is not finished. What comes too late is among it: that somebody
    was not told must be seen.

    Finished it is under any Deadline that it looked to.
    """
    done = {mark[1:] for mark in finished}
    promised = _promises(counting, changes, timing, rules)
    return tuple(each for each in promised if each.step.due <= now and each.mark[1:] not in done)


def promises_ahead(
    counting: Iterable[Answer],
    *,
    changes: ChangeList,
    timing: Timing,
    rules: AnswerRules,
    now: datetime,
    until: datetime,
) -> tuple[Promise, ...]:
    """What will fall due of the Answers that count after `now` and not after `until`, as far as is known now."""
    promised = _promises(counting, changes, timing, rules)
    return tuple(each for each in promised if now < each.step.due <= until)


def _promises(
    counting: Iterable[Answer], changes: ChangeList, timing: Timing, rules: AnswerRules
) -> Iterator[Promise]:
    """All that these Answers bring. A promise looks to what lies ahead now, whatever that was when it was given."""
    for answer in counting:
        change = changes.change(answer.change_id)
        if change is None or answer.planned is None:
            continue
        current = replace(answer, anchor=anchor_of(answer.planned, change))
        for step in promise_steps(current, timing=timing, rules=rules):
            yield Promise(step=step, party=answer.party, change=change)
