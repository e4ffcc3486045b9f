"""Stopping: the first signal asks to end in order, a second one not to wait any longer."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Collection
from dataclasses import dataclass, field

DRAIN_SECONDS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """What SIGTERM and SIGINT have asked for so far."""

    asked: asyncio.Event = field(default_factory=asyncio.Event)
    urgent: asyncio.Event = field(default_factory=asyncio.Event)

    def ask(self) -> None:
        """Once more."""
        if self.asked.is_set():
            self.urgent.set()
        self.asked.set()


def stop_by_signal() -> Stop:
    """From now on signals ask, and end nothing by themselves. To be called within the running loop."""
    stop = Stop()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.ask)
    return stop


async def asked_or_ended(stop: Stop, serving: Collection[asyncio.Task[None]]) -> None:
    """Wait until somebody asks for the end, or a server has ended by itself."""
    asked = asyncio.create_task(stop.asked.wait())
    await asyncio.wait([asked, *serving], return_when=asyncio.FIRST_COMPLETED)
    asked.cancel()


async def drained(stop: Stop, under_way: Collection[asyncio.Task[None]]) -> None:
    """Wait until what is under way has ended, but no longer than 30 seconds, or until a second signal."""
    urgent = asyncio.create_task(stop.urgent.wait())
    ended = asyncio.create_task(_all(under_way))
    await asyncio.wait([urgent, ended], timeout=DRAIN_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    urgent.cancel()
    ended.cancel()


async def _all(under_way: Collection[asyncio.Task[None]]) -> None:
    # Not `gather`, whose cancellation would cancel them as well.
    if under_way:
        await asyncio.wait(under_way)
