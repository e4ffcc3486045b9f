"""Dispatch: claim waiting Messages, compose them, send them, record what the server said.

Twice is harmless: a Message is claimed by one node at a time under a fencing token, and armed in a
transaction of its own just before it is written to the wire (see `store.outbox`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from notifier.jobs.ahead import Ahead
from notifier.jobs.sender import Dispatched, Sender
from notifier.jobs.transmit import Transmitter

# How long to wait for a slow connection before looking for more that the others may send.
LOOK_AGAIN_SECONDS = 2.0


async def dispatch(sender: Sender, *, draining: Callable[[], bool] = lambda: False) -> Dispatched:
    """Send everything that may leave now: until nothing is left, the breaker opens, or `draining` says so."""
    total = Dispatched()
    transmitter = Transmitter(sender, total, draining)
    async with Ahead(sender, total) as ahead:
        try:
            while not draining():
                taken = await ahead.next(is_held=lambda: transmitter.is_held)
                if taken.more_waits:
                    ahead.begin()
                if taken.claimed:
                    await transmitter.send(taken)
                elif not await transmitter.pause(LOOK_AGAIN_SECONDS):
                    total.stopped = taken.stopped
                    break
        except BaseException as trouble:
            await transmitter.end(at_once=isinstance(trouble, asyncio.CancelledError))
            raise
        await transmitter.end()
    return total
