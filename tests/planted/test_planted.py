"""The simulation is worth what it catches: each planted bug must show within so many worlds."""

from __future__ import annotations

import pytest

from tests.planted.bugs import BUGS, Bug
from tests.simulation.play import play

MOST_WORLDS = 60


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_the_simulation_catches_it(bug: Bug, monkeypatch: pytest.MonkeyPatch) -> None:
    bug.plant(monkeypatch)
    failures = (play(seed, alter=bug.alter)[1] for seed in range(bug.first, bug.first + MOST_WORLDS))
    assert any(failure is not None for failure in failures)
