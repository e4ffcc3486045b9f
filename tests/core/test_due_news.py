"""Which news is owed: each Difference that took force and that people are told of, once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given

from notifier.core.change import ChangeList, Status
from notifier.core.diff import DifferenceKind
from notifier.core.notice import NoticeKind, Outcome
from notifier.core.plan import NEWS, due_news
from tests.core.lists import LONG_AGO, a_change, a_deadline, a_list, a_when, change_lists, history_of

DAY = timedelta(days=1)


def _lists(*deadlines: object) -> list[ChangeList]:
    """One list after the other, of one Deadline each."""
    built = [a_deadline(each) if isinstance(each, str) else each for each in deadlines]
    return [a_list(a_change(deadline), revision=n) for n, deadline in enumerate(built, start=1)]


def test_the_baseline_is_no_news() -> None:
    lists = _lists("2026-12-01")
    assert due_news(changes=lists[-1], history=history_of(lists), now=LONG_AGO + DAY, finished=()) == ()


def test_a_moved_date_is_owed_to_all_from_the_instant_it_took_force() -> None:
    lists = _lists("2026-12-01", "2027-03-01")
    history = history_of(lists)
    found = due_news(changes=lists[-1], history=history, now=LONG_AGO + DAY, finished=())
    assert [(f.step.kind, f.step.spoken, f.step.revision) for f in found] == [
        (NoticeKind.MOVED, "2027-03-01", 2)
    ]
    assert (found[0].step.due, found[0].cadence, found[0].outcome) == (LONG_AGO + DAY, None, Outcome.OWED)
    assert found[0].step.expires is None
    just_before = LONG_AGO + DAY - timedelta(seconds=1)
    assert due_news(changes=lists[-1], history=history, now=just_before, finished=()) == ()


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (a_deadline("tba"), a_deadline("2026-12-01"), NoticeKind.DATED),
        (a_deadline("2026-12-01"), a_deadline("tba"), NoticeKind.MOVED),
        (a_deadline(tentative=True), a_deadline(), NoticeKind.CONFIRMED),
        (a_deadline(), a_deadline(status=Status.WITHDRAWN), NoticeKind.WITHDRAWN),
        (a_deadline(), a_deadline(status=Status.COMPLETED), NoticeKind.COMPLETED),
        (a_deadline(status=Status.WITHDRAWN), a_deadline(), NoticeKind.ANNOUNCED),
    ],
)
def test_every_kind_of_difference_has_its_kind_of_news(
    before: object, after: object, told: NoticeKind
) -> None:
    lists = _lists(before, after)
    found = due_news(changes=lists[-1], history=history_of(lists), now=LONG_AGO + DAY, finished=())
    assert [f.step.kind for f in found] == [told]


def test_other_words_for_the_same_are_not_news() -> None:
    reworded = replace(a_deadline(), when=replace(a_when(), stated="i desember"))
    lists = _lists(a_deadline(), reworded)
    history = history_of(lists)
    assert history["portal/end"][-1].difference.kind is DifferenceKind.REWORDED
    assert due_news(changes=lists[-1], history=history, now=LONG_AGO + DAY, finished=()) == ()
    assert DifferenceKind.REWORDED not in NEWS


@given(change_lists(revision=1), change_lists(revision=2))
def test_finished_news_is_never_owed_again_and_nothing_else_is_lost(old: ChangeList, new: ChangeList) -> None:
    history, now = history_of([old, new]), LONG_AGO + DAY
    found = due_news(changes=new, history=history, now=now, finished=())
    assert len({f.mark for f in found}) == len(found)
    half = {f.mark for f in found[::2]}
    rest = due_news(changes=new, history=history, now=now, finished=half)
    assert {f.mark for f in rest} == {f.mark for f in found} - half
