"""One client's session with the scripted SMTP server (RFC 5321)."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import math
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from tests.peers.smtp_script import Act, Envelope, Mail

if TYPE_CHECKING:
    from tests.peers.smtp_sink import SmtpSink

_VERBS = ("EHLO", "HELO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "RSET", "NOOP", "QUIT")


class _HungUpError(Exception):
    """Either side ended the session."""


class Session:
    """A connection from its banner to its end. Every reply passes through the sink's script."""

    def __init__(
        self, *, sink: SmtpSink, number: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._sink = sink
        self._number = number
        self._reader = reader
        self._writer = writer
        self._envelope = Envelope()
        self._user = ""

    async def run(self) -> None:
        """Serve until the client leaves or the script hangs up."""
        try:
            await self._step("banner", "220 sink.example ESMTP")
            while True:
                line = await self._line()
                self._sink.commands.append(line)
                await self._serve(line)
        except (_HungUpError, OSError, asyncio.IncompleteReadError):
            await self._close()
        finally:
            self._writer.transport.abort()

    async def _serve(self, line: str) -> None:
        verb, _, rest = line.partition(" ")
        serve = getattr(self, f"_{verb.lower()}") if verb.upper() in _VERBS else None
        if serve:
            await serve(rest)
        else:
            await self._write("500 5.5.2 what?")

    async def _ehlo(self, _: str) -> None:
        self._envelope = Envelope()
        tls = self._sink.context is not None and not self._encrypted
        offers = [*self._sink.offers, *(["STARTTLS"] if tls else [])]
        if self._sink.logins:
            offers.append("AUTH PLAIN LOGIN")
        lines = ["sink.example", *offers]
        marks = ["-"] * (len(lines) - 1) + [" "]
        await self._step("ehlo", "\n".join(f"250{m}{text}" for m, text in zip(marks, lines, strict=True)))

    _helo = _ehlo

    async def _starttls(self, _: str) -> None:
        if await self._step("starttls", "220 2.0.0 go ahead") and self._sink.context:
            await self._writer.start_tls(self._sink.context)

    async def _auth(self, rest: str) -> None:
        mechanism, _, initial = rest.partition(" ")
        if mechanism.upper() == "PLAIN":
            _, user, password = base64.b64decode(initial).decode().split("\0")
        else:
            user = base64.b64decode(initial).decode()
            await self._write("334 UGFzc3dvcmQ6")
            password = base64.b64decode(await self._line()).decode()
        right = self._sink.logins.get(user) == password
        if await self._step("auth", "235 2.7.0 welcome" if right else "535 5.7.8 wrong user or password"):
            self._user = user

    async def _mail(self, rest: str) -> None:
        match = re.fullmatch(r"FROM:<([^>]*)>((?: \S+)*)", rest, re.IGNORECASE)
        if not match or self._envelope.sender:
            await self._write("503 5.5.1 bad sequence or syntax")
        elif await self._step("mail", "250 2.1.0 sender ok"):
            self._envelope = Envelope(sender=match[1] or "<>", options=tuple(match[2].split()))

    async def _rcpt(self, rest: str) -> None:
        match = re.fullmatch(r"TO:<([^>]+)>", rest, re.IGNORECASE)
        if not match or not self._envelope.sender:
            await self._write("503 5.5.1 bad sequence or syntax")
            return
        self._envelope.recipients.append(match[1])
        if not await self._step("rcpt", "250 2.1.5 recipient ok"):
            self._envelope.recipients.remove(match[1])

    async def _data(self, _: str) -> None:
        if not self._envelope.recipients:
            await self._write("503 5.5.1 no recipients")
        elif await self._step("data", "354 go on, end with a dot"):
            body = await self._body()
            await self._verdict(body)
            self._envelope = Envelope()

    async def _body(self) -> bytes:
        act = self._sink.script.next("body", self._envelope)
        if act.after is not None:
            await self._reader.readexactly(act.after) if act.after else None
            await self._play(replace(act, drip=0), "")
        lines = []
        while (line := await self._body_line(act)) != b".\r\n":
            lines.append(line[1:] if line.startswith(b".") else line)
        return b"".join(lines)

    async def _body_line(self, act: Act) -> bytes:
        if not act.drip:
            return await self._raw_line()
        line = b""
        while not line.endswith(b"\n"):
            await asyncio.sleep(act.drip)
            line += await self._exactly_one()
        return line

    async def _verdict(self, body: bytes) -> None:
        usual = "250 2.0.0 taken as 1A2B3C"
        act = self._sink.script.next("verdict", self._envelope)
        said = usual if act.reply is None else act.reply
        if said.startswith("2") if act.accepts is None else act.accepts:
            self._sink.accept(
                Mail(
                    sender=self._envelope.sender,
                    recipients=tuple(self._envelope.recipients),
                    options=self._envelope.options,
                    data=body,
                    connection=self._number,
                    encrypted=self._encrypted,
                    user=self._user,
                )
            )
        await self._play(act, usual)

    async def _rset(self, _: str) -> None:
        self._envelope = Envelope()
        await self._step("rset", "250 2.0.0 forgotten")

    async def _noop(self, _: str) -> None:
        await self._step("noop", "250 2.0.0 fine")

    async def _quit(self, _: str) -> None:
        await self._step("quit", "221 2.0.0 bye")
        raise _HungUpError

    async def _step(self, step: str, usual: str) -> bool:
        """Play a step; whether its reply lets the session go on."""
        return (await self._play(self._sink.script.next(step, self._envelope), usual))[:1] in ("2", "3")

    async def _play(self, act: Act, usual: str) -> str:
        if act.pause == math.inf:
            await self._until_client_leaves()
        await asyncio.sleep(act.pause)
        reply = usual if act.reply is None else act.reply
        if reply:
            await self._write(reply, drip=act.drip)
        if act.drops:
            await asyncio.sleep(act.lingers)
            raise _HungUpError
        return reply

    async def _write(self, reply: str, *, drip: float = 0) -> None:
        data = "".join(f"{line}\r\n" for line in reply.split("\n")).encode("utf-8", "surrogateescape")
        for piece in [data] if not drip else [data[n : n + 1] for n in range(len(data))]:
            await asyncio.sleep(drip)
            self._writer.write(piece)
            await self._writer.drain()

    async def _line(self) -> str:
        return (await self._raw_line()).decode("utf-8", "replace").rstrip("\r\n")

    async def _raw_line(self) -> bytes:
        try:
            line = await self._reader.readline()
        except ValueError:
            raise _HungUpError from None  # longer than any line may be
        if not line.endswith(b"\n"):
            raise _HungUpError
        return line

    async def _exactly_one(self) -> bytes:
        byte = await self._reader.read(1)
        if not byte:
            raise _HungUpError
        return byte

    async def _close(self) -> None:
        """Part so that the last reply is not lost with a reset; a client that lingers gets a second."""
        if self._writer.can_write_eof():
            with contextlib.suppress(OSError, TimeoutError):
                async with asyncio.timeout(1):
                    self._writer.write_eof()
                    while await self._reader.read(2**16):
                        pass
        self._writer.close()
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(1):
                await self._writer.wait_closed()

    async def _until_client_leaves(self) -> None:
        while await self._reader.read(2**16):
            pass
        raise _HungUpError

    @property
    def _encrypted(self) -> bool:
        return self._writer.get_extra_info("sslcontext") is not None
