"""A real server on a free port, and a plain client that shows exactly what came over the wire."""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import uvicorn
from starlette.types import ASGIApp

from notifier.daemon.serving import configured
from notifier.web.application import create_app
from notifier.web.edition import AtOnce
from notifier.web.site import Site


@dataclass(frozen=True)
class Answer:
    """One answer; header names are lower-case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass(frozen=True)
class Client:
    """Asks one server, each time on a connection of its own."""

    port: int

    def ask(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, body=body, headers=dict(headers or {}))
            response = connection.getresponse()
            names = {name.lower(): value for name, value in response.getheaders()}
            return Answer(status=response.status, headers=names, body=response.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Answer:
        """GET with headers written as `if_none_match=`."""
        return self.ask(
            "GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()}
        )

    def raw(self, request: bytes) -> bytes:
        """What comes back for these very bytes, also where the rest of them is read by nobody."""
        parts: list[bytes] = []
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection:
            # A server that closes while bytes are still unread resets the connection (RFC 9112, section 9.6).
            with contextlib.suppress(ConnectionResetError, BrokenPipeError):
                connection.sendall(request)
                connection.shutdown(socket.SHUT_WR)
            with contextlib.suppress(ConnectionResetError):
                while part := connection.recv(65536):
                    parts.append(part)
        return b"".join(parts)


@contextmanager
def serving(site: Site) -> Iterator[Client]:
    """The web application around a site."""
    app = create_app(site)
    with serving_app(app, at_once=app.at_once) as client:
        yield client


@contextmanager
def serving_app(app: ASGIApp, *, at_once: AtOnce | None = None) -> Iterator[Client]:
    """An application behind uvicorn, as the daemon runs it."""
    with serving_as(configured(app, at_once=at_once)) as client:
        yield client


@contextmanager
def serving_as(config: uvicorn.Config, *, server: uvicorn.Server | None = None) -> Iterator[Client]:
    """A server of this configuration, or this one, in a thread."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(128)
        server = server or uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            yield Client(port=listener.getsockname()[1])
        finally:
            server.should_exit = True
            thread.join(timeout=10)
