"""Which readings of the list are held for a person's word, just at each limit and just beyond it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given

from notifier.core.change import ChangeList, Service, Status
from notifier.core.diff import differences
from notifier.core.guard import objections
from tests.core.lists import DAYS, a_change, a_deadline, a_list, change_lists, same

TODAY = date(2026, 11, 23)


def _rules(old: ChangeList, new: ChangeList, *, people: int = 0, today: date = TODAY) -> list[str]:
    found = objections(
        old=old, new=new, differences=differences(old, new), today=today, people=people, max_people=25
    )
    assert all(objection.detail for objection in found)
    return [objection.rule for objection in found]


def _moved(old: str, new: str) -> list[str]:
    return _rules(a_list(a_change(old)), a_list(a_change(new)))


def test_a_dropped_change_and_a_dropped_deadline_are_named() -> None:
    old = a_list(a_change(a_deadline(), a_deadline(name="test")), a_change(name="preg"))
    found = objections(old=old, new=a_list(a_change()), differences=(), today=TODAY, people=0, max_people=25)
    assert [(objection.rule, objection.detail) for objection in found] == [
        ("dropped", "the change preg is missing"),
        ("dropped", "the deadline portal/test is missing"),
    ]


def _of(service: str, *others: str) -> ChangeList:
    """A list whose Change belongs to that service; the others have none."""
    made = a_list(a_change(service=service))
    return replace(made, services=(*made.services, *(Service(id=name, name=name) for name in others)))


def test_a_service_with_another_id_leaves_those_who_follow_it_behind_and_is_held() -> None:
    assert _rules(_of("kjernejournal"), _of("kjernejournalx")) == ["service", "service"]


def test_a_service_that_is_missing_is_held_though_it_has_no_change() -> None:
    assert _rules(_of("kjernejournal", "preg"), _of("kjernejournal")) == ["service"]
    assert _rules(_of("kjernejournal"), _of("kjernejournal", "preg")) == []


def test_a_change_that_goes_to_another_service_is_held() -> None:
    old, new = _of("kjernejournal", "preg"), _of("preg", "kjernejournal")
    (found,) = objections(old=old, new=new, differences=(), today=TODAY, people=0, max_people=25)
    assert found.rule == "service"
    assert "portal goes from the service kjernejournal to preg" in found.detail


def test_all_ids_renamed_is_all_of_them_dropped() -> None:
    old = a_list(*(a_change(name=f"a{n}") for n in range(8)))
    new = a_list(*(a_change(name=f"b{n}") for n in range(8)))
    assert _rules(old, new) == ["dropped"] * 8 + ["wide"]


@pytest.mark.parametrize(
    ("old", "new", "rules"),
    [
        ("2027-12-01", "2027-12-02", []),
        ("2027-12-01", "2027-11-30", ["earlier"]),
        ("2027-12-01", "2027-12", []),
        ("2027-12-01", "2027-11..2027-12", ["earlier"]),
        ("2027-12-01", "tba", ["vague"]),
        ("2027-12-01", "2027-12..", ["vague"]),
        ("2026-11-24", "tba", ["vague"]),
        ("2026-11-23", "tba", []),
        ("2026-11..2026-12", "2026-12..", ["vague"]),
        ("2027-12..", "tba", []),
        ("2027-Q1..2027-Q2", "2027-05-01", []),
        ("2026-12-01", "2027-11-30", []),
        ("2026-12-01", "2027-12-01", ["leap"]),
        ("2027-02-28", "2028-02-27", []),
        ("2027-02-28", "2028-02-28", ["leap"]),
        ("2028-02-29", "2029-03-01", ["leap"]),
        ("2026-12-01", "2026-12-01..2027-11-30", []),
        ("2026-12-01", "2026-12-01..2027-12-01", ["leap"]),
        ("2026-03..", "2027-02-28", []),
        ("2026-03..", "2062-03-01", ["leap"]),
        ("2026-12-01", "2025-11-01", ["earlier"]),
    ],
)
def test_a_date_moves_by_itself_later_by_less_than_a_year_and_keeps_a_last_day(
    old: str, new: str, rules: list[str]
) -> None:
    assert _moved(old, new) == rules


@pytest.mark.parametrize(
    ("first", "rules"),
    [
        ("2026-11-23", []),
        ("2026-11-22", ["past"]),
        ("2029-11-23", []),
        ("2029-11-24", ["far"]),
        ("2026", ["past"]),
        ("2026-12..", []),
        ("tba", []),
    ],
)
def test_a_first_date_is_from_today_to_three_years_ahead(first: str, rules: list[str]) -> None:
    new = a_list(a_change(first))
    assert _rules(a_list(a_change("tba")), new) == rules
    assert _rules(a_list(a_change(a_deadline("2027-01-01", name="test"))), new) == ["dropped", *rules]


def test_what_is_revived_with_a_date_that_passed_is_held() -> None:
    over = a_list(a_change(a_deadline("2026-01-01", status=Status.WITHDRAWN)))
    assert _rules(over, a_list(a_change("2026-01-01"))) == ["past"]


@pytest.mark.parametrize("status", [Status.WITHDRAWN, Status.COMPLETED])
@pytest.mark.parametrize(
    ("old", "new", "rules"),
    [
        ("2027-12-01", "2027-12-01", []),
        ("2027-12-01", "2028-06-01", []),
        ("2027-12-01", "2027-01-12", ["earlier"]),
        ("2027-12-01", "2029-01-12", ["leap"]),
        ("tba", "2027-01-12", []),
        ("2027-12-01", "tba", ["vague"]),
    ],
)
def test_what_is_revived_moves_from_the_date_it_had(
    status: Status, old: str, new: str, rules: list[str]
) -> None:
    over = a_list(a_change(a_deadline(old, status=status)))
    assert _rules(over, a_list(a_change(new))) == rules


@pytest.mark.parametrize(
    ("old", "new", "rules"),
    [
        ("2026-12-01", "2026-12-01", ["ended"]),
        ("2026-11-24", "2026-11-24", ["ended"]),
        ("2026-11-23", "2026-11-23", []),
        ("2026-Q4", "2026-Q4", []),
        ("2026-12-01", "2026-11-20", ["ended"]),
        ("2026-11-20", "2026-12-01", ["ended"]),
        ("tba", "tba", []),
        ("tba", "2026-11-20", []),
    ],
)
def test_what_is_completed_before_its_day_is_held(old: str, new: str, rules: list[str]) -> None:
    over = a_list(a_change(a_deadline(new, status=Status.COMPLETED)))
    assert _rules(a_list(a_change(old)), over) == rules


def test_so_is_what_comes_in_as_completed_before_its_day_but_not_what_is_withdrawn() -> None:
    before = a_list(a_change())
    for status, rules in ((Status.COMPLETED, ["ended"]), (Status.WITHDRAWN, [])):
        added = a_deadline("2027-01-10", name="test", status=status)
        assert _rules(before, a_list(a_change(a_deadline(), added))) == rules
        assert _rules(before, a_list(a_change(a_deadline(status=status)))) == rules


@pytest.mark.parametrize(
    ("size", "touched", "held"),
    [
        (8, 3, False),
        (8, 4, True),
        (15, 3, False),
        (20, 4, False),
        (20, 5, True),
        (19, 4, True),
        (35, 7, False),
    ],
)
def test_more_than_three_changes_and_a_fifth_of_them_at_once_is_too_wide(
    size: int, touched: int, held: bool
) -> None:
    old = a_list(*(a_change(name=f"c{n}") for n in range(size)))
    new = a_list(
        *(a_change(name=f"c{n}", contact="ny@nhn.example" if n < touched else "") for n in range(size))
    )
    assert _rules(old, new) == (["wide"] if held else [])


@pytest.mark.parametrize("fifth", [4, 7, 33, 67])
def test_exactly_a_fifth_is_never_too_wide(fifth: int) -> None:
    old = a_list(*(a_change(name=f"c{n}") for n in range(5 * fifth)))
    new = a_list(
        *(
            a_change(name=f"c{n}", title=same("ny" if n < fifth else f"title of c{n}"))
            for n in range(5 * fifth)
        )
    )
    assert _rules(old, new) == []


def test_several_deadlines_of_one_change_are_one_change_touched() -> None:
    names = ("closed", "test", "production", "end")
    old = a_list(a_change(*(a_deadline("tba", name=name) for name in names)))
    new = a_list(a_change(*(a_deadline("2027-03-01", name=name) for name in names)))
    assert _rules(old, new) == []


@pytest.mark.parametrize(("people", "rules"), [(25, []), (26, ["people"])])
def test_more_people_than_the_limit_are_not_mailed_unasked(people: int, rules: list[str]) -> None:
    assert _rules(a_list(a_change("2027-03-01")), a_list(a_change("2027-03-02")), people=people) == rules


def test_day_and_month_swapped_is_held() -> None:
    assert _moved("2027-03-01", "2027-01-03") == ["earlier"]


@given(change_lists(), DAYS)
def test_an_identical_list_is_never_held(changes: ChangeList, today: date) -> None:
    assert _rules(changes, changes, today=today) == []


@given(change_lists(revision=1), change_lists(revision=2), DAYS)
def test_no_list_that_lost_something_takes_force_by_itself(
    old: ChangeList, new: ChangeList, today: date
) -> None:
    kept = {key for key, _, _ in new.deadlines()}
    lost = any(key not in kept for key, _, _ in old.deadlines())
    assert ("dropped" in _rules(old, new, today=today)) == lost


@pytest.mark.parametrize(
    ("date", "before", "after", "rules"),
    [
        ("2026-12-01", "", "180d 90d", ["leads"]),
        ("2026-12-01", "", "8d", ["leads"]),
        ("2026-12-01", "", "90d 7d", []),
        ("2026-12-01", "90d", "0d", []),
        ("2026-12-01", "90d", "", []),
        ("2026-12-01", "180d", "180d", []),
        ("2026-11-23", "", "90d", []),
        ("2026-Q4", "", "90d", []),
        ("2026-12-01..2027-06-01", "", "90d", []),
        ("2026-12-01..", "", "90d", ["leads"]),
        ("tba", "", "90d", []),
    ],
)
def test_own_leads_that_leave_no_reminder_of_a_date_ahead_are_held(
    date: str, before: str, after: str, rules: list[str]
) -> None:
    old, new = (a_list(a_change(a_deadline(date, leads=leads))) for leads in (before, after))
    assert _rules(old, new) == rules


def test_own_leads_of_what_is_over_or_new_are_nothing_to_hold() -> None:
    over = a_list(a_change(a_deadline(status=Status.WITHDRAWN, leads="90d")))
    assert _rules(a_list(a_change(a_deadline(status=Status.WITHDRAWN))), over) == []
    new = a_change(a_deadline(leads="90d"), name="preg")
    assert _rules(a_list(a_change()), a_list(a_change(), new)) == []
    assert _rules(a_list(a_change(name="preg"), a_change()), a_list(new, a_change())) == ["leads"]
