"""A real SMTP server on the loopback interface whose every step can be scripted.

It runs in a thread with a loop of its own, so that asynchronous tests, plain ones and daemons in other
processes can all talk to it:

    with SmtpSink() as sink:
        sink.script.once("verdict", say("451 4.3.0 later"))
        …
        assert sink.wait_for(1)[0].recipients == ("kari@example.no",)
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Coroutine
from typing import Any, Self

from tests.peers.smtp_script import Mail, Script
from tests.peers.smtp_session import Session


class SmtpSink:
    """The server. `offers` are its extensions, beside STARTTLS (with `context`) and AUTH (with `logins`).

    `logins` are passwords by user. `tls_at_once` speaks TLS from the first byte. `receive_buffer` limits
    what the kernel takes in ahead, so that a slow reader really slows the writer. `admits` may be set to how many
    connections it has at once.
    """

    def __init__(
        self,
        *,
        offers: tuple[str, ...] = ("PIPELINING", "8BITMIME", "ENHANCEDSTATUSCODES"),
        context: ssl.SSLContext | None = None,
        tls_at_once: bool = False,
        logins: dict[str, str] | None = None,
        receive_buffer: int | None = None,
    ) -> None:
        self.offers = offers
        self.context = context
        self.logins = logins or {}
        self.script = Script()
        self.commands: list[str] = []
        self.connections = 0
        self.port = 0
        self.admits: int | None = None
        self._tls_at_once = tls_at_once
        self._receive_buffer = receive_buffer
        self._accepted: list[Mail] = []
        self._arrival = threading.Condition()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="smtp-sink", daemon=True)
        self._server: asyncio.Server | None = None
        self._sessions: set[asyncio.Task[None]] = set()

    def __enter__(self) -> Self:
        self._thread.start()
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def address(self) -> str:
        """Host and port, as they stand in a URL."""
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """The mail.url of a client that uses no encryption."""
        return f"smtp://{self.address}"

    @property
    def accepted(self) -> tuple[Mail, ...]:
        """The mails taken in so far, in order."""
        with self._arrival:
            return tuple(self._accepted)

    def wait_for(self, count: int, *, seconds: float = 10) -> tuple[Mail, ...]:
        """All mails, once there are `count`. Raises TimeoutError when they do not come in time."""
        with self._arrival:
            if not self._arrival.wait_for(lambda: len(self._accepted) >= count, timeout=seconds):
                raise TimeoutError(f"{len(self._accepted)} of {count} mails came within {seconds} s")
            return tuple(self._accepted)

    def accept(self, mail: Mail) -> None:
        """Keep a mail (called by a session)."""
        with self._arrival:
            self._accepted.append(mail)
            self._arrival.notify_all()

    def start(self) -> None:
        """Listen; after `stop` on the same port as before."""
        self._run(self._listen())

    def stop(self) -> None:
        """Hang up on everybody and refuse connections, as a relay that is down does."""
        self._run(self._hang_up())

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=10)

    async def _listen(self) -> None:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if self._receive_buffer:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self._receive_buffer)
        listener.bind(("127.0.0.1", self.port))
        self.port = listener.getsockname()[1]
        self._server = await asyncio.start_server(
            self._welcome,
            sock=listener,
            ssl=self.context if self._tls_at_once else None,
            limit=self._receive_buffer or 2**16,
        )

    async def _hang_up(self) -> None:
        server, self._server = self._server, None
        if server:
            server.close()
            for task in self._sessions:
                task.cancel()
            await asyncio.gather(*self._sessions, return_exceptions=True)
            await server.wait_closed()

    async def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        if self.admits is not None and len(self._sessions) >= self.admits:
            writer.write(b"421 4.7.0 too many connections\r\n")
            writer.close()
            return
        session = Session(sink=self, number=self.connections, reader=reader, writer=writer)
        task = asyncio.ensure_future(session.run())
        self._sessions.add(task)
        task.add_done_callback(self._sessions.discard)
