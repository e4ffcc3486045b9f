"""A supervisor's end of systemd's notification protocol."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Supervisor:
    """Hears what a daemon says to `address`."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(f"\0{address[1:]}" if address.startswith("@") else address)
        self._socket.settimeout(30)

    def hears(self, word: str) -> bool:
        """Listen until a word comes; answers whether it did within half a minute."""
        try:
            while word not in self._socket.recv(4096).decode().splitlines():
                pass
        except TimeoutError:
            return False
        return True

    def drain(self) -> list[str]:
        """Everything that was said and not yet heard."""
        said: list[str] = []
        self._socket.setblocking(False)
        while True:
            try:
                said += self._socket.recv(4096).decode().splitlines()
            except BlockingIOError:
                self._socket.settimeout(30)
                return said

    def close(self) -> None:
        self._socket.close()


@contextmanager
def listening(folder: Path, *, abstract: bool = False) -> Iterator[Supervisor]:
    """A supervisor that listens in a folder, or under an abstract name made from it."""
    supervisor = Supervisor(f"@{folder}" if abstract else str(folder / "notify"))
    try:
        yield supervisor
    finally:
        supervisor.close()
