"""The curve of answers: true for each of its days, whatever comes later, and where it points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.answer import Answer, AnswerKind, AnswerRules, AnswerState, Evidence, Party, Way
from notifier.core.change import Change, ChangeList, Status
from notifier.core.curve import Curve, curve_of
from notifier.core.past import past_of
from notifier.core.stance import Circumstances, last_that_counts, stance_of
from notifier.core.when import parse_when
from tests.core.lists import TIMING, a_change, a_deadline, a_list, history_of, oslo

TODAY = date(2026, 11, 24)
BEGIN = date(2026, 8, 1)
# The lists take force ten days apart, in the middle of the day.
STEP = timedelta(days=10)
VENDORS = "ab"
DONE, PLANNED, NOT_AFFECTED, NONE = (
    AnswerKind.DONE,
    AnswerKind.PLANNED,
    AnswerKind.NOT_AFFECTED,
    AnswerKind.NONE,
)


@dataclass(frozen=True)
class World:
    """Everything that was ever said, announced and seen."""

    answers: Sequence[Answer]
    lists: Sequence[ChangeList]
    seen: Sequence[Evidence]

    def until(self, day: date) -> World:
        """What was known of it when that day ended."""
        lists = [each for number, each in enumerate(self.lists) if in_force_on(number) <= day]
        return World(
            [as_known(each, day) for each in self.answers if TIMING.today(each.at) <= day],
            lists or self.lists[:1],
            [each for each in self.seen if TIMING.today(each.at) <= day],
        )

    @property
    def change(self) -> Change:
        return self.lists[-1].changes[0]

    def circumstances(self, today: date) -> Circumstances:
        return Circumstances(
            history=history_of(self.lists, start=oslo(str(BEGIN), "12:00"), step=STEP),
            evidence={(each.vendor, "portal"): each for each in self.seen},
            timing=TIMING,
            today=today,
            rules=AnswerRules(),
        )

    def curve(self, today: date) -> Curve:
        return curve_of(
            self.answers,
            change=self.change,
            seen={v: [each for each in self.seen if each.vendor == v] for v in VENDORS},
            total=len(VENDORS),
            circumstances=self.circumstances(today),
        )

    def ready(self, today: date) -> int:
        """How many are ready as readiness counts them."""
        said = [last_that_counts(a for a in self.answers if a.party.vendor == v) for v in VENDORS]
        stances = (stance_of(a, change=self.change, circumstances=self.circumstances(today)) for a in said)
        return sum(stance.is_settled for stance in stances)


def in_force_on(number: int) -> date:
    return BEGIN + number * STEP


def as_known(answer: Answer, day: date) -> Answer:
    """What had been decided of it by then."""
    if answer.decided_at is None or TIMING.today(answer.decided_at) <= day:
        return answer
    return replace(answer, state=AnswerState.WAITING, decided_at=None)


def said(kind: AnswerKind, vendor: str, day: str, **fields: object) -> Answer:
    about = {"id": 1, "party": Party(vendor=vendor), "change_id": "portal", "way": Way.PAGE}
    return Answer(**about | {"kind": kind, "at": oslo(day)} | fields)


def seen(vendor: str, last_seen: str, reported: str, calls: int = 7) -> Evidence:
    day = date.fromisoformat(last_seen)
    return Evidence(vendor=vendor, change_id="portal", calls=calls, last_seen=day, at=oslo(reported))


def world(*answers: Answer, lists: Sequence[ChangeList] = (), seen: Sequence[Evidence] = ()) -> World:
    numbered = [replace(answer, id=number) for number, answer in enumerate(answers, 1)]
    return World(numbered, lists or [a_list()], seen)


def test_answers_count_as_they_stood_and_go_on_at_the_pace_of_late() -> None:
    told = world(
        said(DONE, "a", "2026-11-02"),
        said(PLANNED, "b", "2026-11-02", planned=date(2026, 11, 5)),
        said(NOT_AFFECTED, "b", "2026-11-04"),
        said(NONE, "a", "2026-11-05"),
        said(DONE, "c", "2026-11-05", state=AnswerState.WAITING),
    )
    curve = told.curve(date(2026, 11, 6))
    assert [ready for _, ready in curve.days] == [1, 1, 2, 1, 1]
    assert (curve.until, curve.expected) == (date(2026, 12, 1), 2)  # of two, though the pace were for six


def test_what_is_seen_later_takes_back_nothing_of_the_days_before() -> None:
    told = world(said(DONE, "a", "2026-11-02"), seen=[seen("a", "2026-11-03", "2026-11-05")])
    assert [ready for _, ready in told.curve(date(2026, 11, 6)).days] == [1, 1, 1, 0, 0]
    gone = [*told.seen, seen("a", "2026-11-03", "2026-11-06", calls=0)]
    assert [ready for _, ready in world(*told.answers, seen=gone).curve(date(2026, 11, 7)).days] == [
        1, 1, 1, 0, 1, 1,
    ]  # fmt: skip


def test_a_date_that_moves_far_counts_from_its_day_on_and_until_it_is_moved_back() -> None:
    dates = ("2026-12-01", "2027-12-01", "2026-12-01")
    lists = [a_list(a_change(each), revision=number) for number, each in enumerate(dates, 1)]
    days = world(said(DONE, "a", "2026-08-08"), lists=lists).curve(date(2026, 8, 23)).days
    assert dict(days)[date(2026, 8, 10)] == 1
    assert {ready for day, ready in days if in_force_on(1) <= day < in_force_on(2)} == {0}
    assert dict(days)[in_force_on(2)] == 1


def test_an_answer_that_waited_counts_from_the_decision_on() -> None:
    accepted = said(DONE, "a", "2026-11-02", decided_by="Per", decided_at=oslo("2026-11-04"))
    assert world(accepted).curve(date(2026, 11, 5)).days == ((date(2026, 11, 4), 1), (date(2026, 11, 5), 1))


def test_a_curve_towards_a_vague_date_says_that_no_day_was_set() -> None:
    vague, exact = (
        world(lists=[a_list(a_change(a_deadline(when=parse_when(written))))]).curve(TODAY)
        for written in ("2026-Q4", "2026-10-01")
    )
    assert vague.until == exact.until == date(2026, 10, 1)
    assert (vague.is_exact, exact.is_exact) == (False, True)


@pytest.mark.parametrize(
    ("written", "is_over"), [("2026-Q3", True), ("2026-Q4", False), ("2026-07..", False), ("tba", False)]
)
def test_a_vague_date_is_over_once_its_last_day_is(written: str, is_over: bool) -> None:
    lists = [a_list(a_change(a_deadline(when=parse_when(written))))]
    assert world(lists=lists).curve(TODAY).is_over is is_over


def test_a_curve_without_answers_or_date_expects_nothing() -> None:
    none = world().curve(TODAY)
    assert (none.days, none.expected) == ((), None)
    undated = world(said(DONE, "a", "2026-08-03"), lists=[a_list(a_change("tba"))]).curve(TODAY)
    assert (undated.until, undated.expected) == (None, None)


DATES = st.sampled_from(["2026-12-01", "2026-12-20", "2027-06-01", "2027-Q3", "tba"])
KINDS = st.sampled_from([DONE, DONE, DONE, *AnswerKind])
STATUSES = st.sampled_from([None, None, *Status])


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Answers, readings of the list and reports of use, in any order."""
    lists = []
    for number in range(draw(st.integers(1, 5))):
        has_test = number > 0 and (len(lists[-1].changes[0].deadlines) > 1 or draw(st.booleans()))
        test = [a_deadline(draw(DATES), name="test", status=draw(STATUSES))] if has_test else []
        end = a_deadline(draw(DATES), status=draw(STATUSES))
        lists.append(a_list(a_change(end, *test), revision=number + 1))
    days = st.dates(BEGIN - timedelta(days=3), BEGIN + 6 * STEP)
    answers = []
    for day in sorted(draw(st.lists(days, max_size=8))):
        decided = draw(st.none() | st.integers(0, 20))
        by = {"decided_at": oslo(str(day), "13:00") + timedelta(days=decided)} if decided is not None else {}
        kind, vendor = draw(KINDS), draw(st.sampled_from(VENDORS))
        answers.append(said(kind, vendor, str(day), **by))
    reported = sorted(draw(st.lists(days, max_size=6)))
    uses = [
        seen(
            draw(st.sampled_from(VENDORS)), str(draw(st.dates(BEGIN, day))), str(day), draw(st.integers(0, 1))
        )
        for day in reported
        if day >= BEGIN
    ]
    return world(*answers, lists=lists, seen=uses)


@given(worlds())
def test_a_curve_ends_where_readiness_stands(told: World) -> None:
    curve = told.curve(TODAY)
    assert (curve.days[-1][1] if curve.days else 0) == told.ready(TODAY)
    assert all(0 <= ready <= len(VENDORS) for _, ready in curve.days)
    assert curve.expected is None or 0 <= curve.expected <= len(VENDORS)
    assert [day for day, _ in curve.days] == sorted({day for day, _ in curve.days})


@given(worlds(), st.dates(BEGIN - timedelta(days=3), TODAY))
def test_what_is_known_later_changes_no_earlier_point(told: World, day: date) -> None:
    whole = told.curve(TODAY).days
    assert told.until(day).curve(day).days == tuple(point for point in whole if point[0] <= day)


@given(worlds())
def test_the_past_of_a_change_is_what_the_list_said(told: World) -> None:
    history = told.circumstances(TODAY).history
    past = past_of(told.change, history, TIMING)
    for number, each in enumerate(told.lists):
        known = past.on(in_force_on(number)).change
        assert known.deadlines == each.changes[0].deadlines


@pytest.mark.parametrize(
    ("statuses", "is_open"),
    [
        ((None, Status.COMPLETED), (True, False)),
        ((None, Status.WITHDRAWN, None), (True, False, True)),
        ((Status.COMPLETED, None), (False, True)),
        ((Status.WITHDRAWN, Status.WITHDRAWN), (False, False)),
    ],
)
def test_the_past_knows_what_was_over(statuses: Sequence[Status | None], is_open: Sequence[bool]) -> None:
    lists = [a_list(a_change(a_deadline(status=each)), revision=n) for n, each in enumerate(statuses, 1)]
    told = world(lists=lists)
    past = past_of(told.change, told.circumstances(TODAY).history, TIMING)
    assert [past.on(in_force_on(n)).change.is_open for n in range(len(lists))] == list(is_open)
