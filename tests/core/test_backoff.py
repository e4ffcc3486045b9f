"""Waiting: a Message's retries, and the breaker that holds everything back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.backoff import (
    CLOSED,
    STREAK,
    UNANSWERED_STREAK,
    Breaker,
    after_fault,
    retry_delay,
    spread_of,
)
from notifier.core.letter import TO_TYPED_ADDRESS, LetterKind
from notifier.core.message import Message, MessageState
from notifier.core.reply import Fault, Phase, Verdict

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
OPENING = st.sampled_from([Fault.RELAY, Fault.OURS])
CLOSING = st.sampled_from([Fault.NONE, Fault.TEMPORARY, Fault.ADDRESS, Fault.MESSAGE])


def after(
    *faults: Fault, breaker: Breaker = CLOSED, now: datetime = NOW, phase: Phase = Phase.CONNECT
) -> Breaker:
    """The breaker after these Verdicts, all at the same instant and in the same phase."""
    for fault in faults:
        breaker = after_fault(breaker, Verdict(fault=fault, phase=phase, reply=fault.value), now=now)
    return breaker


@pytest.mark.parametrize(
    ("tries", "minutes"), [(1, 5), (2, 10), (3, 20), (4, 40), (5, 60), (6, 60), (500, 60)]
)
def test_retries_wait_longer_and_longer_up_to_an_hour(tries: int, minutes: int) -> None:
    assert retry_delay(tries, 0) == minutes * MINUTE


@given(st.integers(1, 1000), st.floats(-1, 1))
def test_the_spread_moves_a_retry_by_a_fifth_at_most(tries: int, spread: float) -> None:
    plain = retry_delay(tries, 0)

    assert 0.8 * plain - MINUTE / 60 <= retry_delay(tries, spread) <= 1.2 * plain + MINUTE / 60


@given(st.integers(-5, 1000), st.floats(allow_nan=False))
def test_a_retry_never_waits_less_than_four_minutes_or_more_than_72(tries: int, spread: float) -> None:
    assert 4 * MINUTE <= retry_delay(tries, spread) <= 72 * MINUTE


def test_a_closed_breaker_lets_everything_through() -> None:
    assert CLOSED.allows(NOW) is None


@pytest.mark.parametrize("fault", [Fault.RELAY, Fault.OURS])
def test_trouble_with_the_relay_or_with_us_opens_at_once_and_then_lets_one_probe_through(
    fault: Fault,
) -> None:
    breaker = after(fault)

    assert breaker.allows(NOW) == 0
    assert breaker.allows(NOW + MINUTE - timedelta(microseconds=1)) == 0
    assert breaker.allows(NOW + MINUTE) == 1


@given(st.lists(OPENING, min_size=1, max_size=50))
def test_the_waits_grow_but_never_beyond_half_an_hour(faults: list[Fault]) -> None:
    waits = []
    breaker, now = CLOSED, NOW
    for fault in faults:
        breaker = after(fault, breaker=breaker, now=now)
        assert breaker.open_until is not None
        waits.append(breaker.open_until - now)
        now = breaker.open_until

    assert waits == sorted(waits)
    assert waits[0] == MINUTE
    assert waits[-1] <= 30 * MINUTE


@given(st.lists(st.sampled_from(Fault), max_size=20), CLOSING)
def test_whatever_shows_that_the_relay_works_closes_it(faults: list[Fault], fault: Fault) -> None:
    assert after(*faults, fault) == CLOSED


def test_a_few_mails_without_an_answer_are_their_own_trouble() -> None:
    assert after(*[Fault.AMBIGUOUS] * (UNANSWERED_STREAK - 1)).allows(NOW) is None
    assert after(*[Fault.AMBIGUOUS, Fault.NONE] * UNANSWERED_STREAK).allows(NOW) is None


def test_a_relay_that_answers_nothing_is_left_alone() -> None:
    """Else each of a thousand mails would be given to it twice."""
    assert after(*[Fault.AMBIGUOUS] * UNANSWERED_STREAK).allows(NOW) == 0


def test_a_policy_refusal_or_two_are_taken_for_the_messages_own() -> None:
    assert after(*[Fault.POLICY] * (STREAK - 1)).allows(NOW) is None


def test_a_streak_of_policy_refusals_is_ours_to_mend() -> None:
    breaker = after(*[Fault.POLICY] * STREAK)

    assert breaker.allows(NOW) == 0
    assert breaker.reason == "connect: policy"


@given(CLOSING)
def test_a_streak_is_broken_by_any_sign_of_health(fault: Fault) -> None:
    assert after(Fault.POLICY, Fault.POLICY, fault, Fault.POLICY, Fault.POLICY).allows(NOW) is None


def test_a_probe_refused_for_policy_opens_it_again_for_longer() -> None:
    breaker = after(*[Fault.POLICY] * STREAK)
    later = NOW + MINUTE

    assert after(Fault.POLICY, breaker=breaker, now=later).open_until == later + 2 * MINUTE


def test_while_it_may_be_a_few_dead_addresses_a_probe_goes_every_five_minutes() -> None:
    breaker, now = after(*[Fault.UNCLEAR] * STREAK), NOW
    for minutes in (1, 2, 5, 5, 5):
        assert breaker.open_until == now + minutes * MINUTE
        now += minutes * MINUTE
        breaker = after(Fault.UNCLEAR, breaker=breaker, now=now)


@pytest.mark.parametrize("letter", sorted(TO_TYPED_ADDRESS))
def test_addresses_that_strangers_typed_open_nothing_but_keep_open_what_they_probe(
    letter: LetterKind,
) -> None:
    unclear, refused = Verdict(fault=Fault.UNCLEAR, phase=Phase.RCPT), after(*[Fault.UNCLEAR] * STREAK)
    breaker = CLOSED
    for _ in range(STREAK):
        breaker = after_fault(breaker, unclear, now=NOW, letter=letter)

    assert breaker == CLOSED
    assert after_fault(refused, unclear, now=NOW + MINUTE, letter=letter).allows(NOW + MINUTE) == 0


def test_it_remembers_since_when_and_why() -> None:
    breaker = after(Fault.OURS, breaker=after(Fault.RELAY), now=NOW + MINUTE)

    assert (breaker.since, breaker.reason, breaker.failures) == (NOW, "connect: ours", 2)


def test_several_connections_that_fail_together_count_as_one_failure() -> None:
    assert after(Fault.RELAY, Fault.RELAY, Fault.RELAY) == after(Fault.RELAY)


def test_one_transaction_cut_short_may_be_the_messages_own_doing() -> None:
    assert after(*[Fault.RELAY] * (STREAK - 1), phase=Phase.BODY).allows(NOW) is None
    assert after(*[Fault.RELAY] * STREAK, phase=Phase.BODY).allows(NOW) == 0


@given(st.integers(1, 10**9), st.integers(0, 1000))
def test_messages_are_spread_within_bounds_and_each_the_same_way_every_time(row_id: int, tries: int) -> None:
    message = Message(
        id=row_id,
        subscriber_id=1,
        state=MessageState.PENDING,
        anytime=False,
        created_at=NOW,
        not_before=NOW,
        tries=tries,
    )

    assert -1 <= spread_of(message) <= 1
    assert spread_of(message) == spread_of(message)
