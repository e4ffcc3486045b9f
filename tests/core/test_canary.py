"""The canary: once a day, missed when it is not back in time, and back by its own number alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from notifier.core.canary import EVERY, RETRY, after_refusal, after_return, after_start, flies, is_missed

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_one_flies_a_day() -> None:
    first = after_start(None, now=NOW)
    assert flies(None, now=NOW)
    assert not flies(first, now=NOW + EVERY - timedelta(seconds=1))
    assert flies(first, now=NOW + EVERY)


def test_one_that_the_relay_refused_is_followed_soon_and_is_missed_all_the_same() -> None:
    refused = after_refusal(after_start(None, now=NOW))
    assert not flies(refused, now=NOW + RETRY - timedelta(seconds=1))
    assert flies(refused, now=NOW + RETRY)
    assert is_missed(refused, within=HOUR, now=NOW + HOUR + timedelta(seconds=1))


def test_it_is_missed_from_the_first_that_did_not_come_back_until_one_does() -> None:
    first = after_start(None, now=NOW)
    assert not is_missed(first, within=HOUR, now=NOW + HOUR)
    assert is_missed(first, within=HOUR, now=NOW + HOUR + timedelta(seconds=1))

    second = after_start(first, now=NOW + EVERY)
    assert is_missed(second, within=HOUR, now=NOW + EVERY)
    assert after_return(second, first.number) is None
    back = after_return(second, second.number)
    assert back is not None
    assert not is_missed(back, within=HOUR, now=NOW + 10 * EVERY)
    assert flies(back, now=NOW + 2 * EVERY)
    assert after_return(back, second.number) is None


@given(st.lists(st.tuples(st.integers(0, 100), st.booleans()), max_size=12))
def test_numbers_only_rise_and_a_return_is_believed_once(turns: list[tuple[int, bool]]) -> None:
    canary, now, numbers = None, NOW, []
    for minutes, returns in turns:
        now += timedelta(minutes=minutes) - timedelta(minutes=30)
        canary = after_start(canary, now=now)
        numbers.append(canary.number)
        assert all(after_return(canary, number) is None for number in numbers[:-1])
        if returns:
            back = after_return(canary, canary.number)
            assert back is not None
            assert after_return(back, canary.number) is None
            canary = back
    assert numbers == sorted(set(numbers))
