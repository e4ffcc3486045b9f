"""What follows of a promise: a reminder ahead of the day, a question after it, and nothing once another counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.answer import Answer, AnswerKind, AnswerRules
from notifier.core.change import Status
from notifier.core.footing import Footing
from notifier.core.notice import Notice, NoticeKind, Outcome, Step
from notifier.core.promise import due_promises, promise_steps
from notifier.core.reasons import why_that_day
from notifier.core.stance import Stance
from notifier.core.working_days import is_working_day
from tests.core.lists import DAYS, TIMING, a_change, a_deadline, a_list, oslo
from tests.core.settling import EVER_SINCE, lists_of, settled
from tests.core.test_stance import an_answer

RULES = AnswerRules()


def promise(planned: str = "2026-11-15", **fields: object) -> Answer:
    return an_answer(AnswerKind.PLANNED, planned, **{"anchor": "portal/end"} | fields)


def due(answer: Answer, today: str, **fields: object) -> list[str]:
    found = due_promises(
        [answer],
        **{"changes": a_list(), "timing": TIMING, "rules": RULES, "now": oslo(today), "finished": ()}
        | fields,  # type: ignore[arg-type]
    )
    return [str(each.step.kind) for each in found]


def test_one_is_reminded_a_week_ahead_and_asked_on_the_next_working_day() -> None:
    # 15 November 2026 is a Sunday, and so is the day a week before it.
    ahead, question = promise_steps(promise(), timing=TIMING, rules=RULES)
    assert (ahead.kind, ahead.due, ahead.expires) == (
        "promise",
        oslo("2026-11-06", "08:00"),
        oslo("2026-11-16", "00:00"),
    )
    assert (question.kind, question.due, question.expires) == ("question", oslo("2026-11-16", "08:00"), None)
    assert {ahead.spoken, question.spoken} == {"2026-11-15"}
    assert [due(promise(), day) for day in ("2026-11-05", "2026-11-06", "2026-11-15", "2026-11-16")] == [
        [], ["promise"], ["promise"], ["promise", "question"],
    ]  # fmt: skip


def test_whoever_promises_within_the_week_is_asked_only() -> None:
    late = promise(at=oslo("2026-11-06"))
    assert due(late, "2026-11-14") == []
    assert due(late, "2026-11-16") == ["question"]


def test_nothing_follows_once_the_deadline_is_over_or_all_was_told() -> None:
    over = a_list(a_change(a_deadline(status=Status.COMPLETED)))
    assert due(promise(), "2026-11-16", changes=over) == []
    assert due(promise(change_id="gone"), "2026-11-16") == []
    ahead, question = due_promises(
        [promise()], changes=a_list(), timing=TIMING, rules=RULES, now=oslo("2026-11-16"), finished=()
    )
    assert due(promise(), "2026-11-16", finished=[ahead.mark]) == ["question"]
    assert due(promise(), "2026-11-16", finished=[ahead.mark, question.mark]) == []


def test_a_promise_looks_to_what_comes_next_once_its_deadline_is_over() -> None:
    over = a_deadline("2026-11-20", name="test", status=Status.COMPLETED)
    listed = a_list(a_change(over, a_deadline()))
    answer = promise(anchor="portal/test", at=oslo("2026-11-14"))
    asked = {"changes": listed, "timing": TIMING, "rules": RULES, "now": oslo("2026-11-16")}
    (question,) = due_promises([answer], **asked, finished=())  # type: ignore[arg-type]
    assert question.step.deadline == "portal/end"
    before = ("portal/test", *question.mark[1:])
    assert due_promises([answer], **asked, finished=[before]) == ()  # type: ignore[arg-type]

    owed = notice()
    owed = replace(owed, step=replace(owed.step, deadline="portal/test"))
    where = Footing(stances={"portal": Stance(answer=answer)})
    found = settled([listed], [owed], footing=where, now=oslo("2026-11-16"))
    assert [each.step.deadline for each in found.kept] == ["portal/end"]


@given(planned=DAYS, days_before=st.integers(0, 400))
def test_the_question_comes_after_the_day_on_a_working_day_and_the_reminder_before_it(
    planned: date, days_before: int
) -> None:
    answer = replace(promise(planned.isoformat()), at=oslo(planned.isoformat()) - timedelta(days=days_before))
    *ahead, question = promise_steps(answer, timing=TIMING, rules=RULES)
    asked = TIMING.today(question.due)
    assert asked > planned
    assert is_working_day(asked)
    assert not any(is_working_day(planned + timedelta(days=n)) for n in range(1, (asked - planned).days))
    for step in ahead:
        assert answer.at < step.due < oslo(planned.isoformat(), "23:59")


def notice(kind: NoticeKind = NoticeKind.QUESTION, *, revision: int = 1, **fields: object) -> Notice:
    step = Step(
        deadline="portal/end",
        kind=kind,
        due=oslo("2026-11-16"),
        spoken="2026-11-15",
        revision=revision,
        **fields,
    )  # type: ignore[arg-type]
    return Notice(id=7, subscriber_id=1, step=step, message_id=1)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (promise(), None),
        (promise("2026-11-30", id=2), Outcome.SUPERSEDED),
        (an_answer(AnswerKind.DONE, id=2), Outcome.SUPERSEDED),
        (None, Outcome.SUPERSEDED),
    ],
)
def test_only_the_answer_that_counts_is_asked_about(answer: Answer | None, outcome: Outcome | None) -> None:
    where = Footing(stances={"portal": Stance(answer=answer)})
    found = settled(lists_of("2026-12-01"), [notice()], footing=where, now=oslo("2026-11-16"))
    assert [drop.outcome for drop in found.dropped] == ([outcome] if outcome else [])


def test_a_promise_falls_with_its_deadline_and_with_its_day() -> None:
    where = Footing(stances={"portal": Stance(answer=promise())})
    ended = lists_of(a_deadline(status=Status.WITHDRAWN))
    (drop,) = settled(ended, [notice()], footing=where, now=oslo("2026-11-16")).dropped
    assert drop.outcome is Outcome.CANCELLED
    late = notice(NoticeKind.PROMISE, expires=oslo("2026-11-16", "00:00"))
    (drop,) = settled(lists_of("2026-12-01"), [late], footing=where, now=oslo("2026-11-16")).dropped
    assert drop.outcome is Outcome.EXPIRED


def test_an_escalation_reaches_who_does_not_follow_as_long_as_nobody_answers() -> None:
    reminder = notice(NoticeKind.ESCALATION, revision=0, expires=oslo("2026-12-02", "00:00"))
    escalation = replace(reminder, step=replace(reminder.step, spoken="2026-12-01"))
    lists = lists_of("2026-12-01")
    stranger = replace(EVER_SINCE, subscriptions=())
    silent = Footing(vendor="Blåbær EPJ", reminded={"portal": [oslo("2026-09-02"), oslo("2026-10-02")]})
    telling = settled(lists, [escalation], subscriber=stranger, footing=silent, now=oslo("2026-11-16"))
    assert telling.kept == (escalation,)
    for where in (replace(silent, answered=frozenset({"portal"})), replace(silent, vendor="")):
        (drop,) = settled(
            lists, [escalation], subscriber=stranger, footing=where, now=oslo("2026-11-16")
        ).dropped
        assert drop.outcome is Outcome.ANSWERED


def test_operators_read_why_a_promise_is_followed_up_on_its_day() -> None:
    ahead, question = promise_steps(promise(), timing=TIMING, rules=RULES)
    assert why_that_day(ahead, a_deadline(), TIMING).startswith(
        "7d before 2026-11-15, which answer 1 promised"
    )
    asked = why_that_day(question, a_deadline(), TIMING)
    assert asked == "the first working day after 2026-11-15, which answer 1 promised"
