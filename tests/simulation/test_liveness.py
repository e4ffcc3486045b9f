"""Liveness: mornings and short worlds in which the faults stop at last, after which all must be done.

Safety is looked at in them as well. `python -m tests.simulation short SEED` tells one, as it does of a `morning`.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.simulation.play import comes_to_rest
from tests.simulation.tally import play_all, written
from tests.simulation.world import Size

MORNINGS = [seed for seed in range(2_000) if comes_to_rest(seed, Size.MORNING)]
SHORT = range(1, 60, 2)


@pytest.mark.timeout(600)
def test_once_the_faults_stop_everything_is_told(record_property: Callable[[str, object], None]) -> None:
    counts = play_all(MORNINGS, Size.MORNING)
    record_property("worlds", f"{len(MORNINGS)} mornings that come to rest: {written(counts)}")


def test_once_the_faults_of_a_few_days_stop_everything_is_told() -> None:
    play_all(SHORT, Size.SHORT)
