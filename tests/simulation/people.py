"""What people do of their own accord: they join and leave, operators pause, suspend, approve, the editor edits."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from sqlalchemy import Engine, select

from notifier.core.subscription import EVERYTHING, Scope, SubscriberState, Topic
from notifier.core.text import Language
from notifier.jobs.decide import approve, reject
from notifier.store import changes, installation, joining, leaving
from notifier.store.changes import ReadingState
from notifier.store.engine import reading, writing
from notifier.store.list_tables import readings
from notifier.store.tables import subscribers
from tests.core.lists import TIMING
from tests.simulation.announcements import Desk
from tests.simulation.answerers import EPJ, RULES, SILENT, Answerers
from tests.simulation.choosers import LEADS, Choosers
from tests.simulation.moments import Clock
from tests.simulation.operators import Operators
from tests.simulation.strangers import Strangers

EVERY_CHANGE = (EVERYTHING,)
# Who may join, for which Vendor, and what they follow. Rolf may not speak for his; nobody of the silent one ever does.
WHO = (
    ("kari@vendor.example.no", EPJ.id, EVERY_CHANGE),
    ("ola@vendor.example.no", EPJ.id, EVERY_CHANGE),
    ("rolf@elsewhere.example.no", EPJ.id, EVERY_CHANGE),
    ("pia@silent.example.no", SILENT.id, EVERY_CHANGE),
    ("siv@silent.example.no", SILENT.id, (Topic(Scope.CHANGE, "preg"),)),
    ("per@vendor.example.no", None, EVERY_CHANGE),
    ("ida@vendor.example.no", None, EVERY_CHANGE),
)


@dataclass(slots=True, kw_only=True)
class People:
    """Everybody outside the program. `resumed` are the ids of whoever was suspended for a time.

    Where they are `talkative` they do more than elsewhere, and most of it is answering to and fro.
    """

    engine: Engine
    random: Random
    clock: Clock
    desk: Desk
    strangers: Strangers
    answerers: Answerers
    choosers: Choosers
    operators: Operators
    talkative: bool
    resumed: set[int] = field(default_factory=set)

    def may_act(self) -> bool:
        """Whether anybody feels like it."""
        return self.random.random() < (0.9 if self.talkative else 0.3)

    def act(self) -> str:
        """One of them does something; answers what."""
        if self.talkative and self.random.random() < 0.7:
            return self.answerers.act()
        stops = (self._leave, self._suspend, self._pause)
        acts = (*stops, self._resume, self._resume, *[self._decide] * 2, *[self.choosers.choose] * 3)
        chance = self.random.random()
        if chance < 0.3:
            return self.desk.edit()
        if chance < 0.4:
            return self.answerers.act()
        if chance < 0.6:
            return self.random.choice((self.strangers.ask, self.strangers.answer))()
        if chance < 0.75:
            return self.operators.act()
        return self.join() if chance < 0.85 else self.random.choice(acts)()

    def cut_in(self) -> str:
        """One of them does something while the program is in the middle of its work: most often what stops mail."""
        stops = (self._leave, self._leave, self._suspend, self._pause)
        acts = (*stops, self.answerers.answer, self.answerers.answer, self.operators.act, self.act, self.act)
        return self.random.choice(acts)()

    def end_the_pause(self) -> None:
        """Operators let mail leave again."""
        with writing(self.engine) as connection:
            installation.resume(connection)

    def join(self) -> str:
        """Operators subscribe somebody on their word."""
        address, vendor, topics = self.random.choice(WHO)
        joiner = joining.Joiner(
            address=address,
            language=Language.NB,
            topics=topics,
            cadence=self.random.choice(LEADS),
            vendor=vendor,
            basis="asked for it",
        )
        with writing(self.engine) as connection:
            joining.add(connection, joiner, now=self.clock.now(), again=True)
        return f"{address} joins"

    def _leave(self) -> str:
        found = self._somebody(SubscriberState.ACTIVE)
        if found:
            with writing(self.engine) as connection:
                leaving.leave(connection, subscriber_id=found, why="one-click", now=self.clock.now())
        return f"subscriber {found} leaves"

    def _suspend(self) -> str:
        found = self._somebody(SubscriberState.ACTIVE)
        if found:
            with writing(self.engine) as connection:
                leaving.suspend(connection, subscriber_id=found, why="bounces", now=self.clock.now())
        return f"subscriber {found} is suspended"

    def _resume(self) -> str:
        found = self._somebody(SubscriberState.SUSPENDED)
        if found:
            with writing(self.engine) as connection:
                leaving.resume(connection, subscriber_id=found, now=self.clock.now())
            self.resumed.add(found)
        return f"subscriber {found} is resumed"

    def _pause(self) -> str:
        with writing(self.engine) as connection:
            if installation.resume(connection):
                return "operators let mail leave again"
            installation.pause(connection, by="an operator", reason="to look", now=self.clock.now())
        return "operators pause"

    def _decide(self) -> str:
        with reading(self.engine) as connection:
            hashes = connection.scalars(
                select(readings.c.hash).where(readings.c.state == ReadingState.HELD).order_by(readings.c.id)
            ).all()
            current = changes.in_force(connection)
            newer = (
                []
                if current is None
                else [
                    digest
                    for digest in hashes
                    if changes.find_held(connection, changes.short(digest)).revision > current.revision
                ]
            )
        if not newer:
            return "operators find nothing to decide"
        said = {"engine": self.engine, "short_hash": changes.short(newer[-1]), "by": "an operator"}
        decision = self.random.choice(("approve", "approve", "reject"))
        if decision == "approve":
            approve(**said, timing=TIMING, rules=RULES, now=self.clock.now())
        else:
            reject(**said, now=self.clock.now())
        return f"operators {decision} a held reading"

    def _somebody(self, state: SubscriberState) -> int | None:
        with reading(self.engine) as connection:
            ids = connection.scalars(
                select(subscribers.c.id).where(subscribers.c.state == state).order_by(subscribers.c.id)
            ).all()
        return self.random.choice(ids) if ids else None
