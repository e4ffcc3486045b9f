"""Transmit: several connections, each arming a few composed Messages, writing them to the wire and noting what
the server said. None waits for another, so that one slow connection does not stop the rest.

Twice is harmless: only what this node has armed under its token is written to the wire (see `store.outbox`).
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import aclosing

from notifier.core.reply import NOT_TRANSMITTED, Fault
from notifier.jobs.arming import arm, give_back
from notifier.jobs.connecting import Connection, Connections
from notifier.jobs.recording import Judged, Recorder
from notifier.jobs.sender import Dispatched, Sender
from notifier.jobs.taking import Ready, Taken

# As many are armed at once as the relay takes in this time, within the limit: should this process be killed,
# the fate of all of them is unknown, though most were not transmitted.
ARM_LIMIT = 50
ARM_SECONDS = 0.1

# No transmission begins later than this after arming, so that a relay that has become slow keeps nobody
# from stopping: the rest goes back, provably undelivered.
BATCH_SECONDS = 5.0

# After so long another connection is opened for what still waits, should those that are open be stuck.
SLOW_SECONDS = 1.0

_TROUBLE = (Fault.RELAY, Fault.OURS, Fault.AMBIGUOUS)


class Transmitter:
    """The workers of one run of `dispatch`, each with one connection at a time, and what waits for them."""

    def __init__(self, sender: Sender, total: Dispatched, draining: Callable[[], bool]) -> None:
        self._sender = sender
        self._loop = asyncio.get_running_loop()
        self._draining = draining
        self._recorder = Recorder(sender, total)
        self._waiting: deque[tuple[Ready, Taken]] = deque()
        self._workers: set[asyncio.Task[None]] = set()
        self._flow = sender.flow
        self._connections = Connections(sender, self._recorder)
        self._held_up = 0
        self._trouble: list[BaseException] = []
        self._size = 1

    async def send(self, taken: Taken) -> None:
        """Returns when all of it has been begun, or cannot be: a probe, when it was answered."""
        self._recorder.is_held = False
        self._waiting.extend((ready, taken) for ready in taken.ready)
        most = self._flow.pace.most_at_once
        # Under a pace one connection is likely to keep up; others follow should it not.
        for _ in range(-(-len(self._waiting) // ARM_LIMIT) if most is None else 1):
            self._add_worker()
        while self._workers and (self._waiting or taken.probing):
            await self._some_end(seconds=SLOW_SECONDS)
            if self._goes_on:
                self._add_worker()
        await self._give_back()

    @property
    def is_held(self) -> bool:
        """Whether the breaker, or the want of a connection, keeps more from leaving."""
        return self._recorder.is_held

    async def pause(self, seconds: float) -> bool:
        """Wait until a connection is done with what it has, or for so long; false when all were done before."""
        was_idle = not self._workers and self._recorder.is_idle
        if self._workers:
            await self._some_end(seconds=seconds)
        if not self._workers:
            await self._recorder.flush()
        return not was_idle

    async def end(self, *, at_once: bool = False) -> None:
        """Let what is on the wire come to its end, or cut it off; record it all. Raises what went wrong."""
        for worker in self._workers if at_once else ():
            worker.cancel()
        try:
            while self._workers:
                await self._some_end(seconds=None)
            await self._connections.close()
        finally:
            await self._recorder.flush()
        await self._give_back()

    def _add_worker(self) -> None:
        """Let another connection help, unless there is one and the pace is what it waits for."""
        at = self._loop.time()
        paced = self._held_up or self._flow.pace.wait(at)
        if len(self._workers) < (1 if paced else self._flow.admission.at(at)):
            self._workers.add(asyncio.create_task(self._work()))

    async def _some_end(self, *, seconds: float | None) -> None:
        ended, self._workers = await asyncio.wait(
            self._workers, timeout=seconds, return_when=asyncio.FIRST_COMPLETED
        )
        for worker in ended:
            if not worker.cancelled() and (trouble := worker.exception()):
                self._trouble.append(trouble)

    async def _give_back(self) -> None:
        if self._trouble:
            raise self._trouble[0]
        if self._recorder.is_broken:
            await self._recorder.flush()
        if self._waiting:
            left = [ready for ready, _ in self._waiting]
            self._waiting.clear()
            await asyncio.to_thread(give_back, self._sender, left)

    @property
    def _goes_on(self) -> bool:
        return bool(self._waiting) and not self._trouble and self._recorder.goes_on and not self._draining()

    async def _work(self) -> None:
        """One connection after another, until nothing waits, or may leave, or no more are to be had."""
        while await self._may_go_on():
            connection = await self._connections.take()
            if connection is None:
                return
            healthy = refused = False
            try:
                healthy = await self._send_over(connection)
                refused = connection.was_refused(self._loop.time())
            finally:
                await self._connections.put_back(connection, healthy=healthy)
            if refused:
                await self._connections.refused()
                return
            if not healthy:
                # Whether the breaker lets more leave is known once the Verdict is written down.
                await self._recorder.flush()

    async def _may_go_on(self) -> bool:
        """Whether something waits and may leave, once the pace lets it."""
        while self._goes_on and (seconds := self._flow.pace.wait(self._loop.time())) > 0:
            self._held_up += 1
            try:
                await asyncio.sleep(min(seconds, 1.0))
            finally:
                self._held_up -= 1
        return self._goes_on

    async def _send_over(self, connection: Connection) -> bool:
        """Send until the Line has no room; answers whether it seems well."""
        line = connection.line
        while await self._may_go_on() and line.room:
            connection.got_on = self._loop.time()
            if not await self._send_batch(connection, self._batch(min(self._size, line.room))):
                return False
        return True

    def _batch(self, most: int) -> tuple[list[Ready], Taken]:
        """The next few that were taken together."""
        most = min(most, self._flow.pace.most_at_once or most)
        first, taken = self._waiting.popleft()
        batch = [first]
        while self._waiting and len(batch) < most and self._waiting[0][1] is taken:
            batch.append(self._waiting.popleft()[0])
        self._flow.pace = self._flow.pace.after(len(batch), at=self._loop.time())
        return batch, taken

    async def _send_batch(self, connection: Connection, batch: tuple[list[Ready], Taken]) -> bool:
        """Arm, transmit and note a few Messages; answers whether the connection seems well."""
        ready, taken = batch
        line, loop = connection.line, self._loop
        armed = await asyncio.to_thread(arm, self._sender, taken, ready)
        began, healthy = loop.time(), True
        latest = began + BATCH_SECONDS
        left = deque(armed)
        async with aclosing(line.send_all([each.parcel for each in armed], latest=latest)) as verdicts:
            async for verdict in verdicts:
                connection.was_tried = connection.was_tried or verdict is not NOT_TRANSMITTED
                judged = Judged(ready=left.popleft(), verdict=verdict, probing=taken.probing)
                self._recorder.note(judged)
                healthy = healthy and verdict.fault not in _TROUBLE
        keeps_up = loop.time() - began < ARM_SECONDS
        self._size = min(self._size * 2, ARM_LIMIT) if keeps_up else max(self._size // 2, 1)
        return healthy
