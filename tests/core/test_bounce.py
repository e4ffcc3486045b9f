"""Bounces: what they weigh, and when an address has had enough of them."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.bounce import HARD_POINTS, STALE, Score, Weight, is_worth_hearing, judge, weight_of

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
WEIGHTS = st.sampled_from(Weight)
GAPS = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=30))


@pytest.mark.parametrize("status", ["5.1.1", "5.1.10", "5.1.2", "5.2.1", "5.0.0", "5.4.4", "5.1.0"])
def test_no_such_mailbox_or_domain_weighs_heavily(status: str) -> None:
    assert weight_of(status) is Weight.HARD


@pytest.mark.parametrize(
    "status", ["5.2.2", "4.4.1", "5.7.1", "5.3.4", "5.4.1", "4.2.2", "", "nonsense", "5.1.1.1"]
)
def test_a_full_mailbox_a_policy_or_a_server_in_trouble_weighs_lightly(status: str) -> None:
    assert weight_of(status) is Weight.SOFT


@given(st.lists(st.tuples(GAPS, WEIGHTS), max_size=40), st.integers(1, 20))
def test_points_grow_at_most_once_a_day_and_suspend_at_the_limit(
    told: list[tuple[timedelta, Weight]], limit: int
) -> None:
    score, now, counted = Score(points=0, scored_at=None), NOON, []
    for gap, weight in told:
        now += gap
        judgement = judge(score, weight, limit=limit, now=now)
        if not judgement.is_scored:
            assert judgement.points == score.points
            assert not judgement.suspends
            continue
        assert score.points < judgement.points <= score.points + HARD_POINTS
        assert judgement.suspends == (judgement.points >= limit)
        counted.append(now)
        score = Score(points=judgement.points, scored_at=now)
    assert all(later - earlier >= timedelta(days=1) for earlier, later in itertools.pairwise(counted))


@given(st.integers(0, 100), st.integers(1, 100))
def test_a_soft_bounce_never_weighs_more_than_a_hard_one(points: int, limit: int) -> None:
    score = Score(points=points, scored_at=None)
    soft = judge(score, Weight.SOFT, limit=limit, now=NOON)
    hard = judge(score, Weight.HARD, limit=limit, now=NOON)
    assert soft.points < hard.points
    assert hard.suspends or not soft.suspends


@pytest.mark.parametrize(
    ("sent", "joined", "bounced", "heard"),
    [
        (timedelta(hours=-1), timedelta(days=-9), False, True),
        (timedelta(hours=-1), timedelta(days=-9), True, False),
        (-STALE, timedelta(days=-99), False, True),
        (-STALE - timedelta(seconds=1), timedelta(days=-99), False, False),
        (timedelta(days=-2), timedelta(days=-1), False, False),
        (timedelta(hours=1), timedelta(days=-9), False, False),
    ],
)
def test_old_repeated_and_earlier_reports_are_not_heard(
    sent: timedelta, joined: timedelta, bounced: bool, heard: bool
) -> None:
    found = is_worth_hearing(sent_at=NOON + sent, joined_at=NOON + joined, bounced=bounced, now=NOON)
    assert found is heard
