"""The bytes between us and the next hop, on a connection that somebody else has opened."""

from __future__ import annotations

import asyncio

from notifier.channels.replies import Reply, take_reply

_MOST_UNREAD = 64 * 1024


class WireLostError(Exception):
    """The connection is gone."""


class Wire(asyncio.Protocol):
    """Takes a connected transport over. Replies come in the order of the commands, one at a time or several."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._received = bytearray()
        self._lost = False
        self._loop = asyncio.get_running_loop()
        self._waiting: asyncio.Future[None] | None = None
        self._latest = 0.0
        self._alarm: asyncio.TimerHandle | None = None
        self._unhindered = asyncio.Event()
        self._unhindered.set()
        self._closed = asyncio.Event()
        # Writing pauses at the first byte the kernel will not take, so that `write` returns only when it
        # has taken them all. Not 0: a TLS transport with nothing to write would pause for ever.
        # Beneath that one lies another, with room for a block or two: what was written may not have left yet.
        transport.set_write_buffer_limits(high=1)
        transport.set_protocol(self)

    @property
    def is_lost(self) -> bool:
        """Whether the connection is gone."""
        return self._lost or self._transport.is_closing()

    @property
    def has_stirred(self) -> bool:
        """Whether something came that nobody has read yet, or the connection is gone."""
        return bool(self._received) or self.is_lost

    async def write(self, data: bytes, *, within: float) -> None:
        """Hand all of it to the kernel (of what is encrypted all but a block or two), or less where the other side
        speaks up or leaves meanwhile.

        What it said, or that it is gone, is then for `reply` to tell; see `has_stirred`.
        Raises TimeoutError when that takes more than so many seconds.
        """
        if not self.is_lost:
            self._transport.write(data)
        if not self._unhindered.is_set():
            async with asyncio.timeout(within):
                await self._unhindered.wait()

    async def reply(self, *, within: float) -> Reply:
        """The next reply, which may be here already.

        Raises WireLostError or GarbageError when there will be none, TimeoutError when none comes within so many
        seconds.
        """
        latest = self._loop.time() + within
        while (reply := take_reply(self._received)) is None:
            if self.is_lost:
                raise WireLostError
            await self._until_stirred(latest)
        return reply

    def reply_at_hand(self) -> Reply | None:
        """The next reply if it is here already. Raises GarbageError for what is none."""
        return take_reply(self._received)

    async def _until_stirred(self, latest: float) -> None:
        # This is waited for once a mail: asyncio's timeout costs several times as much, and an alarm of its own twice.
        self._latest = latest
        if self._alarm is None or self._alarm.when() > latest:
            self._set_alarm(latest)
        self._waiting = self._loop.create_future()
        try:
            await self._waiting
        finally:
            self._waiting = None

    def _set_alarm(self, at: float | None) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm = None if at is None else self._loop.call_at(at, self._ring)

    def _ring(self) -> None:
        """Give up waiting, unless what is waited for by now may come later than what was when the alarm was set."""
        waiting = self._waiting
        if waiting is None or waiting.done():
            self._set_alarm(None)
        elif self._loop.time() < self._latest:
            self._set_alarm(self._latest)
        else:
            self._set_alarm(None)
            waiting.set_exception(TimeoutError())

    async def close(self) -> None:
        """Close and wait until it is; see `abort` for the impatient."""
        self._transport.close()
        await self._closed.wait()

    def abort(self) -> None:
        """Close at once, whatever is still under way."""
        self._lost = True
        if not self._closed.is_set():
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        """Keep what came, up to a limit that no honest relay reaches."""
        self._received += data
        if len(self._received) > _MOST_UNREAD:
            self.abort()
        self._stir()

    def eof_received(self) -> bool:
        """The other side has hung up; so do we."""
        self._lost = True
        self._stir()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """Wake whoever waits."""
        self._lost = True
        self._set_alarm(None)
        self._stir()
        self._closed.set()

    def pause_writing(self) -> None:
        """The kernel takes no more for now."""
        self._unhindered.clear()

    def resume_writing(self) -> None:
        """The kernel has taken everything."""
        self._unhindered.set()

    def _stir(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)
        self._unhindered.set()
