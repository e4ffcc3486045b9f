"""One SMTP session of the relay, byte by byte in memory: what it does at each step is the weather's to decide."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from notifier.core.reply import Phase
from tests.simulation.weather import Fate, refusal

if TYPE_CHECKING:
    from tests.simulation.relay import Mail, Relay

_USUAL = {Phase.MAIL: "250 ok", Phase.RCPT: "250 ok", Phase.DATA: "354 go on", Phase.VERDICT: "250 taken"}
_END = b"\r\n.\r\n"


class Session(asyncio.Transport):
    """The transport that the sender's Wire writes to. Whatever is written is dealt with at once, in its process."""

    def __init__(self, relay: Relay, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._relay = relay
        self._loop = loop
        self._protocol: Any = None
        self._gone = self._silent = False
        self._input = b""
        self._in_body = False
        self._recipient = ""
        self._stands = {Phase.MAIL: False, Phase.RCPT: False}
        self._fate = Fate.TAKEN
        self._trouble: dict[Phase, str] = {}
        # Taken, with the answer still to come.
        self._unanswered: list[Mail] = []

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self._protocol = protocol

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Everything is taken at once."""

    def is_closing(self) -> bool:
        return self._gone

    def close(self) -> None:
        self._hang_up()

    def abort(self) -> None:
        self._hang_up()

    def write(self, data: Any) -> None:
        self._relay.reach("before a write")
        self._input += data
        while not self._silent and (line := self._next()) is not None:
            if self._in_body:
                self._in_body = False
                self._end(line)
            else:
                self._obey(line.decode("ascii"))
        self._relay.reach("after a write")

    def _next(self) -> bytes | None:
        """The next command, or the body that is whole."""
        if self._in_body and self._input.startswith(_END[2:]):
            self._input = self._input[len(_END) - 2 :]
            return b""
        end = _END if self._in_body else b"\r\n"
        line, found, rest = self._input.partition(end)
        if not found:
            return None
        self._input = rest
        return line

    def _obey(self, line: str) -> None:
        match line.split(":", maxsplit=1)[0]:
            case "MAIL FROM":
                self._begin()
                self._stands[Phase.MAIL] = self._answer(Phase.MAIL).startswith("2")
            case "RCPT TO":
                self._recipient = line.partition("<")[2].rstrip(">")
                if self._relay.is_grey(self._recipient):
                    self._trouble.setdefault(Phase.RCPT, "450 4.2.0 greylisted")
                stands = self._stands[Phase.MAIL]
                self._stands[Phase.RCPT] = self._answer(Phase.RCPT, in_order=stands).startswith("2")
            case "DATA":
                stands = self._stands[Phase.RCPT]
                self._in_body = self._answer(Phase.DATA, in_order=stands).startswith("354")
            case "RSET":
                self._say("250 forgotten")
            case _:
                self._say("221 bye")
                self._fall_silent()

    def _begin(self) -> None:
        """A transaction: what will become of it is drawn now."""
        random, weather = self._relay.random, self._relay.weather
        self._stands = {Phase.MAIL: False, Phase.RCPT: False}
        self._fate, self._trouble = weather.fate(random), {}
        if self._fate is Fate.REFUSED:
            verdict = refusal(random)
            self._trouble[verdict.phase] = f"{verdict.code} {verdict.reply}"
        elif self._fate is Fate.DROPPED:
            self._trouble[random.choice((Phase.MAIL, Phase.RCPT, Phase.DATA, Phase.BODY))] = ""

    def _answer(self, phase: Phase, *, in_order: bool = True) -> str:
        """Say what is to be said at this step, or hang up."""
        reply = self._trouble.get(phase, _USUAL[phase]) if in_order else "503 5.5.1 out of order"
        if reply != _USUAL[phase] and in_order:
            self._relay.tell(f"the relay, to {self._recipient or 'MAIL'}: {reply or 'hangs up'} at {phase}")
        if reply:
            self._say(reply)
        else:
            self._fall_silent()
        return reply

    def _end(self, body: bytes) -> None:
        """The dot, and what comes after it."""
        mail = self._relay.mail_of(self._recipient, json.loads(body)) if body.startswith(b"{") else None
        if mail is None:
            self._relay.take_alert(body)
            self._say(_USUAL[Phase.VERDICT])
            return
        self._relay.watch(mail)
        if self._fate not in (Fate.TAKEN, Fate.REFUSED):
            self._relay.tell(f"to {mail.recipient}, {mail.message_id}: {self._fate.name.lower()}")
        refused = self._trouble.get(Phase.VERDICT, "")
        if Phase.BODY in self._trouble or self._fate is Fate.LOST_AFTER_DOT:
            self._lose(mail)
        elif refused:
            self._answer(Phase.VERDICT)
        else:
            self._take(mail)

    def _take(self, mail: Mail) -> None:
        self._relay.reach("before the dot")
        self._relay.take(mail)
        self._relay.reach("after the dot")
        match self._fate:
            case Fate.VERDICT_LOST:
                self._lose(mail)
            case Fate.SLOW:
                self._unanswered.append(mail)
                # Most are only a little late: a sender looks for more work all the while.
                self._loop.call_later(300 ** self._relay.random.random(), self._answer_late, mail)
            case Fate.STOPPED:
                self._relay.stop_sender(lambda: self._say(_USUAL[Phase.VERDICT]))
            case _:
                self._say(_USUAL[Phase.VERDICT])

    def _answer_late(self, mail: Mail) -> None:
        if not self._gone:
            self._unanswered.remove(mail)
            self._say(_USUAL[Phase.VERDICT])

    def _lose(self, mail: Mail) -> None:
        self._relay.doubt(mail)
        self._fall_silent()

    def _say(self, reply: str) -> None:
        self._loop.call_soon(self._deliver, f"{reply}\r\n".encode())
        if reply.startswith("421"):
            self._fall_silent()

    def _deliver(self, said: bytes) -> None:
        if not self._gone:
            self._protocol.data_received(said)

    def _fall_silent(self) -> None:
        """Read nothing more, and hang up once what was said before has left."""
        self._silent = True
        self._loop.call_soon(self._hang_up)

    def _hang_up(self) -> None:
        if not self._gone:
            self._gone = True
            for mail in self._unanswered:
                self._relay.doubt(mail)
            self._loop.call_soon(self._protocol.connection_lost, None)
