"""What a Verdict makes of a Message: never a third copy, never a copy forgotten."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.backoff import AMBIGUOUS_WAIT, POLICY_TRIES, RETRY_FOR, UNCLEAR_TRIES
from notifier.core.delivery import after_mistake, after_silence, after_verdict
from notifier.core.message import Message, MessageState, header_id
from notifier.core.reply import Fault, Phase, Verdict
from tests.core.lists import oslo

NOW = oslo("2026-11-24", "08:05")
OPEN = MessageState.PENDING
FINAL = {MessageState.SENT, MessageState.FAILED, MessageState.UNKNOWN}


def _armed(
    *, copies: int = 1, tries: int = 0, refusals: int = 0, deferred: timedelta | None = None
) -> Message:
    return Message(
        id=7,
        subscriber_id=1,
        state=MessageState.TRANSMITTING,
        anytime=False,
        created_at=NOW - timedelta(days=30),
        not_before=NOW,
        tries=tries,
        refusals=refusals,
        deferred_since=None if deferred is None else NOW - deferred,
        copies=copies,
    )


def _verdict(fault: Fault) -> Verdict:
    return Verdict(fault=fault, phase=Phase.VERDICT, reply="as the server said")


@pytest.mark.parametrize(("fault", "copies"), list(product(Fault, [1, 2])))
@pytest.mark.parametrize("tries", [0, 3, 200])
@pytest.mark.parametrize("age", [timedelta(), RETRY_FOR - timedelta(seconds=1), RETRY_FOR])
def test_whatever_happens_copies_are_0_to_2_and_only_a_refused_one_is_taken_back(
    fault: Fault, copies: int, tries: int, age: timedelta
) -> None:
    for refusals in (0, POLICY_TRIES - 1, POLICY_TRIES):
        message = _armed(copies=copies, tries=tries, refusals=refusals, deferred=age)
        after = after_verdict(message, _verdict(fault), now=NOW, spread=0)
        counts = fault in (Fault.NONE, Fault.AMBIGUOUS)
        assert after.copies == (copies if counts else copies - 1)
        assert 0 <= after.copies <= 2
        assert after.state in {OPEN, *FINAL}
        assert after.state is not OPEN or after.copies < 2
        assert (after.state is MessageState.SENT) == (fault is Fault.NONE)
        assert after.state is not MessageState.FAILED or after.copies == 0
        assert after.state is not MessageState.UNKNOWN or after.copies > 0
        assert after.state is MessageState.UNKNOWN or not (fault is Fault.AMBIGUOUS and copies == 2)
        assert after.not_before >= NOW


@pytest.mark.parametrize(
    ("fault", "state"),
    [
        (Fault.NONE, MessageState.SENT),
        (Fault.ADDRESS, MessageState.FAILED),
        (Fault.MESSAGE, MessageState.FAILED),
        (Fault.RELAY, MessageState.PENDING),
        (Fault.OURS, MessageState.PENDING),
        (Fault.TEMPORARY, MessageState.PENDING),
        (Fault.POLICY, MessageState.PENDING),
        (Fault.UNCLEAR, MessageState.PENDING),
        (Fault.AMBIGUOUS, MessageState.PENDING),
    ],
)
def test_a_first_verdict_ends_it_or_lets_it_wait(fault: Fault, state: MessageState) -> None:
    assert after_verdict(_armed(), _verdict(fault), now=NOW, spread=0).state is state


@pytest.mark.parametrize("fault", [Fault.RELAY, Fault.OURS])
@pytest.mark.parametrize("phase", Phase)
def test_trouble_that_is_not_the_messages_costs_it_no_try_however_long_it_lasts(
    fault: Fault, phase: Phase
) -> None:
    message = _armed(tries=9, refusals=4, deferred=timedelta(days=30))
    after = after_verdict(message, Verdict(fault=fault, phase=phase), now=NOW, spread=0)
    assert (after.state, after.tries, after.refusals) == (OPEN, 9, 4)


def test_a_message_in_whose_transaction_the_relay_failed_lets_the_others_go_first() -> None:
    at_connecting = Verdict(fault=Fault.RELAY, phase=Phase.CONNECT)
    assert after_verdict(_armed(), at_connecting, now=NOW, spread=0).not_before == NOW
    within = after_verdict(_armed(), _verdict(Fault.RELAY), now=NOW, spread=0)
    assert within.not_before == NOW + timedelta(minutes=5)


@pytest.mark.parametrize(("tries", "minutes"), [(0, 5), (1, 10), (2, 20), (3, 40), (4, 60), (40, 60)])
def test_temporary_refusals_wait_longer_each_time(tries: int, minutes: int) -> None:
    after = after_verdict(_armed(tries=tries), _verdict(Fault.TEMPORARY), now=NOW, spread=0)
    assert (after.not_before - NOW, after.tries) == (timedelta(minutes=minutes), tries + 1)


@pytest.mark.parametrize(
    ("tries", "deferred", "state"),
    [
        (120, RETRY_FOR - timedelta(seconds=1), MessageState.PENDING),
        (120, RETRY_FOR, MessageState.FAILED),
        (4, RETRY_FOR, MessageState.FAILED),
        (3, RETRY_FOR, MessageState.PENDING),
        (0, timedelta(days=9), MessageState.PENDING),
        (120, None, MessageState.PENDING),
    ],
)
def test_it_is_given_up_five_days_after_its_first_try_but_not_unless_it_was_tried_five_times(
    tries: int, deferred: timedelta | None, state: MessageState
) -> None:
    message = _armed(tries=tries, deferred=deferred)
    after = after_verdict(message, _verdict(Fault.TEMPORARY), now=NOW, spread=0)
    assert after.state is state


@pytest.mark.parametrize("fault", [Fault.TEMPORARY, Fault.POLICY, Fault.UNCLEAR])
def test_it_is_deferred_since_it_was_first_refused(fault: Fault) -> None:
    first = after_verdict(_armed(), _verdict(fault), now=NOW, spread=0)
    assert first.deferred_since == NOW
    later = replace(_armed(), tries=first.tries, deferred_since=first.deferred_since)
    for then in (Fault.TEMPORARY, Fault.RELAY, Fault.OURS, Fault.AMBIGUOUS):
        after = after_verdict(later, _verdict(then), now=NOW + timedelta(hours=3), spread=0)
        assert after.deferred_since == NOW
    assert after_verdict(later, _verdict(Fault.NONE), now=NOW, spread=0).deferred_since is None


@pytest.mark.parametrize("fault", [Fault.RELAY, Fault.OURS, Fault.AMBIGUOUS])
def test_what_is_not_its_own_trouble_does_not_defer_it(fault: Fault) -> None:
    assert after_verdict(_armed(), _verdict(fault), now=NOW, spread=0).deferred_since is None


@pytest.mark.parametrize("copies", [0, 1])
@given(
    tries=st.integers(0, 200),
    deferred=st.none() | st.timedeltas(timedelta(), timedelta(days=9)),
    spread=st.floats(-1, 1),
)
def test_a_mistake_of_ours_is_waited_for_like_a_temporary_refusal_and_leaves_copies_untouched(
    copies: int, tries: int, deferred: timedelta | None, spread: float
) -> None:
    claimed = _armed(copies=copies, tries=tries, refusals=2, deferred=deferred)
    after = after_mistake(claimed, now=NOW, spread=spread)
    armed = replace(claimed, copies=copies + 1)
    assert after == after_verdict(armed, _verdict(Fault.TEMPORARY), now=NOW, spread=spread)
    assert after.copies == copies


@pytest.mark.parametrize("fault", [Fault.ADDRESS, Fault.MESSAGE])
def test_a_refusal_after_a_copy_without_an_answer_leaves_it_unknown(fault: Fault) -> None:
    after = after_verdict(_armed(copies=2), _verdict(fault), now=NOW, spread=0)
    assert (after.state, after.copies) == (MessageState.UNKNOWN, 1)


def test_a_refusal_for_policy_is_tried_five_times() -> None:
    for refusals in range(POLICY_TRIES):
        after = after_verdict(_armed(refusals=refusals), _verdict(Fault.POLICY), now=NOW, spread=0)
        assert after.refusals == refusals + 1
        assert (after.state is MessageState.FAILED) == (refusals + 1 == POLICY_TRIES)


def test_a_second_refusal_without_a_reason_ends_it_but_not_while_all_are_refused() -> None:
    unclear = _verdict(Fault.UNCLEAR)
    once = _armed(refusals=1, deferred=timedelta(minutes=5))
    assert after_verdict(once, unclear, now=NOW, spread=0).state is MessageState.FAILED

    spared = after_verdict(once, unclear, now=NOW, spread=0, probing=True)
    assert (spared.state, spared.refusals) == (MessageState.PENDING, 1)
    assert spared.not_before == NOW + timedelta(minutes=5)
    old = _armed(refusals=1, deferred=RETRY_FOR)
    assert after_verdict(old, unclear, now=NOW, spread=0, probing=True).state is MessageState.FAILED


@pytest.mark.parametrize("probing", [True, False])
@given(refusals=st.integers(0, 9))
def test_what_is_refused_again_while_others_are_taken_is_its_own_trouble_also_when_it_probes(
    probing: bool, refusals: int
) -> None:
    message = _armed(refusals=refusals, deferred=timedelta(minutes=5))
    after = after_verdict(
        message, _verdict(Fault.UNCLEAR), now=NOW, spread=0, probing=probing, others_taken=True
    )
    assert after.state is MessageState.FAILED
    assert after.refusals >= UNCLEAR_TRIES


@pytest.mark.parametrize(("copies", "state"), [(1, MessageState.PENDING), (2, MessageState.UNKNOWN)])
def test_silence_allows_one_more_copy_a_quarter_of_an_hour_later(copies: int, state: MessageState) -> None:
    after = after_silence(_armed(copies=copies), now=NOW)
    assert (after.state, after.copies, after.not_before) == (state, copies, NOW + AMBIGUOUS_WAIT)
    assert after == after_verdict(_armed(copies=copies), _verdict(Fault.AMBIGUOUS), now=NOW, spread=0)


@given(st.lists(st.sampled_from(Fault), min_size=1, max_size=30), st.floats(-1, 1))
def test_over_any_series_of_verdicts_at_most_two_copies_may_have_arrived(
    faults: list[Fault], spread: float
) -> None:
    copies = tries = refusals = 0
    may_have_arrived = 0
    now: datetime = NOW
    deferred_since: datetime | None = None
    for fault in faults:
        message = replace(
            _armed(copies=copies + 1, tries=tries, refusals=refusals), deferred_since=deferred_since
        )
        may_have_arrived += fault in (Fault.NONE, Fault.AMBIGUOUS)
        after = after_verdict(message, _verdict(fault), now=now, spread=spread)
        copies, tries, refusals, now = after.copies, after.tries, after.refusals, after.not_before
        deferred_since = after.deferred_since
        assert copies == may_have_arrived <= 2
        if after.state is not OPEN:
            return


def test_both_copies_bear_one_message_id_and_a_generation_another() -> None:
    suffix = ".a1b2c3@varsel.example>"
    first = header_id(_armed(), suffix)
    assert first == "<n7.0.a1b2c3@varsel.example>"
    assert header_id(replace(_armed(copies=2), header_id=first), ".other@varsel.example>") == first
    assert header_id(replace(_armed(), generation=1), suffix) == "<n7.1.a1b2c3@varsel.example>"
