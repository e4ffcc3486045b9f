"""Taking ahead: while what was taken leaves, the next is claimed and composed, so that the wire need not wait for it.

Only where more waits than one claim takes. What was taken ahead and may not leave after all is given back.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Self

from notifier.jobs.arming import give_back
from notifier.jobs.sender import Dispatched, Sender
from notifier.jobs.taking import Taken, take


class Ahead:
    """What one run of `dispatch` takes, a batch at a time; `total` counts what came to nothing."""

    def __init__(self, sender: Sender, total: Dispatched) -> None:
        self._sender = sender
        self._total = total
        self._taking: asyncio.Task[Taken] | None = None

    def begin(self) -> asyncio.Task[Taken]:
        """Take the next batch, for `next` to hand out."""
        self._taking = asyncio.create_task(asyncio.to_thread(_take, self._sender))
        return self._taking

    async def next(self, *, is_held: Callable[[], bool]) -> Taken:
        """The next batch: the one that was begun, unless it is empty or the breaker `is_held` open since; else one that
        is taken now."""
        if self._taking is not None:
            taken = await self._taken(self._taking)
            if taken.claimed and not is_held():
                return taken
            await self._give_back(taken)
        return await self._taken(self.begin())

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Give back what nobody asked for."""
        if self._taking is not None:
            await self._give_back(await self._taken(self._taking))

    async def _taken(self, taking: asyncio.Task[Taken]) -> Taken:
        # Whoever is cancelled here leaves the taking, which no thread can be kept from, to the end.
        await asyncio.wait([taking])
        self._taking = None
        taken = taking.result()
        self._total.dropped += taken.dropped
        self._total.uncomposed += taken.uncomposed
        return taken

    async def _give_back(self, taken: Taken) -> None:
        if taken.ready:
            await asyncio.to_thread(give_back, self._sender, taken.ready)


def _take(sender: Sender) -> Taken:
    return take(sender, now=sender.clock(), most=sender.flow.pace.most_ahead)
