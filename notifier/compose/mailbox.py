"""Our mailbox: the address that vendors write to, and signed details after a plus in it (RFC 5233).

Details are case-insensitive, since servers on the way may change the case, and short enough for a local part
(64 octets, RFC 5321 section 4.5.3.1.1).
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass, field
from enum import StrEnum

from notifier.compose.keyed import keyed

_DIGITS = 13  # hexadecimal: 40 bits for the number, and the last three digits for the moves
_MOVES = 16**3
LARGEST = 2**40 - 1
_SIGNATURE_BYTES = 10
# Base 32 (RFC 4648) in lower case, two digits at a time: the standard library takes longer for it than for signing.
_DIGITS_OF_32 = "abcdefghijklmnopqrstuvwxyz234567"
_PAIRS = [first + second for first in _DIGITS_OF_32 for second in _DIGITS_OF_32]
_SHIFTS = range(8 * _SIGNATURE_BYTES - 10, -1, -10)
_DETAIL = re.compile(rf"([a-z])-([0-9a-f]{{1,{_DIGITS}}})-([a-z2-7]{{16}})")


class Purpose(StrEnum):
    """What a signed detail is for: answering a Message, reports about one, leaving, or knowing a canary that came
    back."""

    ANSWER = "a"
    BOUNCE = "b"
    LEAVE = "l"
    CANARY = "c"


# In which a canary carries its signed detail, whatever mailboxes it passes.
CANARY_HEADER = "Notifier-Canary"


@dataclass(frozen=True, slots=True)
class Signed:
    """What a signed detail is for, and the number of the Message or the Subscriber.

    `moves` is how often the Subscriber had moved to another mailbox when it was written.
    """

    purpose: Purpose
    number: int
    moves: int


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An address and the keys that sign details. The last key signs, all of them are accepted."""

    address: str
    keys: tuple[str, ...] = field(repr=False)

    def answer(self, message_id: int, moves: int) -> str:
        """Where whoever was written to answers a Message (Reply-To), until they move."""
        return self._signed(Purpose.ANSWER, message_id, moves)

    def return_path(self, message_id: int, moves: int) -> str:
        """Where reports about a Message go: its envelope's sender (a variable envelope return path)."""
        return self._signed(Purpose.BOUNCE, message_id, moves)

    def leave(self, subscriber_id: int, moves: int) -> str:
        """Where any mail, from any mailbox, ends a Subscriber's subscriptions, until they move."""
        return self._signed(Purpose.LEAVE, subscriber_id, moves)

    def canary(self, number: int) -> str:
        """The detail by which a canary is known when it comes back; it stands in a header."""
        return self.detail_of(self._signed(Purpose.CANARY, number, 0)) or ""

    def canary_in(self, detail: str) -> int | None:
        """The number of the canary that carries this detail; None when it is none of ours."""
        signed = self.read(detail.strip().lower())
        return signed.number if signed is not None and signed.purpose is Purpose.CANARY else None

    def holds(self, address: str) -> bool:
        """Whether mail to this address is for us."""
        return self.detail_of(address) is not None

    def detail_of(self, address: str) -> str | None:
        """What stands after the plus, in lower case, "" for nothing; None when the address is not ours."""
        local, _, domain = address.casefold().rpartition("@")
        own, _, own_domain = self.address.casefold().rpartition("@")
        if domain != own_domain or not (local == own or local.startswith(f"{own}+")):
            return None
        return local[len(own) + 1 :]

    def read(self, detail: str) -> Signed | None:
        """What a signed detail is for, and whom; None when it is none of ours."""
        match = _DETAIL.fullmatch(detail)
        if match is None or match[1] not in set(Purpose):
            return None
        purpose, code = Purpose(match[1]), int(match[2], 16)
        known = any(hmac.compare_digest(_signature(key, purpose, code), match[3]) for key in self.keys)
        return Signed(purpose, *divmod(code, _MOVES)) if known else None

    @staticmethod
    def looks_signed(detail: str) -> bool:
        """Whether a detail has the form of a signed one, so that a wrong signature is an attempt."""
        return _DETAIL.fullmatch(detail) is not None

    def _signed(self, purpose: Purpose, number: int, moves: int) -> str:
        if not 0 <= number <= LARGEST:
            raise ValueError(f"{number} does not fit into an address")
        local, _, domain = self.address.rpartition("@")
        code = number * _MOVES + moves % _MOVES
        return f"{local}+{purpose}-{code:x}-{_signature(self.keys[-1], purpose, code)}@{domain}"


def _signature(key: str, purpose: Purpose, code: int) -> str:
    """80 bits: out of reach of guessing, one mail a guess."""
    told = f"notifier.mailbox.{purpose}:{code}".encode()
    digest = keyed(key.encode(), hashlib.sha256)(told)[:_SIGNATURE_BYTES]
    bits = int.from_bytes(digest, "big")
    return "".join([_PAIRS[bits >> shift & 1023] for shift in _SHIFTS])
