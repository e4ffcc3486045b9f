"""Mornings on which people are to be told something: most of what can go wrong can go wrong on one of them.

A few are prepared, each by playing until a reminder is due; a world that begins there takes a fraction of the time.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache

from notifier.core.answer import Answer
from tests.core.lists import TIMING
from tests.simulation.announcements import Deadline
from tests.simulation.relay import Mail
from tests.simulation.station import Rows, station
from tests.simulation.weather import CALM, Fate

# From Monday to the mornings of the reminders 7, 3 and 1 days before the end.
DAYS = (1, 4, 7)
PREPARED = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Morning:
    """Where a world begins: the rows, the seconds that have passed, what the relay has taken by then and for which
    Message-IDs that is in doubt, the list as it lies on the desk, and the Answers that count."""

    rows: Rows | None = None
    passed: float = 0.0
    book: tuple[Mail, ...] = ()
    doubtful: frozenset[str] = frozenset()
    revision: int = 1
    deadlines: dict[str, Deadline] = field(default_factory=dict)
    given: tuple[tuple[datetime, Answer], ...] = ()


# Where the other worlds begin: nothing has happened yet.
MONDAY = Morning()


def prepare() -> None:
    """Prepare them all, before anybody breaks the program."""
    for number in range(PREPARED):
        morning(number)


@cache
def morning(number: int) -> Morning:
    """The prepared one of this number, below PREPARED.

    Of four, one has people who have not heard where they stand, and one some who could not be told. Some have a list
    that is held, or people who have answered, and on some the reminder is planned already.
    """
    from tests.simulation.world import World

    world = World(number)
    world.weather = world.relay.weather = CALM
    for _ in range(2 + number % 2):
        world.happens(world.people.join)
    if number % 4 == 3:
        fate = (Fate.REFUSED, Fate.VERDICT_LOST)[number % 8 == 3]
        world.weather = world.relay.weather = replace(CALM, trouble=0.8, kinds=(fate,))
    for _ in range((0, 1, 1, 3)[number % 4]):
        world.turn("send")
        world.clock.advance(timedelta(minutes=75))
    for _ in range(2 * (number % 3 == 1)):
        world.happens(world.people.answerers.answer)
    if number % 5 == 0:
        world.desk.drop()
        world.turn("plan")
    day = TIMING.today(world.clock.now()) + timedelta(days=world.random.choice(DAYS))
    world.clock.advance_to(TIMING.instant(day, TIMING.at) + timedelta(seconds=20))
    if number % 3:
        world.turn("plan")
    made = Morning(
        rows=station().rows(),
        passed=world.clock.passed,
        book=tuple(world.relay.book),
        doubtful=frozenset(world.witness.doubtful),
        revision=world.desk.revision,
        deadlines=world.desk.deadlines,
        given=tuple(world.people.answerers.given),
    )
    world.close()
    return made
