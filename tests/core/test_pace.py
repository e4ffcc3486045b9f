"""How fast Messages may leave."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from notifier.core.pace import Pace


@given(st.integers(1, 10_000), st.lists(st.tuples(st.integers(1, 200), st.floats(0, 30)), min_size=1))
def test_no_more_leave_in_any_time_than_the_pace_allows(
    per_minute: int, asked: list[tuple[int, float]]
) -> None:
    pace, at, left = Pace(per_minute=per_minute), 0.0, []
    for wanted, later in asked:
        at += later
        at += pace.wait(at)
        count = min(wanted, pace.most_at_once or wanted)
        pace = pace.after(count, at=at)
        left.append((at, count))

    for first, (begin, _) in enumerate(left):
        for end, _ in left[first:]:
            between = sum(count for when, count in left if begin <= when <= end)
            allowed = per_minute * (end - begin) / 60
            assert between <= allowed + (pace.most_at_once or 0) + 1e-6


def test_without_a_pace_nothing_waits() -> None:
    pace = Pace(per_minute=0).after(10_000, at=5.0)

    assert pace.wait(5.0) == 0
    assert (pace.most_at_once, pace.most_ahead) == (None, None)


def test_a_slow_pace_lets_one_go_at_a_time() -> None:
    pace = Pace(per_minute=6)
    assert pace.most_at_once == 1
    assert pace.after(1, at=100.0).wait(103.0) == 7.0
