"""Serving the page and the metrics: uvicorn on sockets that are bound before anything else is begun."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from notifier.daemon.connection import PATIENCE, Bounded
from notifier.daemon.shortcut import shortcut
from notifier.errors import AddressUnavailableError, ConfigurationError, NotifierError
from notifier.web.edition import AtOnce

_ADVICE = {
    errno.EACCES: "name a port from 1024 on, or a folder that this user may write to",
    errno.ENOENT: "make the folder first, or name another",
}


class Server(uvicorn.Server):
    """uvicorn without its signal handlers: the daemon is the one owner of signals.

    Connections that owe a request for longer than `patience` seconds are closed.
    """

    def __init__(self, config: uvicorn.Config, *, patience: int = PATIENCE) -> None:
        super().__init__(config)
        self._patience = patience
        self.answers = asyncio.Event()
        self.ends = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say so."""
        await super().startup(sockets)
        self.answers.set()

    async def main_loop(self) -> None:
        """Wait for the end; once a second is enough for the Date header, where uvicorn wakes ten times."""
        while not await self.on_tick(0):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.ends.wait(), timeout=1)
            for connection in list(self.server_state.connections):
                if isinstance(connection, Bounded):
                    connection.grow_impatient(patience=self._patience)

    def end(self) -> None:
        """Take no more visitors; those that are here are served to the end."""
        self.should_exit = True
        self.ends.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone."""
        yield


def listen(bind: str, *, key: str) -> socket.socket:
    """A listening socket for the setting `key`, at host:port or, where `bind` begins with a slash, at a path.

    Raises ConfigurationError when it cannot be had, AddressUnavailableError when a later start may find it.
    """
    try:
        return _at_path(bind) if bind.startswith("/") else _at_port(bind)
    except (OSError, UnicodeError) as error:
        raise _unusable(error, bind, key) from error


def _unusable(error: OSError | UnicodeError, bind: str, key: str) -> NotifierError:
    if isinstance(error, UnicodeError):
        return ConfigurationError([f"{key}: {bind} names no host that could be looked up"])
    code = error.errno or 0
    # Negative where a name cannot be resolved. So it is when a machine starts and its network is not up.
    if not bind.startswith("/") and (code <= 0 or code == errno.EADDRNOTAVAIL):
        return AddressUnavailableError(
            f"this machine has no address as in {key}, {bind}, or not yet; look at that setting and at the network"
        )
    if code == errno.EADDRINUSE:
        # What somebody runs by hand for a moment must not keep the daemon down for good.
        return AddressUnavailableError(
            f"the address {bind} of {key} is in use already; does a daemon run? Set another, or stop it"
        )
    reason = os.strerror(code).lower() if code > 0 else str(error)
    return ConfigurationError(
        [f"{key}: {bind} cannot be used: {reason}; {_ADVICE.get(code, 'name another place')}"]
    )


def _at_port(bind: str) -> socket.socket:
    host, _, port = bind.rpartition(":")
    host = host.strip("[]")
    _ = host.encode("idna")  # as binding will, which leaves its socket open where this fails
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, int(port)), family=family)
    # asyncio sets it only on sockets that name their protocol, which those accepted here do not. Without it a body
    # waits 40 ms for the client to acknowledge the headers. What is accepted inherits it.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _at_path(path: str) -> socket.socket:
    """A socket for its owner and group. One that a killed daemon left behind is replaced."""
    if Path(path).is_socket() and not _is_answered(path):
        Path(path).unlink()
    listening = socket.socket(socket.AF_UNIX)
    try:
        listening.bind(path)
        Path(path).chmod(0o660)
        listening.listen()
    except OSError:
        listening.close()
        raise
    return listening


def _is_answered(path: str) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(path) == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """An application that answers. `serving` is done when its server has ended."""

    server: Server
    serving: asyncio.Task[None]

    def end(self) -> None:
        """Take no more visitors."""
        self.server.end()


def configured(app: ASGIApp, *, at_once: AtOnce | None = None) -> uvicorn.Config:
    """How uvicorn serves an application. What of it is ready `at_once` takes a shortcut.

    No visits are logged: addresses of the feeds could hold tokens.
    """
    return uvicorn.Config(
        app,
        http=shortcut(at_once) if at_once else Bounded,
        log_config=None,
        access_log=False,
        lifespan="off",
        proxy_headers=False,
        server_header=False,
    )


async def opened(app: ASGIApp, listener: socket.socket, *, at_once: AtOnce | None = None) -> Opened:
    """Serve an application on a listening socket, and wait until it answers; raises what kept it from it."""
    server = Server(configured(app, at_once=at_once))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    await _answering(server, serving)
    return Opened(server=server, serving=serving)


async def _answering(server: Server, serving: asyncio.Task[None]) -> None:
    started = asyncio.create_task(server.answers.wait())
    await asyncio.wait([started, serving], return_when=asyncio.FIRST_COMPLETED)
    if serving.done():
        started.cancel()
        serving.result()
