"""Connecting: as many connections to the relay as it admits, kept open while there is anything to send."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from notifier.channels.channel import ChannelDownError, Line
from notifier.core.admission import is_surplus
from notifier.core.reply import HUNG_UP, Verdict
from notifier.jobs.recording import Recorder
from notifier.jobs.sender import Sender
from notifier.jobs.verdicts import record_relay
from notifier.logs import log

_log = log("send")

# A relay that hangs up on a connection later than this has not refused it, but tired of waiting.
FRESH_SECONDS = 30.0


@dataclass(slots=True, kw_only=True, eq=False)
class Connection:
    """An open Line; when it was had and when it last got on, by the loop's clock; whether any Message was tried."""

    line: Line
    since: float
    got_on: float
    was_tried: bool = False

    def was_refused(self, at: float) -> bool:
        """Whether the relay hung up as soon as it was had."""
        return self.line.is_hung_up and not self.was_tried and at - self.since < FRESH_SECONDS


class Connections:
    """Those of one run of `dispatch`: idle, in use, or being opened (since when, by the loop's clock)."""

    def __init__(self, sender: Sender, recorder: Recorder) -> None:
        self._sender = sender
        self._recorder = recorder
        self._loop = asyncio.get_running_loop()
        self._flow = sender.flow
        self._idle: list[Connection] = []
        self._in_use: list[Connection] = []
        self._opening: list[float] = []

    async def take(self) -> Connection | None:
        """One that is idle, or a new one; None where the relay has no more. To be put back in the end."""
        connection = self._idle.pop() if self._idle else await self._open()
        if connection is not None:
            self._in_use.append(connection)
        return connection

    async def put_back(self, connection: Connection, *, healthy: bool) -> None:
        """Keep it for what comes next, or close it where it is not fit for more."""
        self._in_use.remove(connection)
        if healthy and connection.line.room:
            self._idle.append(connection)
        else:
            await connection.line.close()

    async def refused(self) -> None:
        """Note that the relay hung up on one before anything could be sent over it."""
        await self._settle_for_less(HUNG_UP)

    async def close(self) -> None:
        """Close those that are idle, all at once: one relay that does not part is waited for once."""
        await asyncio.gather(*(idle.line.close() for idle in self._idle))

    async def _open(self) -> Connection | None:
        began = self._loop.time()
        self._opening.append(began)
        try:
            line = await self._sender.channel.open()
        except ChannelDownError as down:
            verdict = down.verdict
        else:
            at = self._loop.time()
            return Connection(line=line, since=at, got_on=at)
        finally:
            self._opening.remove(began)
        await self._settle_for_less(verdict)
        return None

    async def _settle_for_less(self, verdict: Verdict) -> None:
        """Be content with the others where one was refused; if none of them works, the relay is down."""
        at = self._loop.time()
        idle = [each for each in self._idle if each.line.room]
        others = [*self._opening, *(each.got_on for each in (*self._in_use, *idle))]
        if is_surplus(verdict, others, at=at):
            self._flow.admission = self._flow.admission.refused(len(others), at=at)
            _log.info("connection refused beside others", others=len(others), reply=verdict.reply)
            return
        self._flow.admission = self._flow.admission.anew()
        now, engine = self._sender.clock(), self._sender.engine
        await asyncio.to_thread(record_relay, engine=engine, verdict=verdict, now=now)
        self._recorder.is_held = True
