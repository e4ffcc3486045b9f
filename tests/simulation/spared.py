"""What Answers may do, seen from outside: they spare reminders while they hold, and lose nobody anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row

from notifier.core.answer import Answer, AnswerKind, Evidence, Party
from notifier.core.cadence import parse_lead
from notifier.core.change import Change, ChangeList, Deadline
from notifier.core.notice import PROMISES, REMINDERS, NoticeKind, Outcome
from notifier.core.promise import promise_steps
from notifier.core.stance import anchor_of
from notifier.core.subscription import SubscriberState
from notifier.core.timing import Timing
from tests.simulation.accounts import Accounts
from tests.simulation.answerers import RULES, SETTLED, Answerers, party_of_row


def assert_may_be_told(
    tells: Sequence[Mapping[str, Any]],
    party: Party,
    answerers: Answerers,
    *,
    current: datetime,
    armed: datetime,
) -> None:
    """Nobody is reminded of what they had said was done, nor asked after a promise that they had replaced.

    `current` is since when the list in force is: an Answer from before it may be in doubt.
    """
    for told in tells:
        change_id = told["deadline"].partition("/")[0]
        last = answerers.last(party, change_id, by=armed)
        if told["kind"] in PROMISES:
            assert told["revision"] == (last and last.id), "answers: only the last promise is told"
        elif told["kind"] in REMINDERS and last and last.kind in SETTLED and current <= last.at:
            seen = answerers.last_seen(party, change_id)
            doubted = seen is not None and seen.at > last.at
            assert doubted, f"answers: reminded in spite of answer {last.id}"


def assert_answers_hold(
    answerers: Answerers, accounts: Accounts, current: ChangeList, *, timing: Timing, now: datetime
) -> None:
    """What an Answer spared is still spared by the last one, and whoever never answered was spared nothing."""
    tightest: dict[tuple[int, str, str], Row[Any]] = {}
    for row in sorted(accounts.notices.values(), key=lambda each: (each.due, each.id)):
        person = accounts.people[row.subscriber_id]
        if row.kind in REMINDERS and person.state == SubscriberState.ACTIVE and row.due > person.joined_at:
            party, change_id = party_of_row(person), row.deadline.partition("/")[0]
            answered = answerers.last(party, change_id) is not None
            assert answered or row.outcome != Outcome.ANSWERED, (
                f"answers: Notice {row.id} was spared {party}, which never answered"
            )
            tightest[row.subscriber_id, row.deadline, row.spoken] = row
    for row in tightest.values():
        change, deadline = current.deadline(row.deadline) or (None, None)
        if row.outcome != Outcome.ANSWERED or row.kind != NoticeKind.REMINDER or row.expires <= now:
            continue
        if change is None or deadline is None or not deadline.is_open or row.spoken not in days_of(deadline):
            continue
        party = party_of_row(accounts.people[row.subscriber_id])
        last, seen = answerers.last(party, change.id), answerers.last_seen(party, change.id)
        assert _spares(last, row.lead, deadline, seen, timing), (
            f"answers: Notice {row.id} stays unsaid, which {party} is owed again"
        )


def days_of(deadline: Deadline) -> set[str]:
    """The days that its reminders may speak of."""
    return {str(deadline.when.earliest), str(deadline.when.latest)}


def _spares(
    last: Answer | None, lead: str, deadline: Deadline, seen: Evidence | None, timing: Timing
) -> bool:
    """Whether an Answer can have spared this reminder; whether it was in doubt by a date is left open."""
    if last is None:
        return False
    if last.kind in SETTLED:
        return seen is None or seen.calls == 0 or seen.last_seen <= timing.today(last.at)
    in_time = last.planned is not None and last.planned < (deadline.when.earliest or date.min)
    return last.kind is AnswerKind.PLANNED and in_time and parse_lead(lead) > RULES.always


def promised(
    answerers: Answerers, change: Change, person: Row[Any], *, timing: Timing, now: datetime
) -> list[tuple[str, int, datetime]]:
    """The kind, Answer and instant of what the last promise of somebody's Party on a Change owes them by now."""
    last = answerers.last(party_of_row(person), change.id)
    if last is None or last.planned is None:
        return []
    current = replace(last, anchor=anchor_of(last.planned, change))
    steps = promise_steps(current, timing=timing, rules=RULES)
    return [(step.kind, step.revision, step.due) for step in steps if step.due <= now]
