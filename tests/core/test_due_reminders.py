"""Which reminders are owed at an instant: caught up once, never twice, never before the date took effect."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.cadence import Cadence, parse_cadence
from notifier.core.change import ChangeList, Status
from notifier.core.notice import Outcome
from notifier.core.plan import (
    FanOut,
    cadence_for,
    due_reminders,
    passed_unconfirmed,
    reminder_steps,
    upcoming,
)
from tests.core.lists import (
    CADENCES,
    DAYS,
    INSTANTS,
    LONG_AGO,
    TIMING,
    a_change,
    a_deadline,
    a_list,
    change_lists,
    oslo,
)


def _due(
    changes: ChangeList,
    now: datetime,
    *,
    own: Iterable[Cadence] = (),
    since: datetime = LONG_AGO,
    default_since: datetime = LONG_AGO,
    finished: Iterable[FanOut] = (),
) -> tuple[FanOut, ...]:
    return due_reminders(
        changes=changes,
        own_cadences=list(own),
        effects={key: since for key, _, _ in changes.deadlines()},
        default_since=default_since,
        timing=TIMING,
        now=now,
        finished={fan_out.mark for fan_out in finished},
    )


def _ticks(changes: ChangeList, instants: Iterable[datetime], **given: object) -> list[tuple[FanOut, ...]]:
    """What each run at these instants finds, each finishing what it found."""
    done: list[FanOut] = []
    runs = []
    for now in sorted(instants):
        found = _due(changes, now, finished=done, **given)  # type: ignore[arg-type]
        done += found
        runs.append(found)
    return runs


def _leads(found: Sequence[FanOut], outcome: Outcome) -> list[str]:
    return [str(fan_out.step.lead) for fan_out in found if fan_out.outcome is outcome]


def test_a_reminder_is_owed_from_its_instant_on() -> None:
    assert _leads(_due(a_list(), oslo("2026-11-24", "07:59"), since=oslo("2026-11-20")), Outcome.OWED) == []
    assert _leads(_due(a_list(), oslo("2026-11-24", "08:00"), since=oslo("2026-11-20")), Outcome.OWED) == [
        "7d"
    ]


def test_after_a_stop_from_25_october_to_20_november_only_the_tightest_is_sent() -> None:
    _, found = _ticks(a_list(), [oslo("2026-10-24"), oslo("2026-11-20", "10:00")])
    assert _leads(found, Outcome.OWED) == ["14d"]
    assert _leads(found, Outcome.SUPERSEDED) == ["30d"]
    assert "14d" in found[0].reason


def test_a_reminder_found_on_the_last_evening_is_owed_and_an_instant_later_expired() -> None:
    midnight = TIMING.end_of(oslo("2026-12-01").date())
    since = oslo("2026-11-30", "12:00")
    assert _leads(_due(a_list(), midnight - timedelta(seconds=1), since=since), Outcome.OWED) == ["0d"]
    late = _due(a_list(), midnight, since=since)
    assert _leads(late, Outcome.EXPIRED) == ["0d"]
    assert "its day was over" in late[0].reason


def test_what_was_due_at_the_very_instant_the_date_took_effect_is_not_owed() -> None:
    due = oslo("2026-11-24", "08:00")
    assert _due(a_list(), oslo("2026-11-25"), since=due) == ()
    assert len(_due(a_list(), oslo("2026-11-25"), since=due - timedelta(seconds=1))) == 1


def test_new_default_leads_count_from_when_they_took_effect_for_those_who_have_no_other() -> None:
    changes = a_list(a_change(a_deadline(), a_deadline(name="test", leads="30d 7d")))
    own = parse_cadence(["8d"])
    since, now = oslo("2026-11-24", "12:00"), oslo("2026-11-24", "12:05")
    found = _due(changes, now, own=[own], default_since=since)
    # Neither who chose their own Leads nor a Deadline with its own is touched by a new default.
    assert {(f.step.deadline, f.cadence) for f in found if f.outcome is Outcome.OWED} == {
        ("portal/end", "8d"),
        ("portal/test", ""),
        ("portal/test", "8d"),
    }


def test_each_cadence_in_use_has_its_own_step() -> None:
    week, both = parse_cadence(["7d"]), parse_cadence(["7d", "1d"])
    found = _due(a_list(), oslo("2026-11-24"), own=[week, both], since=oslo("2026-11-20"))
    assert {(f.cadence, str(f.step.lead), f.outcome) for f in found} == {
        ("", "7d", Outcome.OWED),
        ("7d", "7d", Outcome.OWED),
        ("7d 1d", "7d", Outcome.OWED),
    }
    assert len({f.mark for f in found}) == 3


@pytest.mark.parametrize("status", Status)
def test_nothing_is_owed_of_what_is_over(status: Status) -> None:
    assert _due(a_list(a_change(a_deadline(status=status))), oslo("2026-11-24")) == ()


def test_a_deadline_of_which_nothing_is_known_to_be_in_force_owes_nothing() -> None:
    nothing = due_reminders(
        changes=a_list(), own_cadences=[], effects={}, default_since=LONG_AGO, timing=TIMING,
        now=oslo("2026-11-24"), finished=(),
    )  # fmt: skip
    assert nothing == ()


@given(change_lists(), INSTANTS, INSTANTS, st.lists(CADENCES, max_size=2, unique=True))
def test_of_all_that_passed_exactly_the_last_is_told_for_each_deadline_and_cadence(
    changes: ChangeList, now: datetime, since: datetime, own: list[Cadence]
) -> None:
    found = _due(changes, now, since=since, own=own)
    groups: dict[tuple[str, str | None], list[FanOut]] = {}
    for fan_out in found:
        groups.setdefault((fan_out.step.deadline, fan_out.cadence), []).append(fan_out)
    for group in groups.values():
        group.sort(key=lambda fan_out: fan_out.step.due)
        assert {fan_out.outcome for fan_out in group[:-1]} <= {Outcome.SUPERSEDED}
        expires = group[-1].step.expires
        assert expires
        assert group[-1].outcome is (Outcome.EXPIRED if now >= expires else Outcome.OWED)


@given(change_lists(), INSTANTS, INSTANTS)
def test_nothing_is_owed_early_or_from_before_the_date_took_effect(
    changes: ChangeList, now: datetime, since: datetime
) -> None:
    assert all(since < fan_out.step.due <= now for fan_out in _due(changes, now, since=since))


@given(change_lists(), INSTANTS, INSTANTS)
def test_what_is_finished_never_comes_again(changes: ChangeList, one: datetime, other: datetime) -> None:
    first, second = _ticks(changes, [one, other])
    assert not {fan_out.mark for fan_out in first} & {fan_out.mark for fan_out in second}


@given(
    change_lists(), st.lists(INSTANTS, min_size=1, max_size=12), st.lists(CADENCES, max_size=2, unique=True)
)
def test_however_often_it_runs_each_step_is_recorded_once_and_all_the_same_steps_are(
    changes: ChangeList, instants: list[datetime], own: list[Cadence]
) -> None:
    marks = [fan_out.mark for found in _ticks(changes, instants, own=own) for fan_out in found]
    assert len(marks) == len(set(marks))
    assert set(marks) == {fan_out.mark for fan_out in _due(changes, max(instants), own=own)}


@given(DAYS, CADENCES)
def test_a_run_at_every_reminders_hour_tells_them_all(day: object, cadence: Cadence) -> None:
    changes = a_list(a_change(a_deadline(str(day), leads=str(cadence))))
    _, _, deadline = next(changes.deadlines())
    steps = reminder_steps("portal/end", deadline, cadence, TIMING)
    runs = _ticks(changes, [step.due for step in steps])
    assert [[(f.step, f.outcome) for f in found] for found in runs] == [
        [(step, Outcome.OWED)] for step in steps
    ]


@given(change_lists(), INSTANTS, st.none() | CADENCES)
def test_what_is_upcoming_is_what_will_be_owed(
    changes: ChangeList, now: datetime, own: Cadence | None
) -> None:
    until = now + timedelta(days=90)
    coming = upcoming(changes=changes, own=own, timing=TIMING, now=now, until=until)
    assert [step.due for _, _, step in coming] == sorted(step.due for _, _, step in coming)
    will_be = _due(changes, until, since=now, own=[own] if own else ())
    assert {step.identity for _, _, step in coming} == {
        f.step.identity for f in will_be if f.cadence == str(own or "")
    }


def test_without_an_end_everything_still_to_come_is_upcoming() -> None:
    coming = upcoming(changes=a_list(), own=None, timing=TIMING, now=oslo("2026-11-24", "08:00"))
    assert [str(step.lead) for _, _, step in coming] == ["3d", "1d", "0d"]


@pytest.mark.parametrize("at", [time(0), time(2, 30), time(23, 59)])
def test_the_days_when_clocks_change_are_told_once_whatever_the_hour(at: time) -> None:
    timing = replace(TIMING, at=at)
    for day in ("2026-03-29", "2026-10-25"):
        deadline = a_deadline(day)
        steps = reminder_steps("portal/end", deadline, cadence_for(None, deadline, timing), timing)
        assert len({timing.today(step.due) for step in steps}) == len(steps)
        assert str(steps[-1].lead) == "0d"


@pytest.mark.parametrize(
    ("written", "today", "passed"),
    [
        ("2026-12-01", "2026-12-01", False),
        ("2026-12-01", "2026-12-02", True),
        ("2026-Q1..2026-Q2", "2026-06-30", False),
        ("2026-Q1..2026-Q2", "2026-07-01", True),
        ("2026-03..", "2027-12-31", False),
        ("tba", "2027-12-31", False),
    ],
)
def test_a_date_that_passed_with_no_word_of_how_it_ended_is_noticed(
    written: str, today: str, passed: bool
) -> None:
    day = oslo(today).date()
    assert bool(passed_unconfirmed(a_list(a_change(a_deadline(written))), day)) is passed
    for status in Status:
        assert passed_unconfirmed(a_list(a_change(a_deadline(written, status=status))), day) == ()
