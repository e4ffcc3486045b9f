"""A relay at the other end of a transport in memory: every byte, and where it is cut, is the test's to decide.

It keeps its own account of what it took, which is held against what the client believes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

STEPS = ("mail", "rcpt", "data", "verdict")
USUAL = {"mail": "250 ok", "rcpt": "250 ok", "data": "354 go on", "verdict": "250 taken"}
ENDS = b"\r\n.\r\n"


@dataclass(kw_only=True)
class Plan:
    """What the relay does: its replies by the number of the mail and the step, and when it hangs up.

    `early` are replies given when so many bytes of a mail's body have come. `pieces` are the sizes in which the
    replies reach the client, over and over; none: as they are written.
    """

    replies: dict[tuple[int, str], str] = field(default_factory=dict)
    early: dict[int, tuple[int, str]] = field(default_factory=dict)
    pieces: Sequence[int] = ()
    hangs_up_after_reading: int | None = None
    hangs_up_after_saying: int | None = None


class Relay(asyncio.Transport):
    """The transport that a client writes to. `taken` are the bodies it accepted, `writes` what it was given."""

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self.plan = plan
        self.taken: list[bytes] = []
        self.writes: list[bytes] = []
        self._loop = asyncio.get_running_loop()
        self._read = 0
        self._said = bytearray()
        self._sizes = _cycle(plan.pieces)
        self._left_to_say = plan.hangs_up_after_saying
        self._delivering = False
        self._closing = False
        self._input = b""
        self._mail = -1
        self._sender = self._recipient = False
        self._in_body = False
        self._body = b""
        self._protocol: Any = None

    @property
    def written(self) -> bytes:
        """Everything that the client wrote."""
        return b"".join(self.writes)

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self._protocol = protocol

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Everything is taken at once."""

    def is_closing(self) -> bool:
        return self._closing

    def close(self) -> None:
        self._hang_up()

    def abort(self) -> None:
        self._hang_up()

    def write(self, data: Any) -> None:
        if self._closing:
            return
        self.writes.append(bytes(data))
        limit = self.plan.hangs_up_after_reading
        for number in range(len(data)):
            if limit is not None and self._read >= limit:
                self._loop.call_soon(self._hang_up)
                return
            self._read += 1
            self._take(data[number : number + 1])

    def _take(self, byte: bytes) -> None:
        self._input += byte
        if self._in_body:
            self._take_body()
        elif self._input.endswith(b"\r\n"):
            line, self._input = self._input.decode().strip(), b""
            self._obey(line.split(":")[0].upper())

    def _obey(self, command: str) -> None:
        match command:
            case "MAIL FROM":
                self._mail += 1
                self._sender = self._say("mail").startswith("2")
            case "RCPT TO":
                self._recipient = self._say(self._or("rcpt", self._sender)).startswith("2")
            case "DATA":
                self._in_body = self._say(self._or("data", self._recipient)).startswith("354")
                self._input = b"\r\n"
            case "RSET":
                self._sender = self._recipient = False
                self._say("250 forgotten")
            case "QUIT":
                self._say("221 bye")
                self._loop.call_soon(self._hang_up)
            case _:
                self._say("500 what?")

    def _or(self, step: str, in_order: bool) -> str:
        """A command out of order is refused, unless the plan is that it is not."""
        return step if in_order or (self._mail, step) in self.plan.replies else "503 out of order"

    def _take_body(self) -> None:
        after, reply = self.plan.early.get(self._mail, (None, ""))
        if after is not None and len(self._input) - 2 == after:
            self._end_body()
            self._say(reply)
        elif self._input.endswith(ENDS):
            body = self._input[2 : -len(ENDS)]
            had_recipient = self._sender and self._recipient
            self._end_body()
            if self._say("verdict").startswith("250") and had_recipient:
                self.taken.append(body)

    def _end_body(self) -> None:
        self._in_body = self._sender = self._recipient = False
        self._input = b""

    def _say(self, step: str) -> str:
        reply = self.plan.replies.get((self._mail, step), USUAL.get(step, step))
        if reply:
            self._said += "".join(f"{line}\r\n" for line in reply.split("\n")).encode()
            if not self._delivering:
                self._delivering = True
                self._loop.call_soon(self._deliver)
        last = reply.rpartition("\n")[2]
        if last.startswith("421"):
            self._loop.call_soon(self._loop.call_soon, self._hang_up)
        return last

    def _deliver(self) -> None:
        """Pass on the next piece of what was said; the rest a moment later."""
        self._delivering = False
        size = min(next(self._sizes) or len(self._said), len(self._said))
        if self._left_to_say is not None:
            size = min(size, self._left_to_say)
            self._left_to_say -= size
        piece = bytes(self._said[:size])
        del self._said[:size]
        if self._closing:
            return
        if piece:
            self._protocol.data_received(piece)
        if self._left_to_say == 0:
            self._hang_up()
        elif self._said and not self._delivering:
            self._delivering = True
            self._loop.call_soon(self._deliver)

    def _hang_up(self) -> None:
        if not self._closing:
            while self._said and self._left_to_say is None:
                self._deliver()
            self._closing = True
            self._loop.call_soon(self._protocol.connection_lost, None)


def _cycle(sizes: Sequence[int]) -> Iterator[int]:
    while True:
        yield from sizes or (0,)
