"""Long worlds full of faults; any number by hand: `python -m tests.simulation 1 20000`.

The small ones, of which there are many, are in `test_safety` and `test_liveness`.
"""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.simulation.play import play


@pytest.mark.parametrize("seed", range(10))
def test_whatever_goes_wrong_nothing_is_lost_and_nobody_is_told_three_times(seed: int) -> None:
    _, failure = play(seed)
    assert failure is None, str(failure)


def test_a_seed_tells_the_same_story_whenever_it_is_told() -> None:
    # A world in which nodes are stopped, die and take over.
    command = [sys.executable, "-m", "tests.simulation", "42"]
    stories = [
        subprocess.run(
            command, env={**os.environ, "PYTHONHASHSEED": salt}, capture_output=True, text=True, check=True
        )
        for salt in ("1", "2")
    ]
    assert stories[0].stdout == stories[1].stdout
    assert "all held" in stories[0].stdout
