"""One database file for all worlds of a process: in each the same rows are there at first, and none else.

The engine and its connections are kept from world to world, since compiling statements anew would take longer than
most worlds.
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
from notifier.store.engine import open_engine, reading, writing
from notifier.store.migrating import upgrade
from notifier.store.tables import metadata
from tests.core.lists import TIMING, oslo
from tests.simulation.announcements import Desk
from tests.simulation.answerers import EPJ, SILENT
from tests.simulation.moments import Clock
from tests.simulation.process import make_mortal, running

START = oslo("2026-11-23", "07:30")
_JULIAN_DAY_OF_1970 = 2440587.5


Rows = dict[str, list[tuple[Any, ...]]]


@dataclass(slots=True, kw_only=True)
class Station:
    """The file, a prepared one to make it from, its engine, and the rows with which a world begins."""

    file: Path
    prepared: Path
    engine: Engine
    clock: Clock = field(default_factory=lambda: Clock(START))
    fresh: Rows = field(default_factory=dict)
    _is_altered: bool = False

    def begin(
        self, clock: Clock, alter: Callable[[sqlite3.Connection], None] | None, rows: Rows | None = None
    ) -> Engine:
        """A database with these rows, else with the baseline alone. `alter` may spoil its tables."""
        self.clock = clock
        rows = rows or self.fresh
        if alter is not None or self._is_altered:
            self._make_file(alter)
        with running(None), writing(self.engine) as connection:
            raw = connection.connection.cursor()
            for name in reversed(rows):
                raw.execute(f"DELETE FROM {name}")
            for name, kept in rows.items():
                if kept:
                    raw.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(kept[0]))})", kept)
        return self.engine

    def rows(self) -> Rows:
        """Every row as it stands, in an order in which none refers to one that comes later."""
        # The last is what AUTOINCREMENT counts on, which inserting moves.
        names = (*(table.name for table in metadata.sorted_tables), "sqlite_sequence")
        with running(None), reading(self.engine) as connection:
            raw = connection.connection.cursor()
            return {name: raw.execute(f"SELECT * FROM {name}").fetchall() for name in names}

    def _make_file(self, alter: Callable[[sqlite3.Connection], None] | None) -> None:
        self.engine.dispose()
        for left in self.file.parent.glob(f"{self.file.name}-*"):
            left.unlink()
        shutil.copyfile(self.prepared, self.file)
        if alter is not None:
            connection = sqlite3.connect(self.file, isolation_level=None)
            alter(connection)
            connection.close()
        self._is_altered = alter is not None

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
    made = Station(file=file, prepared=folder / "prepared.sqlite3", engine=engine)
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
    shutil.copyfile(file, made.prepared)
    made.fresh = made.rows()
    return made
