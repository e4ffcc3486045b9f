"""One SMTP transaction (RFC 5321 section 3.3), counted off reply by reply, so that it is known how far it came."""

from __future__ import annotations

import asyncio

from notifier.channels.channel import Parcel
from notifier.channels.envelope import Envelope, body_of
from notifier.channels.replies import GarbageError, Reply
from notifier.channels.timeouts import Timeouts
from notifier.channels.wire import Wire, WireLostError
from notifier.core.reply import Phase

_FINAL_DOT = b".\r\n"
_BLOCK = 64 * 1024


class Transaction:
    """One mail on a connection. `phase` is how far it came; `announced` that its commands are written already.

    `follows_refusal` says that the mail before was refused when they were; `leaves_fit` that, for all this one
    knows, the connection can go on after it.
    """

    def __init__(self, *, parcel: Parcel, envelope: Envelope, wire: Wire, timeouts: Timeouts) -> None:
        self.parcel = parcel
        self._envelope = envelope
        self._wire = wire
        self._timeouts = timeouts
        self._loop = asyncio.get_running_loop()
        self._ends = 0.0
        self.phase = Phase.MAIL
        self.announced = False
        self.follows_refusal = False
        self.leaves_fit = True

    @property
    def group(self) -> bytes:
        """Its commands, to be written at once."""
        return self._envelope.group

    async def announce(self, *, at_once: bool) -> Reply | None:
        """MAIL, RCPT and DATA, in one write or step by step. Answers the reply that ended it, None if none did.

        This and `transmit` raise WireLostError, GarbageError and TimeoutError.
        """
        self._ends = self._loop.time() + self._timeouts.whole
        if at_once and not self.announced:
            await self._write(self.group, self._timeouts.mail)
        for phase, command, seconds in (
            (Phase.MAIL, self._envelope.mail, self._timeouts.mail),
            (Phase.RCPT, self._envelope.rcpt, self._timeouts.rcpt),
            (Phase.DATA, b"DATA", self._timeouts.data),
        ):
            self.phase = phase
            if not at_once:
                await self._write(command + b"\r\n", seconds)
            # Where they were written at once, so are their answers mostly.
            reply = self._wire.reply_at_hand() or await self._reply(seconds)
            if not _goes_on(phase, reply):
                if at_once and reply.is_refusal and reply.code != 421:
                    await self._hear_out()
                return reply
        return None

    async def transmit(self, following: bytes) -> Reply:
        """The body and its end, with the next mail's commands behind. Answers the reply that decides.

        What fits into one block leaves with its final dot at once; of a longer body it is known until then that
        it was not whole.
        """
        self.phase = Phase.BODY
        body = body_of(self.parcel)
        if len(body) > _BLOCK:
            await self._write_blocks(body)
            body = b""
        if self._wire.has_stirred:  # a reply before the end can only be a refusal
            return await self._reply(self._timeouts.verdict)
        self.phase = Phase.VERDICT
        await self._write(b"%b%b%b" % (body, _FINAL_DOT, following), self._timeouts.block)
        return await self._reply(self._timeouts.verdict)

    async def _write_blocks(self, body: bytes) -> None:
        for start in range(0, len(body), _BLOCK):
            if self._wire.has_stirred:
                return
            await self._write(body[start : start + _BLOCK], self._timeouts.block)

    async def _hear_out(self) -> None:
        """Read the replies to what was written behind the command that was refused (RFC 2920 section 3.1).

        Where DATA is taken although nobody is there to write to, the body is a lone dot, and whatever is said of
        that is no verdict about this mail.
        """
        try:
            taken = self.phase is Phase.MAIL and (await self._reply(self._timeouts.rcpt)).is_positive
            if self.phase is Phase.DATA or (await self._reply(self._timeouts.data)).code != 354:
                return
            # Somebody to write to, and no sender: a dot would send them an empty mail.
            self.leaves_fit = not taken
            if self.leaves_fit:
                await self._write(_FINAL_DOT, self._timeouts.block)
                await self._reply(self._timeouts.verdict)
        except (WireLostError, GarbageError, TimeoutError):
            self.leaves_fit = False

    async def _write(self, data: bytes, seconds: float) -> None:
        await self._wire.write(data, within=self._left(seconds))

    async def _reply(self, seconds: float) -> Reply:
        return await self._wire.reply(within=self._left(seconds))

    def _left(self, seconds: float) -> float:
        return min(seconds, self._ends - self._loop.time())


def _goes_on(phase: Phase, reply: Reply) -> bool:
    return reply.code == 354 if phase is Phase.DATA else reply.is_positive
