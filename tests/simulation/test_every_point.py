"""One morning, over and over: each time the process dies, or finds the disk full, one point later than the time before.

Points are the commits and all that passes between a node and the relay, before and after; none is left out.
"""

from __future__ import annotations

from itertools import count

import pytest

from notifier.core.notice import NoticeKind, Outcome
from notifier.jobs import recording
from tests.core.lists import oslo
from tests.simulation.play import come_to_rest
from tests.simulation.relay import Mail
from tests.simulation.station import station
from tests.simulation.weather import CALM
from tests.simulation.world import World

SEED = 14  # in which two different people join who follow everything by the usual Leads
TUESDAY = oslo("2026-11-24", "08:00:20")
JOBS = ("plan", "send")


@pytest.fixture
def eve(monkeypatch: pytest.MonkeyPatch) -> list[Mail]:
    """Each world begins when two people have joined and were told where they stand; answers those mails."""
    monkeypatch.setattr(recording, "RECORD_PAUSES", (0.0, 0.0))
    world = calm_world()
    for _ in range(2):
        world.happens(world.people.join)
    for job in JOBS:
        world.turn(job)
    world.close()
    monkeypatch.setattr(station(), "fresh", station().rows())
    assert len({mail.recipient for mail in world.relay.book}) == 2
    return world.relay.book


def calm_world() -> World:
    """A world in which nothing goes wrong by itself."""
    world = World(SEED)
    world.weather = world.relay.weather = CALM
    return world


def morning(eve: list[Mail], troubled: str, **trouble: int) -> str:
    """The reminder falls due while one job meets trouble; at rest all accounts agree, and everybody is told.

    Answers what happened.
    """
    world = calm_world()
    world.relay.book.extend(eve)
    world.clock.advance_to(TUESDAY)
    for job in JOBS:
        world.turn(job, **trouble if job == troubled else {})
    rows = come_to_rest(world).notices.values()
    world.close()
    happened = "\n".join(world.told)
    outcomes = [row.outcome for row in rows if row.kind == NoticeKind.REMINDER]
    assert outcomes == [Outcome.SENT, Outcome.SENT], happened
    return happened


@pytest.mark.parametrize(("job", "fewest"), [("plan", 20), ("send", 30)])
def test_wherever_it_is_struck_everybody_is_told(eve: list[Mail], job: str, fewest: int) -> None:
    for point in count(1):
        happened = morning(eve, job, dies=point)
        if "the process dies" not in happened:
            break
        if "dies: before a commit" in happened:
            morning(eve, job, finds_disk_full=point)
    assert point > fewest, "it was over before the job was"
