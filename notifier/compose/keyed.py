"""HMAC (RFC 2104) with its key taken in once: a mail is signed in several places, and is one of many."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Protocol, Self

_BLOCK = 64
_INNER = bytes(byte ^ 0x36 for byte in range(256))
_OUTER = bytes(byte ^ 0x5C for byte in range(256))


class Hash(Protocol):
    """One of hashlib's, of those that work in blocks of 64 bytes: SHA-256, BLAKE2s."""

    def copy(self) -> Self:
        """Another that has read the same."""
        ...

    def update(self, data: bytes, /) -> None:
        """Read more."""
        ...

    def digest(self) -> bytes:
        """What was read comes to this."""
        ...


@lru_cache(maxsize=64)
def keyed(key: bytes, new: Callable[[], Hash]) -> Callable[[bytes], bytes]:
    """What makes the MAC of a message under this key; `new` makes the hash that it is made with."""
    if len(key) > _BLOCK:
        long = new()
        long.update(key)
        key = long.digest()
    block = key.ljust(_BLOCK, b"\0")
    inner, outer = new(), new()
    inner.update(block.translate(_INNER))
    outer.update(block.translate(_OUTER))

    def mac(message: bytes) -> bytes:
        within, around = inner.copy(), outer.copy()
        within.update(message)
        around.update(within.digest())
        return around.digest()

    return mac
