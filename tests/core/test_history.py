"""Since when a Deadline has been without the days that it gets back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.change import Status
from notifier.core.history import away_since
from tests.core.lists import a_change, a_deadline, a_list, a_when, history_of, oslo

START = oslo("2026-05-04")
DAY = timedelta(days=1)
FIRST, SECOND, TENTATIVE, OVER = "2026-12-01", "2026-12-15", "tentative", "over"
STATES = {
    FIRST: a_deadline(FIRST),
    SECOND: a_deadline(SECOND),
    TENTATIVE: a_deadline(FIRST, tentative=True),
    OVER: a_deadline(FIRST, status=Status.WITHDRAWN),
}
HAVE_THE_FIRST = (FIRST, TENTATIVE)


def away(states: Sequence[str]) -> int | None:
    """The number of the reading with which the first days went; each took force a day after the one before."""
    lists = [a_list(a_change(STATES[state]), revision=number) for number, state in enumerate(states, 1)]
    history = history_of(lists, start=START, step=DAY)
    gone = away_since(history["portal/end"], a_when(FIRST))
    return None if gone is None else (gone - START) // DAY


@pytest.mark.parametrize(
    ("states", "since"),
    [
        ([FIRST], None),
        ([SECOND], None),
        ([FIRST, SECOND], 1),
        ([FIRST, TENTATIVE], None),
        ([FIRST, TENTATIVE, SECOND, OVER], 2),
        ([FIRST, OVER], 1),
        ([FIRST, SECOND, FIRST], None),
        ([FIRST, SECOND, FIRST, OVER, SECOND], 3),
        ([SECOND, OVER], None),
    ],
)
def test_days_went_with_the_first_reading_that_had_them_no_more(
    states: Sequence[str], since: int | None
) -> None:
    assert away(states) == since


def test_what_was_never_in_the_list_never_had_any() -> None:
    assert away_since((), a_when(FIRST)) is None


@given(st.lists(st.sampled_from(sorted(STATES)), min_size=1, max_size=6))
def test_between_then_and_now_no_reading_had_them(states: Sequence[str]) -> None:
    since = away(states)
    if since is None:
        assert states[-1] in HAVE_THE_FIRST or not set(states) & {*HAVE_THE_FIRST}
    else:
        assert states[since - 1] in HAVE_THE_FIRST
        assert not set(states[since:]) & {*HAVE_THE_FIRST}
