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
from tests.simulation.world import Size, World

JOBS = ("send", "plan", "recover", "tell", "prune")
HOW_OFTEN = (10, 2, 2, 1, 0.3)
HOW_OFTEN_IN_THE_MORNING = (10, 1.5, 0.5, 0.2, 0.1)
RESTS = (3, 3, 20, 60, 330, 960, 960, 3_700)
MOST_ROUNDS = 60


@dataclass(frozen=True, slots=True)
class Failure:
    """What did not hold, and everything that led to it."""

    seed: int
    size: Size
    what: str
    told: tuple[str, ...]

    def __str__(self) -> str:
        again = f"again with: python -m tests.simulation {self.size} {self.seed}"
        return "\n".join((*self.told, "", f"✗ {self.what}", again))


def play(
    seed: int, *, size: Size = Size.LONG, alter: Callable[[sqlite3.Connection], None] | None = None
) -> tuple[World, Failure | None]:
    """Play one world to its end; answers it, and what did not hold.

    A long one has four people and up to twelve turns over as many days; a short one two people, one or two turns,
    and more faults; a morning begins when some are there to be told something, and has but one turn.
    """
    # Between two tries to write a verdict to a full disk nobody needs to wait for real.
    vars(recording).update(RECORD_PAUSES=(0.0, 0.0))
    world = World(seed, size=size, alter=alter)
    try:
        match size:
            case Size.LONG:
                _go_through_days(world, people=4, rounds=(5, 12))
            case Size.SHORT:
                _go_through_days(world, people=2, rounds=(1, 2))
            case Size.MORNING:
                _go_through_morning(world)
        _look(world)
        if comes_to_rest(seed, size):
            come_to_rest(world)
    except Exception as error:  # noqa: BLE001 -- whatever the program raises here is a finding
        return world, Failure(seed, size, f"{type(error).__name__}: {error}", tuple(world.told))
    finally:
        world.close()
    return world, None


def comes_to_rest(seed: int, size: Size) -> bool:
    """Whether the faults stop in the end; of the mornings in few, since that takes longest."""
    return seed % 5 == 0 if size is Size.MORNING else seed % 2 == 1


def _go_through_days(world: World, *, people: int, rounds: tuple[int, int]) -> None:
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


def _go_through_morning(world: World) -> None:
    if world.random.random() < 0.6:
        people = world.people
        world.happens(world.random.choice((people.act, people.act, people.choosers.choose, people.desk.edit)))
        if world.random.random() < 0.3:
            world.turn("plan")
    world.turn(world.random.choices(JOBS, HOW_OFTEN_IN_THE_MORNING)[0])


def come_to_rest(world: World) -> Accounts:
    """Faults stop, the list is whole, nothing is paused: in time all must be done. Answers the accounts then.

    Rows that are damaged stay so in half of the worlds: nobody else may have to wait for them.
    """
    world.tell("the weather clears")
    world.weather = world.relay.weather = CALM
    world.desk.mend()
    with running(None):
        world.people.end_the_pause()
        if world.random.random() < 0.5:
            world.tell(world.operators.mend())
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
        stuck = sorted(world.operators.poisoned)
        owed = exists().where(notices.c.outcome == Outcome.OWED, notices.c.subscriber_id.not_in(stuck))
        on_their_way = exists().where(
            messages.c.state.in_(ON_THEIR_WAY), messages.c.subscriber_id.not_in(stuck)
        )
        return not connection.scalar(select(or_(owed, on_their_way)))


def _look(world: World) -> Accounts:
    """Draw up the accounts; what holds at any moment must hold now."""
    accounts = draw_up(
        world.engine,
        book=world.relay.book,
        doubtful=world.witness.doubtful,
        sent_again=world.operators.sent_again,
    )
    assert_sound(accounts)
    with running(None), reading(world.engine) as connection:
        current = changes.in_force(connection)
    assert current is not None
    now = world.clock.now()
    assert_answers_hold(world.people.answerers, accounts, current.changes, timing=TIMING, now=now)
    return accounts
