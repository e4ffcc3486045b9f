"""Worlds full of faults, as many as some seconds allow; any number by hand: `python -m tests.simulation 1 20000`."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from tests.simulation.play import play

SECONDS = 8.0
LEAST = 15


@pytest.mark.parametrize("first", [0, 10_000, 20_000, 30_000])
def test_whatever_goes_wrong_nothing_is_lost_and_nobody_is_told_three_times(first: int) -> None:
    until = time.process_time() + SECONDS
    seed = first
    while time.process_time() < until or seed < first + LEAST:
        _, failure = play(seed)
        assert failure is None, str(failure)
        seed += 1


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
