"""The LMTP listener (RFC 2033): a local mail server hands over one mail at a time and hears what became of it.

aiosmtpd speaks the protocol on the daemon's own loop. What it cannot do is kept out: a transaction has one
recipient, because it gives one reply where LMTP wants one for each.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable
from typing import cast

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session

from notifier.logs import log

# It writes envelopes into its log.
logging.getLogger("mail.log").setLevel(logging.CRITICAL + 1)

MOST_SESSIONS = 10
SESSION_SECONDS = 60.0
_TOO_MANY = b"421 4.3.2 Too many connections; try again later\r\n"

_log = log("inbox")

Receive = Callable[[str, str, bytes], Awaitable[str]]


class Listener:
    """Serves from `begin` to `close`.

    `refusal` answers "" for a recipient that is ours, else the reply that refuses it; `receive` takes sender (""
    for none), recipient and bytes, and answers the reply; `later` is the reply where it fails. `largest` is the
    size of a mail in bytes.
    """

    def __init__(self, *, largest: int, refusal: Callable[[str], str], receive: Receive, later: str) -> None:
        self._largest = largest
        self._refusal = refusal
        self._receive = receive
        self._later = later
        self._server: asyncio.Server | None = None
        self._sessions: set[_Protocol] = set()
        self._under_way: set[asyncio.Task[object]] = set()

    async def begin(self, door: socket.socket) -> None:
        """Take mail at a listening socket."""
        self._server = await asyncio.get_running_loop().create_server(self._protocol, sock=door)

    async def close(self) -> None:
        """Take no more mail; what is being taken is taken to its end."""
        if self._server is not None:
            self._server.close()
        if self._under_way:
            await asyncio.wait(self._under_way)
        for session in list(self._sessions):
            session.hang_up()

    def _protocol(self) -> _Protocol:
        return _Protocol(self, sessions=self._sessions, largest=self._largest)

    async def handle_RCPT(  # noqa: N802 -- aiosmtpd names it
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """One recipient, and only one of ours."""
        if envelope.rcpt_tos:
            return "452 4.5.3 One recipient at a time"
        refusal = self._refusal(address)
        if refusal:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """The whole mail is here; whatever goes wrong with it, the mail server keeps it and tries again."""
        sender = (envelope.mail_from or "").strip("<>")
        content = envelope.original_content or b""
        task = asyncio.current_task()
        if task is not None:
            self._under_way.add(task)
        try:
            return await self._receive(sender, envelope.rcpt_tos[0], content)
        except Exception as error:  # noqa: BLE001 -- a mail of any make must not end the daemon
            _log.error("a mail could not be taken", error=type(error).__name__)
            return self._later
        finally:
            if task is not None:
                self._under_way.discard(task)

    async def handle_exception(self, error: Exception) -> str:
        """Trouble in the protocol itself; nothing of what was said may reach the log."""
        _log.error("trouble with a mail server", error=type(error).__name__)
        return self._later


class _Protocol(LMTP):
    """One connection. Lines may be as long as old mail programs make them; too many connections wait outside."""

    line_length_limit = 64 * 1024

    def __init__(self, listener: Listener, *, sessions: set[_Protocol], largest: int) -> None:
        super().__init__(
            listener,
            data_size_limit=largest,
            enable_SMTPUTF8=True,
            hostname="localhost",
            ident="LMTP",
            timeout=SESSION_SECONDS,
            loop=asyncio.get_running_loop(),
        )
        self._sessions = sessions
        self._refused = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Welcome, or ask to come back."""
        if len(self._sessions) >= MOST_SESSIONS:
            self._refused = True
            cast("asyncio.Transport", transport).write(_TOO_MANY)
            transport.close()
            return
        self._sessions.add(self)
        super().connection_made(transport)

    def data_received(self, data: bytes) -> None:
        """Whoever was refused is not heard."""
        if not self._refused:
            super().data_received(data)

    def eof_received(self) -> bool | None:
        """The other side says no more."""
        return False if self._refused else super().eof_received()

    def connection_lost(self, error: Exception | None) -> None:
        """It is over."""
        self._sessions.discard(self)
        if not self._refused:
            super().connection_lost(error)

    def hang_up(self) -> None:
        """End an idle connection."""
        if self.transport is not None:
            self.transport.close()
