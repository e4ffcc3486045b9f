"""uvicorn's way of speaking HTTP, with a bound: no visitor fills the memory of the daemon that sends the reminders.

The pages bound a request's body. uvicorn keeps its headers, and what may follow the body like them (RFC 9112 section
7.1.2), however many come and however slowly, and a proxy that refuses them need not be there.
"""

from __future__ import annotations

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

# Bytes of the wire. What came together with a request's beginning is not counted: at most what is read at once.
MOST_HEAD = 64 * 1024
MOST_IN_ALL = 1024 * 1024


class Bounded(HttpToolsProtocol):
    """One connection. The names are the parser's and uvicorn's."""

    _got = 0
    _most = MOST_HEAD

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
        self._got, self._most = 0, MOST_HEAD
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Its head is here. What is too large to be taken is still read, so that its sender reads why."""
        self._most = MOST_IN_ALL
        super().on_headers_complete()
