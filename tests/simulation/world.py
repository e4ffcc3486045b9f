"""One world: people, an editor, operators, a relay, and the program that runs, dies and is started again.

All chance comes from one seed. The program is the real one, from `refresh` to `prune`, with its own store on a real
SQLite file; given to it are the clock, the list's bytes, the way out and a plain way of composing.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from copy import deepcopy
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random

from notifier.channels.channel import Parcel
from notifier.core.admission import Admission
from notifier.core.pace import Pace
from notifier.core.retention import DEFAULT_RETENTION
from notifier.errors import DatabaseError
from notifier.jobs.alert import Operators as ToOperators
from notifier.jobs.alert import alert
from notifier.jobs.dispatch import dispatch
from notifier.jobs.prune import prune
from notifier.jobs.recover import recover
from notifier.jobs.refresh import refresh
from notifier.jobs.remind import remind
from notifier.jobs.sender import Flow, Sender
from notifier.jobs.telling import Telling
from notifier.store import nodes
from notifier.store.engine import writing
from tests.core.lists import TIMING
from tests.simulation.announcements import Desk
from tests.simulation.answerers import RULES, Answerers
from tests.simulation.choosers import Choosers
from tests.simulation.composing import compose
from tests.simulation.moments import Clock, Moments
from tests.simulation.mornings import MONDAY, PREPARED, morning
from tests.simulation.operators import Operators
from tests.simulation.people import People
from tests.simulation.process import RUNNING, Crash, Process, running
from tests.simulation.relay import OPERATOR, Relay
from tests.simulation.station import START, station
from tests.simulation.strangers import PSEUDONYMS, Strangers
from tests.simulation.weather import draw
from tests.simulation.witness import Witness

TO_OPERATORS = ToOperators(recipients=(OPERATOR,), webhook=None, sender="varsler@example.no", host="node")
LEASE_RUNS_OUT = timedelta(minutes=21)
# Longer than a batch may wait for its turn, so that what was armed before is not begun any more.
LOCK_IS_LOST = timedelta(seconds=6)


class Size(StrEnum):
    """How much of one it is."""

    LONG = "long"
    SHORT = "short"
    MORNING = "morning"


class World:
    """Everything there is. `told` is what happened, line by line."""

    def __init__(
        self,
        seed: int,
        *,
        size: Size = Size.LONG,
        alter: Callable[[sqlite3.Connection], None] | None = None,
    ) -> None:
        self.random = Random(seed)
        begins = morning(self.random.randrange(PREPARED)) if size is Size.MORNING else MONDAY
        self.clock = Clock(START, begins.passed)
        self.engine = station().begin(self.clock, alter, begins.rows)
        dense = size is not Size.LONG
        hours = {Size.LONG: (0, 200), Size.SHORT: (0, 40), Size.MORNING: (-1, 6)}[size]
        self.weather = draw(self.random, start=self.clock.now(), hours=hours, dense=dense)
        self.loop = Moments(self.clock, self._between)
        self.desk = Desk(self.random, begins.revision, deepcopy(begins.deadlines))
        self.told: list[str] = []
        outside = {"engine": self.engine, "random": self.random, "clock": self.clock}
        answerers = Answerers(**outside, given=[*begins.given])
        strangers = Strangers(**outside)
        self.operators = Operators(**outside)
        self.people = People(
            **outside,
            desk=self.desk,
            strangers=strangers,
            answerers=answerers,
            choosers=Choosers(**outside),
            operators=self.operators,
            talkative=size is not Size.SHORT and self.random.random() < 0.4,
        )
        self.witness = Witness(
            engine=self.engine, timing=TIMING, answerers=answerers, doubtful={*begins.doubtful}
        )
        self.relay = Relay(
            clock=self.clock,
            random=self.random,
            weather=self.weather,
            watch=self.witness.watch,
            stop_sender=self._stop_sender,
            doubt=self.witness.doubt,
            tell=self.tell,
            book=[*begins.book],
        )
        self._interrupted = False
        self._stand_in: asyncio.Task[None] | None = None
        self.process = self._begin("node")

    def tell(self, what: str) -> None:
        """Note what happens."""
        self.told.append(f"{self.clock.now():%d %b %H:%M:%S} {what}")

    def close(self) -> None:
        """The end of the world."""
        self.loop.close()

    def start(self) -> None:
        """The program is started again; it takes back what the one before left."""
        self.process = self._begin("node")
        with running(self.process):
            recover(engine=self.engine, dead=None, mine=self.process.node, now=self.clock.now())

    def _begin(self, name: str) -> Process:
        process = Process()
        with running(None), writing(self.engine) as connection:
            process.node = nodes.register(connection, name)
        return process

    def turn(self, job: str, *, dies: int | None = None, finds_disk_full: int | None = None) -> None:
        """One turn of one of the daemon's loops, to its end or the end of the process.

        The process dies, or finds the disk full, at the given point from here on, else where the weather has it.
        """
        process = self.process
        process.dies_at = process.effects + dies if dies else self._soon(self.weather.crash)
        process.fails_at = (
            process.effects + finds_disk_full if finds_disk_full else self._soon(self.weather.full_disk)
        )
        self.tell(f"{job} (node {process.node})")
        try:
            with running(process):
                self._do(job)
        except Crash as crash:
            self.tell(f"the process dies: {crash}")
            self.witness.doubt_transmitting(process.node)
            self.start()
        except DatabaseError:
            self.tell(f"{job} ends: the disk is full")
            if job == "send":
                self.witness.doubt_transmitting(process.node)
                self.start()
        process.dies_at = process.fails_at = None

    def happens(self, act: Callable[[], str]) -> None:
        """Somebody does something."""
        with running(None):
            try:
                self.tell(act())
            except ValueError as error:
                if not self.operators.damaged:
                    raise
                self.tell(f"a damaged row is in somebody's way: {error}")
        # So that before and after can be told apart.
        self.clock.advance(timedelta(milliseconds=1))

    def _soon(self, chance: float) -> int | None:
        return self.process.effects + self.random.randint(1, 25) if self.random.random() < chance else None

    def _do(self, job: str) -> None:
        now, node = self.clock.now(), self.process.node
        match job:
            case "plan":
                refresh(engine=self.engine, source=self.desk, timing=TIMING, max_people=25, now=now, wall=now)
                remind(engine=self.engine, timing=TIMING, rules=RULES, now=now)
            case "send":
                self.loop.run_until_complete(self._send())
            case "recover":
                recover(engine=self.engine, dead=None, mine=node, now=now)
            case "tell":
                told = alert(
                    engine=self.engine,
                    channel=self.relay,
                    operators=TO_OPERATORS,
                    timing=TIMING,
                    rules=RULES,
                    base_url="https://varsel.example.no",
                    now=now,
                )
                self.loop.run_until_complete(told)
            case "prune":
                prune(engine=self.engine, retention=DEFAULT_RETENTION, pseudonyms=PSEUDONYMS, now=now)

    def _sender(self, node: int) -> Sender:
        return Sender(
            engine=self.engine,
            channel=self.relay,
            timing=TIMING,
            rules=RULES,
            compose=self._compose,
            may_receive=lambda address: not address.startswith("barred"),
            node=node,
            id_suffix=".world@example.no>",
            flow=Flow(pace=Pace(per_minute=0), admission=Admission(most=2)),
            bounce_limit=3,
            clock=self.clock.now,
        )

    def _compose(self, telling: Telling, *, header_id: str, now: datetime) -> Parcel:
        if telling.subscriber.id in self.operators.mistaken:
            raise LookupError("a mistake in a template")
        return compose(telling, header_id=header_id, now=now)

    def _between(self) -> None:
        """Between two effects: the process may die here, and others may get a word in."""
        process = RUNNING.get()
        if process is not None:
            process.reach("between two effects")
        if self._interrupted or self.random.random() >= self.weather.word_between:
            return
        self._interrupted = True
        try:
            if self.random.random() < 0.6:
                self.happens(self.people.cut_in)
            else:
                job = self.random.choice(("plan", "recover"))
                self.tell(f"meanwhile: {job}")
                self._do(job)
        finally:
            self._interrupted = False

    def _stop_sender(self, then: Callable[[], None]) -> None:
        """The sender is stopped in the middle of a transmission, and another node takes over before it goes on."""
        stopped = RUNNING.get()
        if stopped is None or self._interrupted:
            then()
            return
        self._interrupted = True
        by_lease = self.random.random() < 0.5
        self.tell(f"node {stopped.node} is stopped; its {'lease runs out' if by_lease else 'lock is lost'}")
        self.clock.advance(LEASE_RUNS_OUT if by_lease else LOCK_IS_LOST)
        dead = frozenset() if by_lease else frozenset({stopped.node})
        self.witness.doubt_transmitting(stopped.node)

        def go_on(_: object) -> None:
            self._interrupted = False
            then()

        self._stand_in = self.loop.create_task(self._take_over(dead))
        self._stand_in.add_done_callback(go_on)

    async def _send(self) -> None:
        """Send until nothing is left; whoever took over meanwhile comes to an end as well."""
        try:
            await dispatch(self._sender(self.process.node))
        finally:
            if self._stand_in is not None:
                await self._stand_in
                self._stand_in = None

    async def _take_over(self, dead: frozenset[int]) -> None:
        other = self._begin("another")
        RUNNING.set(other)
        self.tell(f"node {other.node} takes over")
        other.dies_at = self.random.randint(1, 25) if self.random.random() < self.weather.crash else None
        try:
            recover(engine=self.engine, dead=dead, mine=other.node, now=self.clock.now())
            if self.random.random() < 0.7:
                self.clock.advance(timedelta(minutes=16))
            await dispatch(self._sender(other.node))
        except Crash as crash:
            self.tell(f"node {other.node} dies: {crash}")
        except DatabaseError:
            self.tell(f"node {other.node} ends: the disk is full")
        self.witness.doubt_transmitting(other.node)
