"""The simulation is worth what it catches: each planted bug must show within so many of the worlds that it plays."""

from __future__ import annotations

import pytest

from tests.planted.bugs import BUGS, Bug
from tests.simulation.mornings import prepare
from tests.simulation.play import play

MOST_WORLDS = 100


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_the_simulation_catches_it(bug: Bug, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare()
    bug.plant(monkeypatch)
    seeds = range(bug.first, bug.first + MOST_WORLDS)
    failures = (play(seed, size=bug.size, alter=bug.alter)[1] for seed in seeds)
    assert any(failure is not None for failure in failures)
