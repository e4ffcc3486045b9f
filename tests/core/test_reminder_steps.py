"""Which reminders a Deadline has: towards its first possible day, and in long windows towards the last."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from notifier.core.cadence import DEFAULT_CADENCE, Cadence, parse_cadence
from notifier.core.change import Deadline, Status
from notifier.core.notice import NoticeKind, Step
from notifier.core.plan import WINDOW_LEAST, cadence_for, reminder_steps, still_speaks
from notifier.core.timing import Timing
from notifier.core.working_days import is_working_day
from tests.core.lists import CADENCES, DAYS, OSLO, TIMING, TIMINGS, a_deadline, deadlines


def _steps(written: str, leads: str = "") -> tuple[Step, ...]:
    cadence = parse_cadence(leads.split()) if leads else DEFAULT_CADENCE
    return reminder_steps("portal/end", a_deadline(written), cadence, TIMING)


def _told(steps: tuple[Step, ...]) -> list[tuple[str, str]]:
    return [(f"{step.due.astimezone(OSLO):%Y-%m-%d %H:%M}", str(step.lead)) for step in steps]


def test_the_old_logins_end_on_1_december_2026_is_reminded_of_nine_times() -> None:
    assert _told(_steps("2026-12-01")) == [
        ("2026-06-04 08:00", "180d"),
        ("2026-09-02 08:00", "90d"),
        ("2026-10-02 08:00", "60d"),
        ("2026-10-30 08:00", "30d"),
        ("2026-11-17 08:00", "14d"),
        ("2026-11-24 08:00", "7d"),
        ("2026-11-27 08:00", "3d"),
        ("2026-11-30 08:00", "1d"),
        ("2026-12-01 08:00", "0d"),
    ]


def test_fjernhjelps_half_year_is_reminded_of_towards_its_first_day_and_once_before_its_last() -> None:
    steps = _steps("2026-Q1..2026-Q2")
    assert _told(steps)[-1] == ("2026-05-29 08:00", "30d")
    assert [step.spoken for step in steps] == ["2026-01-01"] * 5 + ["2026-06-30"]
    assert [str(step.lead) for step in steps] == ["180d", "90d", "60d", "30d", "0d", "30d"]


def test_a_month_is_short_enough_for_every_lead() -> None:
    assert [str(step.lead) for step in _steps("2026-12")] == str(DEFAULT_CADENCE).split()


def test_a_window_of_32_days_has_only_the_long_leads_and_the_day_itself() -> None:
    steps = _steps("2027-03-01..2027-04-01")
    assert [str(step.lead) for step in steps] == ["180d", "90d", "60d", "30d", "0d", "30d"]


def test_a_window_without_an_end_has_no_day_to_count_towards_but_its_first() -> None:
    assert {step.spoken for step in _steps("2026-03..")} == {"2026-03-01"}


def test_weeks_and_months_of_at_least_30_days_count_in_a_long_window() -> None:
    assert [str(step.lead) for step in _steps("2027-Q2", "4w 5w 1mo 29d 0w")][:-1] == ["5w", "1mo", "0w"]


def test_who_chose_short_leads_only_is_still_told_once_before_a_window_opens_and_once_before_it_closes() -> (
    None
):
    assert _told(_steps("2026-Q1..2026-Q2", "7d")) == [
        ("2025-12-02 08:00", "30d"),
        ("2026-05-29 08:00", "30d"),
    ]
    assert _told(_steps("2026-03..", "14d")) == [("2026-01-30 08:00", "30d")]


@given(deadlines(), CADENCES, TIMINGS)
def test_whatever_leads_are_chosen_a_long_window_is_told_of_a_month_before_it_opens(
    deadline: Deadline, cadence: Cadence, timing: Timing
) -> None:
    first = deadline.when.earliest
    assume(deadline.is_open and first is not None and deadline.when.is_long_window)
    steps = reminder_steps("a/end", deadline, cadence, timing)
    assert any(
        step.spoken == str(first) and timing.today(step.due) <= WINDOW_LEAST.before(first) for step in steps
    )


def test_leads_that_fall_on_one_working_day_are_one_reminder_the_tightest() -> None:
    # 17 January 2027 is a Sunday: three days before, one day before and the day itself end on the Friday.
    assert _told(_steps("2027-01-17", "7d 3d 2d 1d 0d")) == [
        ("2027-01-08 08:00", "7d"),
        ("2027-01-14 08:00", "3d"),
        ("2027-01-15 08:00", "0d"),
    ]


def test_the_first_day_of_a_window_is_told_rather_than_its_last_when_both_fall_due_at_once() -> None:
    # From Friday 5 March; 30 days before Monday 5 April 2027 is Saturday 6 March, so both fall on the Friday.
    last = _steps("2027-03-05..2027-04-05")[-1]
    assert (str(last.lead), last.spoken) == ("0d", "2027-03-05")


def test_months_clamp_towards_the_last_days_of_march() -> None:
    for day in ("2027-03-29", "2027-03-30", "2027-03-31"):
        assert _told(_steps(day, "1mo")) == [("2027-02-26 08:00", "1mo")]


def test_without_a_date_there_is_nothing_to_count_towards() -> None:
    assert _steps("tba") == ()


@pytest.mark.parametrize("status", Status)
def test_what_is_completed_or_withdrawn_is_not_reminded_of(status: Status) -> None:
    deadline = a_deadline("2026-12-01", status=status)
    assert reminder_steps("portal/end", deadline, DEFAULT_CADENCE, TIMING) == ()


def test_the_subscribers_own_leads_replace_the_deadlines_which_replace_the_default() -> None:
    own, deadline = parse_cadence(["5d"]), a_deadline(leads="90d 30d")
    assert cadence_for(own, deadline, TIMING) == own
    assert cadence_for(None, deadline, TIMING) == deadline.cadence
    assert cadence_for(None, a_deadline(), TIMING) == DEFAULT_CADENCE


@given(deadlines(), CADENCES, TIMINGS)
def test_reminders_stand_in_order_each_at_its_own_instant(
    deadline: Deadline, cadence: Cadence, timing: Timing
) -> None:
    steps = reminder_steps("a/end", deadline, cadence, timing)
    instants = [step.due for step in steps]
    assert instants == sorted(set(instants))
    assert len({step.identity for step in steps}) == len(steps)


@given(deadlines(), CADENCES, TIMINGS)
def test_a_reminder_falls_due_on_a_working_day_no_later_than_its_lead_and_before_it_expires(
    deadline: Deadline, cadence: Cadence, timing: Timing
) -> None:
    for step in reminder_steps("a/end", deadline, cadence, timing):
        assert step.kind is NoticeKind.REMINDER
        assert step.lead
        assert step.expires
        day = date.fromisoformat(step.spoken)
        assert is_working_day(timing.today(step.due))
        assert timing.today(step.due) <= step.lead.before(day)
        assert step.due < step.expires == timing.end_of(day)


@given(DAYS, CADENCES, TIMINGS)
def test_no_lead_is_lost_to_a_looser_one_on_its_day(day: date, cadence: Cadence, timing: Timing) -> None:
    steps = reminder_steps("a/end", a_deadline(day.isoformat()), cadence, timing)
    tightest: dict[datetime, date] = {}
    for lead in cadence.leads:
        due = timing.reminder_instant(lead.before(day))
        tightest[due] = max(lead.before(day), tightest.get(due, date.min))
    assert {step.due: step.lead.before(day) for step in steps if step.lead} == tightest


@given(DAYS, st.integers(0, 400))
def test_a_windows_length_decides_by_31_days(first: date, length: int) -> None:
    last = first + timedelta(days=length + 1)
    steps = reminder_steps("a/end", a_deadline(f"{first}..{last}"), DEFAULT_CADENCE, TIMING)
    short = {str(step.lead) for step in steps} & {"14d", "7d"}
    towards_last = [step for step in steps if step.spoken == last.isoformat()]
    assert bool(short) == (length + 2 <= 31)
    assert len(towards_last) <= (length + 2 > 31)


@given(deadlines(), CADENCES)
def test_every_reminder_of_a_deadline_still_speaks_of_it(deadline: Deadline, cadence: Cadence) -> None:
    assert all(still_speaks(step, deadline) for step in reminder_steps("a/end", deadline, cadence, TIMING))


@pytest.mark.parametrize(
    ("planned_for", "now", "speaks"),
    [
        ("2026-12-01", "2026-12-01", True),
        ("2026-12-01", "2026-12-02", False),
        ("2026-12-01", "tba", False),
        ("2026-12-01", "2026-12", True),
        ("2026-12-01", "2026-10-01..2026-12-01", False),
    ],
)
def test_a_reminder_speaks_no_more_of_a_day_that_is_not_counted_towards(
    planned_for: str, now: str, speaks: bool
) -> None:
    week_before = next(step for step in _steps(planned_for) if str(step.lead) == "7d")
    assert still_speaks(week_before, a_deadline(now)) is speaks


def test_the_reminder_towards_a_windows_last_day_lives_on_when_that_day_is_confirmed() -> None:
    towards_last = _steps("2026-Q1..2026-Q2")[-1]
    assert towards_last.lead == WINDOW_LEAST
    assert still_speaks(towards_last, a_deadline("2026-06-30"))
    assert not still_speaks(towards_last, a_deadline("2026-06-15"))


def test_days_are_those_of_the_lists_time_zone() -> None:
    tokyo = Timing(zone=ZoneInfo("Asia/Tokyo"))
    last = reminder_steps("a/end", a_deadline("2026-12-01"), DEFAULT_CADENCE, tokyo)[-1]
    assert f"{last.due:%Y-%m-%d %H:%M}" == "2026-11-30 23:00"
