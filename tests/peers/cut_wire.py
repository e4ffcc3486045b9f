"""A wire to PostgreSQL that can be cut exactly at a COMMIT: before the server has it, or before its answer is back.

with CutWire(server.folder, tmp_path) as wire:
    engine = open_engine(wire.url(database))
    wire.cut(b"INSERT INTO notices", after=True)
"""

from __future__ import annotations

import contextlib
import socket
import threading
from pathlib import Path
from typing import Self

_PORT = ".s.PGSQL.5432"
_COMMIT = b"COMMIT\0"
_ROLLBACK = b"ROLLBACK\0"


class CutWire:
    """Connections to `folder` come out at the server in `server`. `cuts` counts how often one was cut."""

    def __init__(self, server: Path, folder: Path) -> None:
        self._server = str(server / _PORT)
        self._folder = folder
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(folder / _PORT))
        self._words: bytes | None = None
        self._after = False
        self.cuts = 0

    def url(self, server_url: str) -> str:
        """The same database by way of this wire."""
        return f"{server_url.partition('?')[0]}?host={self._folder}"

    def cut(self, words: bytes, *, after: bool) -> None:
        """Cut at the next COMMIT of a transaction in which these words were said, once.

        `after` says that the server does commit, and only its answer is lost.
        """
        self._words, self._after = words, after

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            server.connect(self._server)
            silenced = threading.Event()
            for pump in (self._forth, _back):
                threading.Thread(target=pump, args=(client, server, silenced), daemon=True).start()

    def _forth(self, client: socket.socket, server: socket.socket, silenced: threading.Event) -> None:
        said = b""
        with contextlib.suppress(OSError):
            while chunk := client.recv(65536):
                said += chunk
                if _COMMIT in chunk and self._words is not None and self._words in said:
                    self._words = None
                    self.cuts += 1
                    if not self._after:
                        break
                    silenced.set()
                if _COMMIT in chunk or _ROLLBACK in chunk:
                    said = b""
                server.sendall(chunk)
        if not silenced.is_set():
            _hang_up(client, server)

    def __enter__(self) -> Self:
        self._listener.listen()
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        # A close alone would not wake the thread that waits in `accept`.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


def _back(client: socket.socket, server: socket.socket, silenced: threading.Event) -> None:
    with contextlib.suppress(OSError):
        while (chunk := server.recv(65536)) and not silenced.is_set():
            client.sendall(chunk)
    _hang_up(client, server)


def _hang_up(*ends: socket.socket) -> None:
    for end in ends:
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()
