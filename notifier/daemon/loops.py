"""Loops: what the daemon does again and again, and whether each of them still turns."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from notifier.errors import DatabaseError
from notifier.logs import log

_log = log("daemon")


def steady() -> float:
    """Seconds by a clock that nobody sets and that also counts while the machine sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


@dataclass(slots=True, kw_only=True)
class Loop:
    """One job of a running daemon.

    `every` is how often it begins and `patience` how long it may then go without moving, both in seconds.
    `moved` is when it last moved by the steady clock. `fails_since` and `trouble` say since when it has not
    come to its end, and why, in a sentence without addresses or secrets.
    """

    name: str
    every: int
    patience: int
    job: Callable[[], Awaitable[None]]
    moved: float = field(default_factory=steady)
    fails_since: datetime | None = None
    trouble: str = ""

    def move(self) -> None:
        """Show that it turns: it came to its end, well or not, or got on with a long piece of work."""
        self.moved = steady()

    @property
    def is_stuck(self) -> bool:
        """Whether it should have moved and has not."""
        return steady() - self.moved > self.every + self.patience

    async def turn(self, now: datetime) -> None:
        """Do the job once. One that fails is logged and tried again at its next tick; the others go on."""
        try:
            await self.job()
        except DatabaseError as error:
            self._fail(now, str(error))
            _log.error("database trouble", job=self.name, error=str(error))
        except Exception:  # noqa: BLE001 -- a fault in one job must not stop the daemon
            self._fail(now, "the log says why")
            _log.exception("job failed", job=self.name)
        else:
            self.fails_since = None
        self.move()

    def _fail(self, now: datetime, trouble: str) -> None:
        self.fails_since = self.fails_since or now
        self.trouble = trouble
