"""One database file for all worlds of a process: each begins with a copy of a prepared one.

The engine is kept from world to world, since compiling its statements anew would take longer than most worlds.
"""

from __future__ import annotations

import atexit
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import Engine, event

from notifier.core.answer import AnswerRules
from notifier.jobs.refresh import refresh
from notifier.jobs.remind import remind
from notifier.store import installation, vendors
from notifier.store.engine import open_engine, writing
from notifier.store.migrating import upgrade
from tests.core.lists import TIMING, oslo
from tests.simulation.announcements import Desk
from tests.simulation.answerers import EPJ, SILENT
from tests.simulation.moments import Clock
from tests.simulation.process import make_mortal

START = oslo("2026-11-23", "07:30")
_JULIAN_DAY_OF_1970 = 2440587.5


@dataclass(slots=True)
class Station:
    """The file, its engine, and what a fresh world's file holds."""

    file: Path
    engine: Engine
    clock: Clock = field(default_factory=lambda: Clock(START))
    fresh: bytes = b""

    def begin(self, clock: Clock, alter: Callable[[sqlite3.Connection], None] | None) -> Engine:
        """A database in which nothing has happened but the baseline. `alter` may spoil its tables."""
        self.clock = clock
        self.engine.dispose()
        for left in self.file.parent.glob(f"{self.file.name}-*"):
            left.unlink()
        self.file.write_bytes(self.fresh)
        if alter is not None:
            connection = sqlite3.connect(self.file, isolation_level=None)
            alter(connection)
            connection.close()
        return self.engine

    def database_time(self, _: str) -> float:
        """What SQLite's julianday('now') answers in a world."""
        return self.clock.now().timestamp() / 86_400 + _JULIAN_DAY_OF_1970


@cache
def station() -> Station:
    """The one of this process, in memory where the machine has a place for that."""
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="worlds-", dir=memory if memory.is_dir() else None))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    file = folder / "notifier.sqlite3"
    engine = open_engine(f"sqlite:///{file}")
    upgrade(engine)
    made = Station(file, engine)
    make_mortal(engine)

    def follow_the_clock(connection: sqlite3.Connection, _: Any) -> None:
        connection.create_function("julianday", 1, made.database_time)

    event.listen(engine, "connect", follow_the_clock)
    with writing(engine) as connection:
        installation.begin_acting(connection, given=START, wall=START)
        vendors.put_many(connection, (EPJ, SILENT), now=START)
    refresh(engine=engine, source=Desk(Random(0)), timing=TIMING, max_people=25, now=START, wall=START)
    remind(engine=engine, timing=TIMING, rules=AnswerRules(), now=START)
    # The last connection to close brings everything into the file.
    engine.dispose()
    made.fresh = file.read_bytes()
    return made
