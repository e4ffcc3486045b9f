"""How an Answer holds: which reminders it spares, and what puts it in doubt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from notifier.core.answer import (
    Answer,
    AnswerKind,
    AnswerRules,
    AnswerState,
    Evidence,
    Party,
    Way,
    parse_party,
)
from notifier.core.cadence import parse_lead
from notifier.core.change import ChangeList, Status
from notifier.core.stance import Circumstances, Doubt, anchor_of, comes_too_late, last_that_counts, stance_of
from tests.core.lists import TIMING, a_change, a_deadline, a_list, history_of, oslo

BLABAER = Party(vendor="blabaer")
RULES = AnswerRules()


def an_answer(kind: AnswerKind, planned: str | None = None, **fields: object) -> Answer:
    given = {"id": 1, "party": BLABAER, "change_id": "portal", "at": oslo("2026-08-03"), "way": Way.PAGE}
    day = date.fromisoformat(planned) if planned else None
    return Answer(**given | {"kind": kind, "planned": day} | fields)


def doubt(
    answer: Answer, *, lists: Sequence[ChangeList] = (), seen: str | None = None, today: str = "2026-09-01"
) -> Doubt | None:
    lists = lists or [a_list()]
    evidence = (
        Evidence(
            vendor="blabaer",
            change_id="portal",
            calls=1243,
            last_seen=date.fromisoformat(seen),
            at=oslo(seen),
        )
        if seen
        else None
    )
    circumstances = Circumstances(
        history=history_of(lists, start=oslo("2026-08-02")),
        evidence={("blabaer", "portal"): evidence} if evidence else {},
        timing=TIMING,
        today=date.fromisoformat(today),
        rules=RULES,
    )
    return stance_of(answer, change=lists[-1].changes[0], circumstances=circumstances).doubt


def moving(*written: str) -> list[ChangeList]:
    return [a_list(a_change(each), revision=number) for number, each in enumerate(written, 1)]


@pytest.mark.parametrize(
    ("answer", "lead", "is_spared"),
    [
        (an_answer(AnswerKind.DONE), "0d", True),
        (an_answer(AnswerKind.NOT_AFFECTED), "90d", True),
        (an_answer(AnswerKind.NEED_HELP), "90d", False),
        (an_answer(AnswerKind.PLANNED, "2026-11-01"), "14d", True),
        (an_answer(AnswerKind.PLANNED, "2026-11-01"), "7d", False),
        (an_answer(AnswerKind.PLANNED, "2026-11-30"), "8d", True),
        (an_answer(AnswerKind.PLANNED, "2026-12-01"), "14d", False),
    ],
)
def test_what_an_answer_spares(answer: Answer, lead: str, is_spared: bool) -> None:
    circumstances = Circumstances(history={}, evidence={}, timing=TIMING, today=date(2026, 9, 1), rules=RULES)
    stance = stance_of(answer, change=a_change(), circumstances=circumstances)
    assert stance.spares(a_deadline(), parse_lead(lead), RULES) is is_spared


def test_a_promise_spares_nothing_of_what_ends_before_it() -> None:
    circumstances = Circumstances(history={}, evidence={}, timing=TIMING, today=date(2026, 9, 1), rules=RULES)
    stance = stance_of(
        an_answer(AnswerKind.PLANNED, "2026-11-01"), change=a_change(), circumstances=circumstances
    )
    assert not stance.spares(a_deadline("2026-10-15", name="test"), parse_lead("30d"), RULES)


@pytest.mark.parametrize(
    ("written", "expected"),
    [("2027-03-01", None), ("2027-03-02", Doubt.MOVED), ("2026-09-02", None), ("2026-09-01", Doubt.MOVED)],
)
def test_done_is_asked_again_when_the_date_moved_by_more_than_90_days(
    written: str, expected: Doubt | None
) -> None:
    lists = moving("2026-12-01", written)
    answered_between = an_answer(AnswerKind.DONE, at=oslo("2026-08-02", "12:00"))
    assert doubt(answered_between, lists=lists) is expected
    assert doubt(replace(answered_between, kind=AnswerKind.NOT_AFFECTED), lists=lists) is None
    assert doubt(an_answer(AnswerKind.DONE, at=oslo("2026-08-04")), lists=lists) is None


def test_a_move_that_was_taken_back_leaves_done_alone() -> None:
    lists = moving("2026-12-01", "2027-12-01", "2026-12-01")
    assert doubt(an_answer(AnswerKind.DONE, at=oslo("2026-08-02", "12:00")), lists=lists) is None


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (None, None, Doubt.ADDED),
        (Status.COMPLETED, None, Doubt.ADDED),
        (None, Status.COMPLETED, None),
        (Status.WITHDRAWN, Status.COMPLETED, None),
    ],
)
def test_done_is_asked_again_when_there_is_more_to_do(
    before: Status | None, after: Status | None, expected: Doubt | None
) -> None:
    portal, test = a_deadline(), a_deadline("2026-10-01", name="test")
    first = a_change(portal, *([replace(test, status=before)] if before else []))
    lists = [a_list(first), a_list(a_change(portal, replace(test, status=after)), revision=2)]
    answered_between = an_answer(AnswerKind.DONE, at=oslo("2026-08-02", "12:00"))
    assert doubt(answered_between, lists=lists) is expected
    assert doubt(replace(answered_between, kind=AnswerKind.NOT_AFFECTED), lists=lists) is None
    assert doubt(an_answer(AnswerKind.DONE, at=oslo("2026-08-04")), lists=lists) is None


def test_the_first_list_of_all_asks_nobody_again() -> None:
    assert doubt(an_answer(AnswerKind.DONE, at=oslo("2026-08-01"))) is None


def test_a_promise_slips_the_day_after() -> None:
    promise = an_answer(AnswerKind.PLANNED, "2026-11-01")
    assert doubt(promise, today="2026-11-01") is None
    assert doubt(promise, today="2026-11-02") is Doubt.SLIPPED


@pytest.mark.parametrize("kind", [AnswerKind.DONE, AnswerKind.NOT_AFFECTED])
def test_use_after_the_answers_day_puts_it_in_doubt(kind: AnswerKind) -> None:
    assert doubt(an_answer(kind), seen="2026-08-03") is None
    assert doubt(an_answer(kind), seen="2026-08-04") is Doubt.TRAFFIC


def test_the_last_that_counts() -> None:
    done = an_answer(AnswerKind.DONE)
    waiting = an_answer(AnswerKind.NONE, id=2, state=AnswerState.WAITING)
    taken_back = an_answer(AnswerKind.NONE, id=3)
    assert last_that_counts([waiting, done]) == done
    assert last_that_counts([taken_back, done]) is None
    assert last_that_counts([]) is None


def test_a_promise_looks_to_the_next_deadline_behind_it() -> None:
    change = a_change(
        a_deadline("2026-10-01", name="test"), a_deadline("2026-12-01"), a_deadline("tba", name="x")
    )
    assert anchor_of(date(2026, 9, 30), change) == "portal/test"
    assert anchor_of(date(2026, 10, 1), change) == "portal/end"
    assert anchor_of(date(2027, 1, 1), change) == "portal/end"
    assert anchor_of(date(2026, 1, 1), a_change("tba")) == "portal/end"
    assert anchor_of(date(2026, 1, 1), a_change(a_deadline(status=Status.COMPLETED))) == ""
    assert not comes_too_late(date(2026, 11, 30), change)
    assert comes_too_late(date(2026, 12, 1), change)


def test_parties_are_written_and_read() -> None:
    for party in (BLABAER, Party(subscriber_id=12)):
        assert parse_party(str(party)) == party
    for text in ("vendor:", "subscriber:0", "vendor:a b", "service:helseid"):
        with pytest.raises(ValueError, match="no party"):
            parse_party(text)
    with pytest.raises(ValueError, match="either"):
        Party(vendor="blabaer", subscriber_id=1)
