"""Playing a world: a few days of turns at odd moments, then, in half of them, good weather until all is done."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import exists, or_, select

from notifier.core.message import ON_THEIR_WAY
from notifier.core.notice import Outcome
from notifier.jobs import recording
from notifier.store import changes
from notifier.store.engine import reading
from notifier.store.tables import messages, notices
from tests.core.lists import TIMING
from tests.simulation.accounts import Accounts, assert_sound, draw_up
from tests.simulation.process import running
from tests.simulation.rest import assert_finished
from tests.simulation.spared import assert_answers_hold
from tests.simulation.weather import CALM
from tests.simulation.world import World

JOBS = ("send", "plan", "recover", "tell", "prune")
HOW_OFTEN = (10, 2, 2, 1, 0.3)
RESTS = (3, 3, 20, 60, 330, 960, 960, 3_700)
MOST_ROUNDS = 60


@dataclass(frozen=True, slots=True)
class Failure:
    """What did not hold, and everything that led to it."""

    seed: int
    what: str
    told: tuple[str, ...]

    def __str__(self) -> str:
        return "\n".join(
            (*self.told, "", f"✗ {self.what}", f"again with: python -m tests.simulation {self.seed}")
        )


def play(
    seed: int, *, short: bool = False, alter: Callable[[sqlite3.Connection], None] | None = None
) -> tuple[World, Failure | None]:
    """Play one world to its end; answers it, and what did not hold.

    A long one has four people and up to twelve turns over as many days; a short one two people, one or two turns,
    and more faults.
    """
    # Between two tries to write a verdict to a full disk nobody needs to wait for real.
    vars(recording).update(RECORD_PAUSES=(0.0, 0.0))
    world = World(seed, dense=short, alter=alter)
    try:
        _go_through_days(world, people=2, rounds=(1, 2)) if short else _go_through_days(world)
        _look(world)
        if seed % 2:
            come_to_rest(world)
    except Exception as error:  # noqa: BLE001 -- whatever the program raises here is a finding
        return world, Failure(seed, f"{type(error).__name__}: {error}", tuple(world.told))
    finally:
        world.close()
    return world, None


def _go_through_days(world: World, *, people: int = 4, rounds: tuple[int, int] = (5, 12)) -> None:
    chance = world.random
    for _ in range(people):
        world.happens(world.people.join)
    for _ in range(chance.randint(*rounds)):
        if chance.random() < 0.4:
            morning = TIMING.instant(TIMING.today(world.clock.now()) + timedelta(days=1), TIMING.at)
            world.clock.advance_to(morning + timedelta(seconds=20))
            world.turn("plan")
        else:
            world.clock.advance(timedelta(seconds=chance.choice(RESTS)))
        if world.people.may_act():
            world.happens(world.people.act)
        world.turn(chance.choices(JOBS, HOW_OFTEN)[0])


def come_to_rest(world: World) -> Accounts:
    """Faults stop, the list is whole, nothing is paused: in time all must be done. Answers the accounts then."""
    world.tell("the weather clears")
    world.weather = world.relay.weather = CALM
    world.desk.mend()
    with running(None):
        world.people.end_the_pause()
    for _ in range(MOST_ROUNDS):
        for job in ("plan", "recover", "send"):
            world.turn(job)
        if _is_at_rest(world):
            break
        world.clock.advance(timedelta(minutes=75))
        world.clock.advance_to(TIMING.next_opening(world.clock.now()))
    world.clock.advance(timedelta(minutes=11))
    world.turn("tell")
    accounts = _look(world)
    assert_finished(world.people, accounts, timing=TIMING, now=world.clock.now() - timedelta(minutes=11))
    return accounts


def _is_at_rest(world: World) -> bool:
    with running(None), reading(world.engine) as connection:
        owed = exists().where(notices.c.outcome == Outcome.OWED)
        on_their_way = exists().where(messages.c.state.in_(ON_THEIR_WAY))
        return not connection.scalar(select(or_(owed, on_their_way)))


def _look(world: World) -> Accounts:
    """Draw up the accounts; what holds at any moment must hold now."""
    accounts = draw_up(world.engine, book=world.relay.book, doubtful=world.witness.doubtful)
    assert_sound(accounts)
    with running(None), reading(world.engine) as connection:
        current = changes.in_force(connection)
    assert current is not None
    now = world.clock.now()
    assert_answers_hold(world.people.answerers, accounts, current.changes, timing=TIMING, now=now)
    return accounts
