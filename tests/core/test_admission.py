"""How many connections to open at a relay that admits some number of them."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from notifier.core.admission import WIDEN_SECONDS, WORKING_SECONDS, Admission, is_surplus
from notifier.core.reply import HUNG_UP, Fault, Phase, Verdict

counts = st.integers(1, 64)
seconds = st.floats(0, 1e6)


@given(counts, counts, st.lists(st.floats(0, 300), max_size=30))
def test_a_relay_refuses_one_a_minute_at_most_and_is_used_to_its_limit(
    most: int, admits: int, steps: list[float]
) -> None:
    admission, at, refused = Admission(most=most), 0.0, []
    for step in [0.0, *steps]:
        at += step
        if admission.at(at) > admits:
            admission = admission.refused(admits, at=at)
            refused.append(at)
        assert admission.at(at) <= admits
        assert admission.at(at) == min(most, admits)
    assert all(later - sooner >= WIDEN_SECONDS for sooner, later in pairwise(refused))


@given(counts, st.integers(0, 64), seconds, st.floats(0, 1e5))
def test_there_is_always_one_to_try_and_in_time_all_of_them(
    most: int, beside: int, since: float, passed: float
) -> None:
    admission = Admission(most=most).refused(beside, at=since)
    assert 1 <= admission.at(since) <= admission.at(since + passed) <= most
    assert admission.at(since + 65 * WIDEN_SECONDS) == most


@given(st.lists(st.floats(0, 1e4)), st.floats(0, 1e4))
def test_a_refusal_is_the_relays_word_only_where_no_other_connection_gets_on(
    others: list[float], at: float
) -> None:
    assert is_surplus(HUNG_UP, others, at=at) == any(moved > at - WORKING_SECONDS for moved in others)


def test_whoever_is_not_welcome_is_not_one_too_many() -> None:
    no_login = Verdict(fault=Fault.OURS, phase=Phase.AUTH, code=535)
    assert not is_surplus(no_login, [10.0], at=10.0)
