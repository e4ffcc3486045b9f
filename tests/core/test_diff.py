"""What changed between two lists."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given

from notifier.core.change import Change, ChangeList, Deadline, Status
from notifier.core.diff import Difference, DifferenceKind, carry_over, differences, dropped, rearmed
from tests.core.lists import a_change, a_deadline, a_list, a_when, change_lists, same

KEY = "portal/end"


def _of(deadline: Deadline) -> ChangeList:
    return a_list(a_change(deadline))


def _kinds(old: ChangeList, new: ChangeList) -> list[DifferenceKind]:
    return [difference.kind for difference in differences(old, new)]


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ("2026-12-01", "2027-03-01", DifferenceKind.MOVED),
        ("2026-12-01", "2026-11-01", DifferenceKind.MOVED),
        ("2026-12-01", "2026-12", DifferenceKind.MOVED),
        ("2026-12-01", "2026-12-01..", DifferenceKind.MOVED),
        ("2026-12-01", "tba", DifferenceKind.MOVED),
        ("2026-Q1..2026-Q2", "2026-Q3", DifferenceKind.MOVED),
        ("2026-Q1..2026-Q2", "2026-Q2..2026-Q3", DifferenceKind.MOVED),
        ("2026-Q2", "2026-H1", DifferenceKind.MOVED),
        ("2026-Q2", "2026-04..", DifferenceKind.MOVED),
        ("2026-Q1..2026-Q2", "2026-Q2", DifferenceKind.CONFIRMED),
        ("2026-12", "2026-12-01", DifferenceKind.CONFIRMED),
        ("2026-03..", "2026-Q2", DifferenceKind.CONFIRMED),
        ("tba", "2026-12-01", DifferenceKind.DATED),
        ("tba", "2026-03..", DifferenceKind.DATED),
        ("2026-Q2", "2026-04..2026-06", DifferenceKind.REWORDED),
    ],
)
def test_a_date_moves_narrows_or_is_set(old: str, new: str, kind: DifferenceKind) -> None:
    before, after = _of(a_deadline(old)), _of(a_deadline(new))
    (difference,) = differences(before, after)
    assert (difference.deadline, difference.change_id, difference.kind) == (KEY, "portal", kind)
    assert (difference.old, difference.new) == (a_when(old), a_when(new))


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (a_deadline(tentative=True), a_deadline(), DifferenceKind.CONFIRMED),
        (a_deadline(), a_deadline(tentative=True), DifferenceKind.MOVED),
        (a_deadline("2026-Q4"), a_deadline("2026-Q4", tentative=True), DifferenceKind.MOVED),
        (a_deadline("tba"), a_deadline("tba", tentative=True), DifferenceKind.REWORDED),
        (a_deadline("tba", tentative=True), a_deadline("tba"), DifferenceKind.REWORDED),
        (a_deadline(tentative=True), a_deadline("2027-01-01"), DifferenceKind.MOVED),
        (a_deadline("2026-12"), a_deadline("2026-12-01", tentative=True), DifferenceKind.CONFIRMED),
    ],
)
def test_days_that_become_certain_are_confirmed_and_days_that_do_no_longer_have_moved(
    before: Deadline, after: Deadline, kind: DifferenceKind
) -> None:
    assert _kinds(_of(before), _of(after)) == [kind]


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        (None, Status.WITHDRAWN, DifferenceKind.WITHDRAWN),
        (None, Status.COMPLETED, DifferenceKind.COMPLETED),
        (Status.COMPLETED, Status.WITHDRAWN, DifferenceKind.WITHDRAWN),
        (Status.WITHDRAWN, None, DifferenceKind.ADDED),
        (Status.COMPLETED, None, DifferenceKind.ADDED),
    ],
)
def test_a_status_goes_before_a_date_and_what_is_revived_is_announced_anew(
    old: Status | None, new: Status | None, kind: DifferenceKind
) -> None:
    before, after = a_deadline("2026-12-01", status=old), a_deadline("2027-03-01", status=new)
    assert _kinds(_of(before), _of(after)) == [kind]


def test_another_date_of_what_is_over_is_only_other_words() -> None:
    over = a_deadline("2026-12-01", status=Status.COMPLETED)
    assert _kinds(_of(over), _of(replace(over, when=a_when("2026-11-13")))) == [DifferenceKind.REWORDED]


@pytest.mark.parametrize(
    "after",
    [
        a_change(title=same("gammel innlogging")),
        a_change(contact="kundesenter@nhn.example"),
        a_change(a_deadline(title=same("PAR"))),
        a_change(replace(a_deadline(), when=replace(a_when(), stated="i desember"))),
        a_change(a_deadline(leads="30d")),
    ],
)
def test_other_words_about_the_same_date_are_reworded(after: Change) -> None:
    assert _kinds(a_list(), a_list(after)) == [DifferenceKind.REWORDED]


def test_another_name_of_its_service_or_title_of_what_it_follows_is_other_words_too() -> None:
    follower = a_change(a_deadline(follows=KEY), name="pjd", service="preg")
    old = a_list(a_change(), follower)
    renamed = replace(old, services=(replace(old.services[0], name="KJ"), old.services[1]))
    retitled = a_list(a_change(title=same("gammel innlogging")), follower)
    for new in (renamed, retitled):
        assert [(d.deadline, d.kind) for d in differences(old, new)] == [
            (KEY, DifferenceKind.REWORDED),
            ("pjd/end", DifferenceKind.REWORDED),
        ]


def test_verifying_a_change_again_at_its_source_alters_nothing_that_vendors_read() -> None:
    assert differences(a_list(), a_list(a_change(checked=date(2026, 11, 20)))) == ()


def test_new_changes_and_deadlines_are_added_in_the_lists_order() -> None:
    new = a_list(a_change(name="first"), a_change(a_deadline(), a_deadline(name="test")))
    assert [(d.deadline, d.kind, d.old) for d in differences(a_list(), new)] == [
        ("first/end", DifferenceKind.ADDED, None),
        ("portal/test", DifferenceKind.ADDED, None),
    ]


def test_absence_is_no_difference_but_it_is_noticed() -> None:
    old = a_list(a_change(a_deadline(), a_deadline(name="test")), a_change(name="preg"))
    new = a_list(a_change())
    assert differences(old, new) == ()
    assert dropped(old, new) == ("portal/test", "preg/end")


def test_what_a_list_drops_is_carried_over_as_it_was() -> None:
    old = a_list(
        a_change(a_deadline(), a_deadline("2026-06-01", name="test")), a_change(name="preg", service="preg")
    )
    new = a_list(a_change("2027-03-01"), a_change(name="par", service="helseid"), revision=2)
    carried = carry_over(old, new)
    assert [key for key, _, _ in carried.deadlines()] == [KEY, "portal/test", "par/end", "preg/end"]
    assert carried.deadline("portal/test") is not None
    assert carried.change("preg") == old.change("preg")
    assert [service.id for service in carried.services] == ["kjernejournal", "helseid", "preg"]
    assert carried.revision == 2


def test_what_is_carried_over_goes_on_following() -> None:
    follower = a_change(a_deadline(follows=KEY), name="preg", service="preg")
    old = a_list(a_change(), follower)
    new = a_list(a_change("2026-11-16"), revision=2)
    carried = carry_over(old, new)
    assert [deadline.when for _, _, deadline in carried.deadlines()] == [a_when("2026-11-16")] * 2
    assert rearmed(old, carried) == {KEY, "preg/end"}
    assert carry_over(carried, new) == carried


@pytest.mark.parametrize(
    ("before", "after", "afresh"),
    [
        (a_deadline(), a_deadline("2026-12-02"), True),
        (a_deadline(), a_deadline("tba"), True),
        (a_deadline(), a_deadline(leads="30d"), True),
        (a_deadline(leads="30d"), a_deadline(), True),
        (a_deadline(status=Status.WITHDRAWN), a_deadline(), True),
        (a_deadline(), a_deadline(status=Status.COMPLETED), False),
        (a_deadline(tentative=True), a_deadline(), False),
        (a_deadline("2026-Q2"), a_deadline("2026-04..2026-06"), False),
        (a_deadline(leads="7d 30d"), a_deadline(leads="30d 7d"), False),
    ],
)
def test_reminders_start_afresh_with_another_date_other_leads_or_a_revival(
    before: Deadline, after: Deadline, afresh: bool
) -> None:
    assert rearmed(_of(before), _of(after)) == (frozenset({KEY}) if afresh else frozenset())


def test_reminders_of_what_is_new_start_afresh() -> None:
    assert rearmed(ChangeList(revision=0, services=(), changes=()), a_list()) == frozenset({KEY})


@given(change_lists())
def test_a_list_does_not_differ_from_itself(changes: ChangeList) -> None:
    assert differences(changes, changes) == ()
    assert rearmed(changes, changes) == frozenset()
    assert carry_over(changes, changes) == changes


@given(change_lists(revision=1), change_lists(revision=2))
def test_nothing_is_lost_by_a_list_that_is_cut_short(old: ChangeList, new: ChangeList) -> None:
    carried = carry_over(old, new)
    assert dropped(old, carried) == ()
    assert dropped(new, carried) == ()
    assert carry_over(old, carried) == carried
    keys = [key for key, _, _ in carried.deadlines()]
    assert len(keys) == len(set(keys))


@given(change_lists(revision=1), change_lists(revision=2))
def test_each_deadline_of_the_new_list_has_at_most_one_difference(old: ChangeList, new: ChangeList) -> None:
    keys = [difference.deadline for difference in differences(old, new)]
    assert len(keys) == len(set(keys))
    assert set(keys) <= {key for key, _, _ in new.deadlines()}


@given(change_lists(revision=1), change_lists(revision=2))
def test_a_date_that_is_told_of_starts_its_reminders_afresh(old: ChangeList, new: ChangeList) -> None:
    moved = {DifferenceKind.ADDED, DifferenceKind.DATED, DifferenceKind.MOVED}
    told = [difference for difference in differences(old, new) if difference.kind in moved]
    assert {each.deadline for each in told if not _is_less_certain(each)} <= rearmed(old, new)


def _is_less_certain(told: Difference) -> bool:
    return told.kind is DifferenceKind.MOVED and told.old is not None and told.old.same_days(told.new)


def test_days_that_are_only_less_certain_keep_their_reminders() -> None:
    old, new = a_list(a_change(a_deadline())), a_list(a_change(a_deadline(tentative=True)), revision=2)
    assert [_is_less_certain(each) for each in differences(old, new)] == [True]
    assert rearmed(old, new) == frozenset()
