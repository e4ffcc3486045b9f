"""The contract of a Source: somewhere the list can be read from."""

from __future__ import annotations

from typing import Protocol

MOST_BYTES = 1_000_000


class Source(Protocol):
    """Somewhere the list can be read from."""

    @property
    def name(self) -> str:
        """What messages call it: a path, or an address without secrets."""
        ...

    def read(self) -> bytes:
        """The list's bytes as they are now, at most MOST_BYTES of them.

        Raises ListRefusedError when it is missing, unreadable or larger.
        """
        ...
