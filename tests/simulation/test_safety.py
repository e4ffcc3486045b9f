"""Safety: short worlds in which any fault may come at any moment, until somebody looks.

Two people, a few days, and the same faults as in the long worlds. `python -m tests.simulation short SEED` tells one.
"""

from __future__ import annotations

import pytest

from tests.simulation.play import play


@pytest.mark.parametrize("hundred", range(1))
def test_whenever_one_looks_everything_is_accounted_for(hundred: int) -> None:
    for seed in range(200 * hundred + 0, 200 * (hundred + 1), 2):
        _, failure = play(seed, short=True)
        assert failure is None, str(failure)
