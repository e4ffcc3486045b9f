"""Pseudonyms: keyed hashes that tell whether a value was seen before, and nothing else about it."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass, field

from notifier.core.address import identity_of

# What an address is known by in the log, and in the Ledger once the person is erased.
PERSON = "person"
# In the log the first digits are enough to tell people apart.
_DIGITS = 12
_SHORT = re.compile(rf"p-([0-9a-f]{{{_DIGITS}}})")


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

    def person(self, address: str) -> str:
        """What the log calls whoever has this address, such as `p-0123456789ab`. "" and no address are nobody."""
        try:
            return shortened(self.of(PERSON, identity_of(address)))
        except ValueError:
            return "nobody"

    def persons(self, identity: str) -> tuple[str, ...]:
        """Everything the log may have called them, whichever key was in use."""
        return tuple(shortened(each) for each in self.all_of(PERSON, identity))


def shortened(pseudonym: str) -> str:
    """A pseudonym as the log writes it."""
    return f"p-{pseudonym[:_DIGITS]}"


def beginning_of(text: str) -> str | None:
    """The first digits of a pseudonym as the log writes it; None for any other text."""
    match = _SHORT.fullmatch(text.strip())
    return match[1] if match else None


def _hashed(key: str, purpose: str, value: str) -> str:
    return hmac.new(key.encode(), f"{purpose}\0{value}".encode(), hashlib.sha256).hexdigest()
