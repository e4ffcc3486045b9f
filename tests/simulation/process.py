"""A node's process: it dies between two effects, or finds the disk full, where the seed says so.

Effects are commits and what passes between a node and the relay. Each is counted, before and after; the process
dies at the one it was told to die at, and whatever it still tries afterwards does not happen.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine


class Crash(BaseException):
    """The process is gone, as after kill -9; no `except Exception` of the program may see it."""


@dataclass(slots=True)
class Process:
    """One run of the program. `node` is its id in the Outbox."""

    node: int = 0
    dead: bool = False
    effects: int = 0
    dies_at: int | None = None
    fails_at: int | None = None
    died: str = ""

    def reach(self, point: str) -> None:
        """An effect is about to happen, or has just happened. Raises Crash when this was the last."""
        if self.dead:
            raise Crash(self.died)
        self.effects += 1
        if self.dies_at is not None and self.effects >= self.dies_at:
            self.dead, self.died = True, point
            raise Crash(point)

    def disk_is_full(self) -> bool:
        """Whether this commit finds no room."""
        if self.fails_at is None or self.effects < self.fails_at:
            return False
        self.fails_at = None
        return True

    def end(self) -> None:
        """Nothing that it still tries happens any more."""
        self.dead = True


RUNNING: ContextVar[Process | None] = ContextVar("RUNNING", default=None)


@contextmanager
def running(process: Process | None) -> Iterator[None]:
    """What is done meanwhile is done by this process; None is a person, or the world."""
    token = RUNNING.set(process)
    try:
        yield
    finally:
        RUNNING.reset(token)


def make_mortal(engine: Engine) -> None:
    """Let whoever commits to this database die before or after it, or find the disk full."""
    really_commit = engine.dialect.do_commit

    def do_commit(connection: Any) -> None:
        process = RUNNING.get()
        if process is None:
            really_commit(connection)
            return
        process.reach("before a commit")
        if process.disk_is_full():
            full = sqlite3.OperationalError("database or disk is full")
            full.sqlite_errorname = "SQLITE_FULL"
            raise full
        really_commit(connection)
        process.reach("after a commit")

    engine.dialect.do_commit = do_commit  # type: ignore[method-assign]
