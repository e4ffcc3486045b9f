"""uvicorn's way of speaking HTTP, with bounds: visitors take no memory, and no files, that the reminders need.

The pages bound a request's body. uvicorn keeps its headers, and what may follow the body like them (RFC 9112 section
7.1.2), however many come. And it keeps connections on which nobody says anything, until the process may open nothing
more: no connection to the relay either. A proxy that refuses all that need not be there.
"""

from __future__ import annotations

import asyncio
import resource

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

# Bytes of the wire. What came together with a request's beginning is not counted: at most what is read at once.
MOST_HEAD = 64 * 1024
MOST_IN_ALL = 1024 * 1024
MOST_HEADERS = 200
# Seconds in which a request must be here, and in which something of an answer must be taken.
PATIENCE = 60
MOST_CONNECTIONS = 1_000


def most_connections() -> int:
    """A third of what this process may open: the page and the metrics leave a third to everything else. A thousand
    where it may open very many, since each takes memory."""
    most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST_CONNECTIONS if most == resource.RLIM_INFINITY else min(most // 3, MOST_CONNECTIONS)


class Bounded(HttpToolsProtocol):
    """One connection. The names are the parser's and uvicorn's."""

    _got = 0
    _most = MOST_HEAD
    _waited = 0
    _left = 0
    _stuck = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Welcome, unless there are too many."""
        super().connection_made(transport)
        if len(self.connections) > most_connections():
            transport.close()

    def grow_impatient(self, *, patience: int) -> None:
        """A second has passed; after so many of them hang up on whoever still owes a request, or the rest of it, and on
        whoever takes nothing of an answer."""
        left = self.transport.get_write_buffer_size()
        self._stuck = self._stuck + 1 if left and left >= self._left else 0
        self._left = left
        if self._stuck > patience:
            self.transport.abort()
        self._waited += 1
        owes = self.cycle is None or self.cycle.response_complete or self.cycle.more_body
        if owes and self._waited > patience:
            self.transport.close()

    def data_received(self, data: bytes) -> None:
        """Read on, or hang up on a request without end."""
        self._got += len(data)
        super().data_received(data)
        if self._got > self._most and not self.transport.is_closing():
            if self._most == MOST_HEAD and (self.cycle is None or self.cycle.response_complete):
                self.transport.write(STATUS_LINE[431] + b"content-length: 0\r\nconnection: close\r\n\r\n")
            self.transport.close()

    def on_message_begin(self) -> None:
        """A request begins with its head."""
        self._got, self._most, self._waited = 0, MOST_HEAD, 0
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep it, but not what follows a body, which nobody here reads (RFC 9110 section 6.5)."""
        if self._most == MOST_HEAD:
            super().on_header(name, value)
            if len(self.headers) > MOST_HEADERS:
                self._got = MOST_IN_ALL + 1

    def on_headers_complete(self) -> None:
        """Its head is here. What is too large to be taken is still read, so that its sender reads why."""
        self._most = MOST_IN_ALL
        super().on_headers_complete()
