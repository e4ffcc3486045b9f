"""One SMTP connection, and the transactions on it, one after the other or each begun within the one before.

Where the relay offers PIPELINING (RFC 2920), MAIL, RCPT and DATA leave in one write, and the next mail's
together with the body before them: a mail then costs one round trip. Else every command awaits its reply. What
becomes of a Message is the same either way:

* Its body is written only once MAIL and RCPT were taken and DATA was answered by 354, and nothing was said
  since. Until then it is provably undelivered, whatever happens.
* From the moment its final dot may have left only a reply can tell, and without one its fate is ambiguous.
* Replies are counted off against the commands. One that does not fit ends the connection, so that none is ever
  taken for the neighbour's.
"""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing

from notifier.channels.channel import Parcel
from notifier.channels.envelope import UnsendableError, envelope_of
from notifier.channels.replies import GarbageError, Reply, safe_words
from notifier.channels.timeouts import Limits, Timeouts
from notifier.channels.transaction import Transaction
from notifier.channels.wire import Wire, WireLostError
from notifier.core.reply import NOT_TRANSMITTED, Fault, Phase, Verdict, fault_of

_NOT_UNDERSTOOD = range(500, 505)


class SmtpLine:
    """A greeted, if asked for encrypted and logged-in connection."""

    def __init__(self, *, wire: Wire, offers: Mapping[str, str], timeouts: Timeouts, limits: Limits) -> None:
        self._wire = wire
        self._offers = offers
        self._timeouts = timeouts
        self._loop = asyncio.get_running_loop()
        self._left = limits.messages
        self._grows_old = self._loop.time() + limits.seconds
        self._well = True
        self._busy = False
        self._ahead: Transaction | Verdict | None = None

    @property
    def offers(self) -> Mapping[str, str]:
        """The relay's extensions by keyword in lower case, each with its parameters."""
        return self._offers

    @property
    def room(self) -> int:
        """How many Parcels it takes yet."""
        fit = self._well and not self._busy and not self._wire.has_stirred
        return self._left if fit and self._loop.time() < self._grows_old else 0

    @property
    def is_hung_up(self) -> bool:
        """Whether the relay has ended it, or says so unasked."""
        return self._wire.has_stirred

    async def send(self, parcel: Parcel, /) -> Verdict:
        """Transmit once; see the contract."""
        async with aclosing(self.send_all([parcel], latest=math.inf)) as verdicts:
            return await anext(verdicts)

    async def send_all(self, parcels: Sequence[Parcel], /, *, latest: float) -> AsyncGenerator[Verdict]:
        """Transmit them in their order; see the contract."""
        waiting = deque(parcels)
        self._well = self._well and not self._busy
        self._busy = True
        turn = self._next(waiting, latest)
        while turn is not None:
            verdict = await self._carry(turn, waiting, latest) if isinstance(turn, Transaction) else turn
            turn, self._ahead = self._ahead or self._next(waiting, latest), None
            self._busy = turn is not None
            yield verdict
        self._busy = False
        for _ in waiting:
            yield NOT_TRANSMITTED

    async def close(self) -> None:
        """Say goodbye where the other side may be listening."""
        polite = self._well and not self._busy and not self._wire.is_lost
        within = self._timeouts.goodbye
        try:
            async with asyncio.timeout(within):
                if polite:
                    await self._wire.write(b"QUIT\r\n", within=within)
                    await self._wire.reply(within=within)
                    await self._wire.close()
        except (WireLostError, GarbageError, TimeoutError):
            pass
        finally:
            self._well = False
            self._wire.abort()

    def _next(self, waiting: deque[Parcel], latest: float) -> Transaction | Verdict | None:
        """The next mail's transaction, or the Verdict where it cannot be put on this Line; None if none may begin."""
        fit = self._well and self._left and not self._wire.has_stirred
        if not (waiting and fit and self._loop.time() < latest):
            return None
        parcel = waiting.popleft()
        try:
            envelope = envelope_of(parcel, offers=self._offers)
        except UnsendableError as error:
            return error.verdict
        self._left -= 1
        return Transaction(parcel=parcel, envelope=envelope, wire=self._wire, timeouts=self._timeouts)

    def _look_ahead(self, waiting: deque[Parcel], latest: float) -> bytes:
        """What may be written behind the final dot: the commands of the next mail, if there is one."""
        if "pipelining" not in self._offers:
            return b""
        self._ahead = self._next(waiting, latest)
        if not isinstance(self._ahead, Transaction):
            return b""
        self._ahead.announced = True
        return self._ahead.group

    async def _carry(self, turn: Transaction, waiting: deque[Parcel], latest: float) -> Verdict:
        """Carry one through. The next may be begun meanwhile, and is then `_ahead`."""
        if turn.announced and self._loop.time() >= latest:
            self._well = False  # the relay waits for a body that must not begin any more
        if not self._well:
            return NOT_TRANSMITTED
        try:
            reply = await turn.announce(at_once="pipelining" in self._offers)
            if reply is None:
                reply = await turn.transmit(self._look_ahead(waiting, latest))
        except WireLostError:
            return self._broken_off(turn, "the connection was lost")
        except TimeoutError:
            return self._broken_off(turn, "no answer came in time")
        except GarbageError:
            return self._broken_off(turn, "the answer was not SMTP")
        return await self._sorted(reply, turn)

    async def _sorted(self, reply: Reply, turn: Transaction) -> Verdict:
        """The Verdict in a reply, with the Line made ready for the next mail where that is possible."""
        accepted = reply.is_positive and turn.phase is Phase.VERDICT
        if not accepted and not reply.is_refusal:
            return self._broken_off(turn, f"the answer {reply.code} makes no sense here")
        if turn.follows_refusal and reply.code in _NOT_UNDERSTOOD and turn.phase is not Phase.VERDICT:
            # A relay that refused the one before in the middle of its body takes the rest for commands.
            self._well = False
            return NOT_TRANSMITTED
        if reply.code == 421 or turn.phase is Phase.BODY or not turn.leaves_fit:
            self._well = False
        elif not accepted and isinstance(self._ahead, Transaction):
            self._ahead.follows_refusal = True
        elif not accepted:
            self._well = await self._reset()
        return Verdict(
            fault=fault_of(turn.phase, reply.code, reply.text),
            phase=turn.phase,
            code=reply.code,
            reply=safe_words(reply.text, secret=turn.parcel.recipient),
        )

    def _broken_off(self, turn: Transaction, reason: str) -> Verdict:
        self._well = False
        fault = Fault.AMBIGUOUS if turn.phase is Phase.VERDICT else Fault.RELAY
        return Verdict(fault=fault, phase=turn.phase, reply=reason)

    async def _reset(self) -> bool:
        """Forget a transaction that was refused; whether the Line is fit for the next one."""
        within = self._timeouts.mail
        try:
            await self._wire.write(b"RSET\r\n", within=within)
            return (await self._wire.reply(within=within)).is_positive
        except (WireLostError, GarbageError, TimeoutError):
            return False
