"""One SMTP connection, and the transactions on it, step by step so that it is known how far each came.

The promise rests on one line: until `_FINAL_DOT` is handed to the kernel the Message is provably
undelivered, whatever happens; from then on only a reply can tell, and without one its fate is ambiguous.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from notifier.channels.channel import Parcel
from notifier.channels.envelope import Envelope, UnsendableError, body_of, envelope_of
from notifier.channels.replies import GarbageError, Reply, safe_words
from notifier.channels.timeouts import Timeouts
from notifier.channels.wire import Wire, WireLostError
from notifier.core.reply import Fault, Phase, Verdict, fault_of

_FINAL_DOT = b".\r\n"
_BLOCK = 64 * 1024
# Relays cut off a connection after some number of mails with a 421 that looks like trouble; leave before.
_MOST_PARCELS = 100


class SmtpLine:
    """A greeted, if asked for encrypted and logged-in connection."""

    def __init__(self, *, wire: Wire, offers: Mapping[str, str], timeouts: Timeouts) -> None:
        self._wire = wire
        self._offers = offers
        self._timeouts = timeouts
        self._free = True
        self._parcels = 0
        self._phase = Phase.MAIL

    @property
    def offers(self) -> Mapping[str, str]:
        """The relay's extensions by keyword in lower case, each with its parameters."""
        return self._offers

    @property
    def usable(self) -> bool:
        """Whether another Parcel may be sent."""
        return self._free and self._parcels < _MOST_PARCELS and not self._wire.has_stirred

    async def send(self, parcel: Parcel, /) -> Verdict:
        """Transmit once; see the contract."""
        self._phase = Phase.MAIL
        if not self._free:
            return self._no_reply("the line is not usable any more")
        try:
            envelope = envelope_of(parcel, offers=self._offers)
        except UnsendableError as error:
            return error.verdict
        self._free = False
        self._parcels += 1
        try:
            async with asyncio.timeout(self._timeouts.whole):
                reply = await self._transact(envelope, body_of(parcel.data))
        except WireLostError:
            return self._no_reply("the connection was lost")
        except TimeoutError:
            return self._no_reply("no answer came in time")
        except GarbageError:
            return self._no_reply("the answer was not SMTP")
        return await self._sorted(reply, parcel)

    async def close(self) -> None:
        """Say goodbye where the other side may be listening."""
        polite = self._free and not self._wire.is_lost
        try:
            async with asyncio.timeout(self._timeouts.goodbye):
                if polite:
                    await self._wire.write(b"QUIT\r\n")
                    await self._wire.reply()
                    await self._wire.close()
        except (WireLostError, GarbageError, TimeoutError):
            pass
        finally:
            self._free = False
            self._wire.abort()

    async def _transact(self, envelope: Envelope, body: bytes) -> Reply:
        """One transaction up to the reply that decides it: the first refusal, or the one after the dot."""
        limits = self._timeouts
        for phase, command, seconds in (
            (Phase.MAIL, envelope.mail, limits.mail),
            (Phase.RCPT, envelope.rcpt, limits.rcpt),
            (Phase.DATA, b"DATA", limits.data),
        ):
            self._phase = phase
            async with asyncio.timeout(seconds):
                await self._wire.write(command + b"\r\n")
                reply = await self._wire.reply()
            if not (reply.code == 354 if phase is Phase.DATA else reply.is_positive):
                return reply
        self._phase = Phase.BODY
        await self._write_body(body)
        if self._wire.has_stirred:  # a verdict before the end can only be a refusal
            return await self._wire.reply()
        self._phase = Phase.VERDICT
        async with asyncio.timeout(limits.verdict):
            await self._wire.write(_FINAL_DOT)
            return await self._wire.reply()

    async def _write_body(self, body: bytes) -> None:
        for start in range(0, len(body), _BLOCK):
            if self._wire.has_stirred:
                return
            async with asyncio.timeout(self._timeouts.block):
                await self._wire.write(body[start : start + _BLOCK])

    async def _sorted(self, reply: Reply, parcel: Parcel) -> Verdict:
        """The Verdict in a reply, with the Line made ready for the next Parcel where that is possible."""
        phase = self._phase
        accepted = reply.is_positive and phase is Phase.VERDICT
        if not accepted and not reply.is_refusal:
            return self._no_reply(f"the answer {reply.code} makes no sense here")
        if accepted:
            self._free = True
        elif reply.code != 421 and phase is not Phase.BODY:
            self._free = await self._reset()
        return Verdict(
            fault=fault_of(phase, reply.code, reply.text),
            phase=phase,
            code=reply.code,
            reply=safe_words(reply.text, secret=parcel.recipient),
        )

    def _no_reply(self, reason: str) -> Verdict:
        fault = Fault.AMBIGUOUS if self._phase is Phase.VERDICT else Fault.RELAY
        return Verdict(fault=fault, phase=self._phase, reply=reason)

    async def _reset(self) -> bool:
        """Forget a transaction that was refused; whether the Line is fit for the next one."""
        try:
            async with asyncio.timeout(self._timeouts.mail):
                await self._wire.write(b"RSET\r\n")
                return (await self._wire.reply()).is_positive
        except (WireLostError, GarbageError, TimeoutError):
            return False
