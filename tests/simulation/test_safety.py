"""Safety: mornings on which any fault may come at any moment, until somebody looks.

`python -m tests.simulation morning SEED` tells one, `… morning FIRST LAST` plays many and counts what they met.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.simulation.play import comes_to_rest
from tests.simulation.tally import never_met, play_all, written
from tests.simulation.world import Size

SEEDS = [seed for seed in range(2_000) if not comes_to_rest(seed, Size.MORNING)]


@pytest.mark.timeout(600)
def test_whenever_one_looks_everything_is_accounted_for(
    record_property: Callable[[str, object], None],
) -> None:
    counts = play_all(SEEDS, Size.MORNING)
    record_property("worlds", f"{len(SEEDS)} mornings: {written(counts)}")
    assert not never_met(counts)
