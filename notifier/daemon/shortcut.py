"""A shortcut through uvicorn for what is ready: from the request's last header to the wire, without task or message.

Programs ask for Feeds all day, and most of what a request costs is the way to an application and back. uvicorn takes
the class that speaks HTTP on a connection as a setting; this one is its own with one more question. Whatever is not
plainly a GET or HEAD of something that is ready goes the ordinary way, so nothing depends on the shortcut but speed.
"""

from __future__ import annotations

from typing import ClassVar

from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from notifier.daemon.connection import Bounded
from notifier.web.edition import AtOnce, Headers, Ready

_WITH_BODY = (b"content-length", b"transfer-encoding")


def shortcut(at_once: AtOnce) -> type[Bounded]:
    """uvicorn's way of speaking HTTP, with a shortcut for what is ready at once."""

    class ShortcutTo(_Shortcut):
        ask = staticmethod(at_once)

    return ShortcutTo


class _Shortcut(Bounded):
    """One connection. The names are the parser's and uvicorn's."""

    ask: ClassVar[staticmethod[[str, str, bytes, Headers], Ready | None]]

    def on_headers_complete(self) -> None:
        """The request is here, but for a body."""
        found = self._found() if self._is_free() else None
        if found is None:
            # The alarm that an answer just sent has set is for an idle connection, which this one no longer is.
            self._unset_keepalive_if_required()
            super().on_headers_complete()
        else:
            self._send(found)

    def on_message_complete(self) -> None:
        """The request is here to its end."""
        # None while every request on this connection took the shortcut.
        if self.cycle is not None:
            super().on_message_complete()

    def _is_free(self) -> bool:
        """Whether the client is owed nothing else and reads what it is sent, and no setting wants the ordinary way."""
        return (
            (self.cycle is None or self.cycle.response_complete)
            # It is set when an answer is complete, and let go when more is read: so this one came together with the
            # one before. Answered one by one, however many they are, they neither pile up nor hold others up.
            and self.timeout_keep_alive_task is None
            and not self.flow.write_paused
            and not self.transport.is_closing()
            and not (self.config.access_log or self.limit_concurrency or self.root_path)
        )

    def _found(self) -> Ready | None:
        parser, url = self.parser, self.url
        method = parser.get_method()
        if method not in (b"GET", b"HEAD") or parser.should_upgrade() or self.expect_100_continue:
            return None
        if parser.get_http_version() != "1.1" or not parser.should_keep_alive():
            return None
        if b"%" in url or any(name in _WITH_BODY for name, _ in self.headers):
            return None
        path, _, query = url.partition(b"?")
        try:
            return self.ask(method.decode("ascii"), path.decode("latin-1"), query, self.headers)
        except Exception:  # noqa: BLE001 -- the ordinary way meets the same, and answers and tells of it
            return None

    def _send(self, found: Ready) -> None:
        own = b"".join(b"%b: %b\r\n" % pair for pair in self.server_state.default_headers)
        self.transport.write(b"".join((STATUS_LINE[found.status], own, found.lines, b"\r\n", found.body)))
        self.on_response_complete()
