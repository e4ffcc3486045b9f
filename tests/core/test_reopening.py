"""What is owed again: of what an Answer spared somebody the tightest, once none spares it, and what was given up for
a date that comes back; nothing that was told.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.answer import AnswerKind, AnswerRules
from notifier.core.change import Change, Deadline, Status
from notifier.core.footing import Footing
from notifier.core.notice import Notice, Outcome
from notifier.core.reopening import given_up, reopened
from notifier.core.stance import OPEN, Stance
from tests.core.lists import LONG_AGO, a_change, a_deadline, a_list, oslo
from tests.core.settling import lists_of, reminders_of, settled
from tests.core.test_stance import an_answer

RULES = AnswerRules()
DEADLINE = a_deadline("2026-12-01")
DONE = Stance(answer=an_answer(AnswerKind.DONE))
PROMISED = Stance(answer=an_answer(AnswerKind.PLANNED, "2026-11-20"))


def ledger(**outcomes: Outcome) -> list[Notice]:
    """Reminders by their Leads, `d30=ANSWERED` for the one 30 days ahead."""
    by_lead = {str(each.step.lead): each for each in reminders_of(DEADLINE)}
    return [replace(by_lead[f"{name[1:]}d"], outcome=outcome) for name, outcome in outcomes.items()]


def again(
    reminders: list[Notice],
    *,
    stance: Stance = OPEN,
    change: Change | None = None,
    now: datetime | None = None,
) -> list[str]:
    change = change or a_change(DEADLINE)
    now = now or oslo("2026-11-25")
    return [str(n.step.lead) for n in reopened(reminders, change=change, stance=stance, rules=RULES, now=now)]


def test_the_tightest_of_what_was_spared() -> None:
    spared = ledger(d30=Outcome.ANSWERED, d14=Outcome.ANSWERED, d60=Outcome.SENT)
    assert again(spared) == ["14d"]
    assert again(spared, stance=DONE) == []
    assert again(spared, stance=PROMISED) == []
    assert again([*spared, *ledger(d7=Outcome.ANSWERED)], stance=PROMISED) == ["7d"]


@pytest.mark.parametrize("outcome", [Outcome.SENT, Outcome.OWED, Outcome.UNKNOWN])
def test_nothing_looser_than_what_was_told(outcome: Outcome) -> None:
    assert again(ledger(d30=Outcome.ANSWERED, d14=outcome)) == []


def test_only_what_still_speaks_and_comes_in_time() -> None:
    spared = ledger(d30=Outcome.ANSWERED)
    assert again(spared, change=a_change("2026-12-02")) == []
    assert again(spared, change=a_change(replace(DEADLINE, status=Status.COMPLETED))) == []
    assert again(spared, now=oslo("2026-12-01", "23:59")) == ["30d"]
    assert again(spared, now=oslo("2026-12-02", "00:00")) == []


@given(
    outcomes=st.lists(st.sampled_from(Outcome), min_size=9, max_size=9),
    stance=st.sampled_from([OPEN, DONE, PROMISED]),
)
def test_at_most_one_and_never_one_that_is_spared(outcomes: list[Outcome], stance: Stance) -> None:
    reminders = [
        replace(each, outcome=outcome) for each, outcome in zip(reminders_of(DEADLINE), outcomes, strict=True)
    ]
    found = list(
        reopened(reminders, change=a_change(DEADLINE), stance=stance, rules=RULES, now=oslo("2026-11-25"))
    )
    assert len(found) <= 1
    for notice in found:
        assert notice.outcome is Outcome.ANSWERED
        assert not stance.spares(DEADLINE, notice.step.lead, RULES)
        told = [each for each in reminders if each.outcome in (Outcome.SENT, Outcome.OWED)]
        assert all(each.step.due <= notice.step.due for each in told)


@given(script=st.lists(st.sampled_from([None, None, OPEN, DONE, PROMISED]), max_size=30))
def test_changing_an_answer_to_and_fro_loses_no_owed_reminder_and_tells_none_twice(
    script: list[Stance | None],
) -> None:
    """None lets the next reminder fall due and be sent, unless it is spared; a Stance is answered meanwhile."""
    every, ledger, told = reminders_of(DEADLINE), dict[int, Notice](), list[int]()
    stance, now = OPEN, LONG_AGO

    def send() -> None:
        owed = [each for each in ledger.values() if each.outcome is Outcome.OWED]
        elsewhere = [each for each in ledger.values() if each.outcome is not Outcome.OWED]
        where = Footing(vendor="Blåbær EPJ", stances={"portal": stance})
        found = settled(lists_of("2026-12-01"), owed, elsewhere=elsewhere, footing=where, now=now)
        for each in found.kept:
            told.append(each.id)
            ledger[each.id] = replace(each, outcome=Outcome.SENT, decided_at=now)
        for drop in found.dropped:
            ledger[drop.notice.id] = replace(drop.notice, outcome=drop.outcome, decided_at=now)

    def change() -> None:
        again = reopened(
            list(ledger.values()), change=a_change(DEADLINE), stance=stance, rules=RULES, now=now
        )
        ledger.update({each.id: replace(each, outcome=Outcome.OWED) for each in again})

    for what in [*script, OPEN]:
        if what is not None:
            stance = what
            change()
        elif len(ledger) < len(every):
            due = every[len(ledger)]
            ledger[due.id], now = due, due.step.due
        send()

    assert len(told) == len(set(told))
    if ledger:
        tightest = max(ledger.values(), key=lambda each: each.step.due)
        assert tightest.outcome is Outcome.SENT


@pytest.mark.parametrize(
    ("cancelled_after", "deadline", "now", "again"),
    [
        (0, DEADLINE, "2026-11-30", True),
        (9, DEADLINE, "2026-12-01", True),
        (9, DEADLINE, "2026-12-02", False),
        (-1, DEADLINE, "2026-11-30", False),
        (9, a_deadline("2026-12-15"), "2026-11-30", False),
    ],
)
def test_what_was_given_up_while_its_days_were_away(
    cancelled_after: int, deadline: Deadline, now: str, again: bool
) -> None:
    away = oslo("2026-11-24", "10:00")
    decided_at = away + timedelta(minutes=cancelled_after)
    reminders = [
        replace(each, outcome=outcome, decided_at=decided_at)
        for each, outcome in zip(reminders_of(DEADLINE), Outcome, strict=False)
    ]
    changes = a_list(a_change(deadline))
    found = list(given_up(reminders, changes=changes, away={"portal/end": away}, now=oslo(now, "00:00")))
    assert found == [each for each in reminders if again and each.outcome is Outcome.CANCELLED]
    assert list(given_up(reminders, changes=changes, away={}, now=oslo(now, "00:00"))) == []
