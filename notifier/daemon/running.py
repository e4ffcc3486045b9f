"""What a running daemon knows of itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from notifier.app import Parts
from notifier.core.clock import disbelief
from notifier.daemon.loops import Loop, steady
from notifier.daemon.page import Shown
from notifier.daemon.sending import SendingRight
from notifier.jobs.refresh import Refreshed
from notifier.jobs.sender import Flow


@dataclass(slots=True)
class Running:
    """What a running daemon knows of itself.

    `believed` is what the wall clock said when it was last believed, and `believed_at` when that was by the
    steady clock; `disbelief` says why it was not at the last tick. `refreshed` is what the last look at the
    list came to.
    """

    parts: Parts
    clock: Callable[[], datetime]
    right: SendingRight
    shown: Shown
    flow: Flow
    loops: Sequence[Loop] = ()
    believed: datetime | None = None
    believed_at: float = 0
    disbelief: str = ""
    refreshed: Refreshed | None = None
    stopping: bool = False
    under_way: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def elapsed(self) -> timedelta | None:
        """How long ago the wall clock was last believed, None if never."""
        return None if self.believed is None else timedelta(seconds=steady() - self.believed_at)

    @property
    def believes(self) -> bool:
        """Whether the wall clock was believed at the last tick and has not leapt since: there is work to do."""
        if self.believed is None or self.disbelief:
            return False
        now = self.clock()
        return not disbelief(now, last_tick=self.believed, elapsed=self.elapsed, newest_checked=None)

    def loop(self, name: str) -> Loop:
        """One of the loops."""
        return next(loop for loop in self.loops if loop.name == name)
