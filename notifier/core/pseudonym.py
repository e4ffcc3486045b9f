"""Pseudonyms: keyed hashes that tell whether a value was seen before, and nothing else about it."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """Hashes under secret keys, oldest first. The last one makes new ones; those of all are recognised."""

    keys: tuple[str, ...] = field(repr=False)

    def of(self, purpose: str, value: str) -> str:
        """The value's pseudonym (64 hexadecimal digits); another one for each purpose."""
        return _hashed(self.keys[-1], purpose, value)

    def all_of(self, purpose: str, value: str) -> tuple[str, ...]:
        """Every pseudonym that the value may have been given, whichever key was in use."""
        return tuple(_hashed(key, purpose, value) for key in self.keys)


def _hashed(key: str, purpose: str, value: str) -> str:
    return hmac.new(key.encode(), f"{purpose}\0{value}".encode(), hashlib.sha256).hexdigest()
