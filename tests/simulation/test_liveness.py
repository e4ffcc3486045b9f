"""Liveness: short worlds in which the faults stop at last, after which all must be done.

Two people, a few days, and the same faults as in the long worlds. `python -m tests.simulation short SEED` tells one.
"""

from __future__ import annotations

import pytest

from tests.simulation.play import play


@pytest.mark.parametrize("hundred", range(1))
def test_once_the_faults_stop_everything_is_told(hundred: int) -> None:
    for seed in range(200 * hundred + 1, 200 * (hundred + 1), 2):
        _, failure = play(seed, short=True)
        assert failure is None, str(failure)
