"""What is still worth telling when the mail leaves: reminders, and who they are for."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.change import Deadline, Status
from notifier.core.notice import Notice, NoticeKind, Outcome, Step
from notifier.core.subscription import SubscriberState
from tests.core.lists import LONG_AGO, TIMING, a_deadline, a_subscriber, deadlines, oslo
from tests.core.settling import EVER_SINCE, lists_of, news_of, reminders_of, settled, untold

A, B = "2026-12-01", "2027-03-01"
NOW = oslo("2026-11-24")


def _lead(notice: Notice) -> str:
    return str(notice.step.lead)


def _only(lead: str, written: str = A) -> Notice:
    return next(notice for notice in reminders_of(a_deadline(written)) if _lead(notice) == lead)


def _standing() -> Notice:
    step = Step(deadline="", kind=NoticeKind.STANDING, due=LONG_AGO, revision=1)
    return Notice(id=1, subscriber_id=1, step=step, message_id=1)


def test_of_several_reminders_only_the_tightest_is_told() -> None:
    several = reminders_of(a_deadline(A))[3:6]
    found = settled(lists_of(A), several[::-1], now=NOW)
    assert [_lead(notice) for notice in found.kept] == ["7d"]
    assert [(_lead(drop.notice), drop.outcome) for drop in found.dropped] == [
        ("30d", Outcome.SUPERSEDED),
        ("14d", Outcome.SUPERSEDED),
    ]


def _elsewhere(lead: str, outcome: Outcome, *, at: datetime | None = None) -> Notice:
    return replace(_only(lead), outcome=outcome, decided_at=at, message_id=2)


@pytest.mark.parametrize("outcome", [Outcome.OWED, Outcome.SENT])
def test_a_looser_reminder_gives_way_to_a_tighter_one_in_another_message(outcome: Outcome) -> None:
    tighter = _elsewhere("3d", outcome, at=oslo("2026-11-27"))
    found = settled(lists_of(A), [_only("7d")], elsewhere=[tighter], now=oslo("2026-11-28"))
    assert [(drop.outcome, drop.reason) for drop in found.dropped] == [
        (Outcome.SUPERSEDED, "the reminder 3d ahead took its place")
    ]


@pytest.mark.parametrize("outcome", [each for each in Outcome if each not in (Outcome.OWED, Outcome.SENT)])
def test_what_was_not_told_takes_nobodys_place(outcome: Outcome) -> None:
    other = _elsewhere("3d", outcome, at=NOW)
    assert settled(lists_of(A), [_only("7d")], elsewhere=[other], now=NOW).kept == (_only("7d"),)


def test_nobody_is_reminded_twice_on_a_day() -> None:
    on_the_day = oslo(A, "08:05")
    told = _elsewhere("1d", Outcome.SENT, at=oslo(A, "07:05"))
    assert untold(settled(lists_of(A), [_only("0d")], elsewhere=[told], now=on_the_day)) == [
        (_only("0d").id, Outcome.SUPERSEDED)
    ]
    the_day_before = replace(told, decided_at=oslo("2026-11-30", "23:59"))
    assert settled(lists_of(A), [_only("0d")], elsewhere=[the_day_before], now=on_the_day).kept


def test_a_reminder_of_another_date_takes_no_place() -> None:
    other = replace(_elsewhere("3d", Outcome.SENT, at=NOW), step=_only("0d", B).step)
    assert settled(lists_of(A), [_only("7d")], elsewhere=[other], now=NOW).kept == (_only("7d"),)


def test_what_comes_too_late_after_a_copy_without_an_answer_is_unknown_and_the_rest_says_so() -> None:
    late = settled(lists_of(A), reminders_of(a_deadline(A))[-2:], now=oslo("2026-12-02")).after_a_copy()
    assert {(drop.outcome, drop.reason.rpartition("; ")[2]) for drop in late.dropped} == {
        (Outcome.UNKNOWN, "a copy may have arrived")
    }
    moved = settled(lists_of(A, B), [_only("7d")], now=NOW).after_a_copy()
    assert [drop.outcome for drop in moved.dropped] == [Outcome.CANCELLED]


@pytest.mark.parametrize("now", [B, "2026-11-30", "tba", "2026-10-01..2026-12-01"])
def test_a_reminder_of_a_date_that_is_no_more_is_cancelled(now: str) -> None:
    reminder = _only("7d")
    assert untold(settled(lists_of(A, now), [reminder], now=NOW)) == [(reminder.id, Outcome.CANCELLED)]


def test_a_reminder_of_a_date_that_came_back_is_told() -> None:
    assert settled(lists_of(A, B, A), [_only("7d")], now=NOW).kept == (_only("7d"),)


@pytest.mark.parametrize("status", Status)
def test_what_is_over_is_not_reminded_of(status: Status) -> None:
    found = settled(lists_of(A, a_deadline(A, status=status)), [_only("7d")], now=NOW)
    assert [(drop.outcome, drop.reason) for drop in found.dropped] == [
        (Outcome.CANCELLED, f"the deadline is {status}")
    ]


def test_a_reminder_is_told_to_the_last_moment_of_its_day_and_then_expires() -> None:
    reminder, midnight = _only("0d"), TIMING.end_of(oslo(A).date())
    assert settled(lists_of(A), [reminder], now=midnight - timedelta(seconds=1)).kept == (reminder,)
    assert untold(settled(lists_of(A), [reminder], now=midnight)) == [(reminder.id, Outcome.EXPIRED)]


def test_an_expired_reminder_takes_no_other_ones_place() -> None:
    # Both belong to one window: its first day is over, its last is thirty days ahead.
    earliest, latest = reminders_of(a_deadline("2026-Q1..2026-Q2"))[-2:]
    found = settled(lists_of("2026-Q1..2026-Q2"), [earliest, latest], now=oslo("2026-05-29"))
    assert found.kept == (latest,)
    assert untold(found) == [(earliest.id, Outcome.EXPIRED)]


def test_a_reminder_travels_with_news_of_the_same_date() -> None:
    lists = lists_of(B, A)
    found = settled(lists, [_only("7d"), news_of(lists)[2]], now=NOW)
    assert {str(notice.step.kind) for notice in found.kept} == {"reminder", "moved"}


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        (SubscriberState.SUSPENDED, Outcome.SUSPENDED),
        (SubscriberState.LEFT, Outcome.LEFT),
        (SubscriberState.ERASED, Outcome.LEFT),
    ],
)
def test_who_left_or_is_suspended_is_told_nothing_at_all(state: SubscriberState, outcome: Outcome) -> None:
    lists = lists_of(B, A)
    owed = [_standing(), _only("7d"), news_of(lists)[2]]
    found = settled(lists, owed, subscriber=replace(EVER_SINCE, state=state), now=NOW)
    assert found.kept == ()
    assert {drop.outcome for drop in found.dropped} == {outcome}
    assert len(found.dropped) == len(owed)


def test_who_follows_it_no_longer_is_not_told_of_it() -> None:
    lists = lists_of(B, A)
    elsewhere = a_subscriber("change:other", since=LONG_AGO)
    found = settled(lists, [_standing(), _only("7d"), news_of(lists)[2]], subscriber=elsewhere, now=NOW)
    assert [notice.step.kind for notice in found.kept] == [NoticeKind.STANDING]
    assert {(drop.outcome, drop.reason) for drop in found.dropped} == {
        (Outcome.CANCELLED, "the subscriber no longer follows it")
    }


def test_what_the_list_does_not_know_is_cancelled() -> None:
    reminder = _only("7d")
    found = settled(lists_of(None), [reminder], now=NOW)
    assert [(drop.outcome, drop.reason) for drop in found.dropped] == [
        (Outcome.CANCELLED, "the list no longer has it")
    ]


def test_where_one_stands_is_always_told_on_joining() -> None:
    assert settled(lists_of(A), [_standing()], now=NOW).kept == (_standing(),)


@given(st.lists(deadlines(), min_size=1, max_size=4), st.data())
def test_at_most_one_reminder_of_a_deadline_is_kept_and_every_notice_is_decided_once(
    story: list[Deadline], data: st.DataObject
) -> None:
    possible = [notice for deadline in story for notice in reminders_of(deadline)]
    reminders = [replace(notice, id=1000 + n) for n, notice in enumerate(possible)]
    chosen = data.draw(st.lists(st.sampled_from(reminders), unique_by=id)) if reminders else []
    lists = lists_of(*story)
    owed = [*chosen, *news_of(lists).values(), _standing()]
    owed = list({notice.id: notice for notice in owed}.values())
    now: datetime = data.draw(
        st.sampled_from([LONG_AGO, oslo("2026-06-01"), oslo("2027-06-01"), oslo("2030-01-01")])
    )
    found = settled(lists, owed, now=now)
    kinds = [notice.step.kind for notice in found.kept]
    assert kinds.count(NoticeKind.REMINDER) <= 1
    assert kinds.count(NoticeKind.STANDING) == 1
    ids = [notice.id for notice in found.kept] + [drop.notice.id for drop in found.dropped]
    assert sorted(ids) == sorted(notice.id for notice in owed)
    assert all(drop.outcome is not Outcome.OWED and drop.reason for drop in found.dropped)


@given(deadlines(), st.sampled_from([LONG_AGO, oslo("2026-06-01"), oslo("2027-06-01")]))
def test_what_is_kept_is_open_not_expired_and_the_last_of_what_still_counts(
    deadline: Deadline, now: datetime
) -> None:
    reminders = reminders_of(deadline)
    found = settled(lists_of(deadline), reminders, now=now)
    alive = [notice for notice in reminders if notice.step.expires and now < notice.step.expires]
    assert list(found.kept) == alive[-1:]
