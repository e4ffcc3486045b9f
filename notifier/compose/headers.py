"""Header fields that cannot be abused: one guard for every text, own encoding, addresses in ASCII.

The standard library's policies are not used to write headers: Python 3.11 lets an encoded word smuggle in a
line break, and doubles a space where it folds before an encoded word.
"""

from __future__ import annotations

import re
import unicodedata
from email.header import Header, decode_header, make_header
from functools import lru_cache

from notifier.core.address import normal_address
from notifier.errors import NotifierError

_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_ADDRESS = re.compile(rf"{_ATOM}(\.{_ATOM})*@[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*", re.ASCII)
_PHRASE = re.compile(rf"{_ATOM}( {_ATOM})*", re.ASCII)
_LINE = 76


class UnsafeHeaderError(NotifierError):
    """A text that must not stand in a header; the message never repeats an address."""


def guard(text: str, *, what: str) -> str:
    """The text itself, when no reader can take any of it for another header or another text.

    Raises UnsafeHeaderError for control characters, line breaks of any kind, characters that turn the
    reading direction, lone surrogates and the beginning of an encoded word (RFC 2047).
    """
    if "=?" in text:
        raise UnsafeHeaderError(f"{what} holds “=?”, which mail programs decode; write it otherwise")
    for character in text:
        if character in _BIDI or unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp"):
            raise UnsafeHeaderError(f"{what} holds the character U+{ord(character):04X}; remove it")
    return text


def encoded(name: str, text: str) -> str:
    """A header's value in ASCII, folded (RFC 5322 section 2.2.3), as encoded words where it must be."""
    plain = " ".join(guard(text, what=name).split())
    return _folded(name, plain, "us-ascii" if plain.isascii() else "utf-8")


def named(name: str, phrase: str, address: str) -> str:
    """A name before an address in angle brackets (RFC 5322 section 3.4), encoded where it is not plain words."""
    plain = " ".join(guard(phrase, what=name).split())
    if not plain:
        return f"<{address}>"
    return f"{_folded(name, plain, 'us-ascii' if _PHRASE.fullmatch(plain) else 'utf-8')}\r\n <{address}>"


def decoded(wire: str) -> str:
    """What a mail program shows for a header's value: unfolded, with its encoded words decoded."""
    unfolded = re.sub(r"\r?\n(?=[ \t])", "", wire)
    return str(make_header(decode_header(unfolded))).strip()


def _folded(name: str, text: str, charset: str) -> str:
    return Header(text, charset, maxlinelen=_LINE, header_name=name).encode(linesep="\r\n")


@lru_cache(maxsize=64)
def wire_address(address: str) -> str:
    """The address as SMTP without SMTPUTF8 carries it, an international domain as A-labels (RFC 5890).

    Raises UnsafeHeaderError when it is no address, or its local part needs SMTPUTF8, which not every
    server on the way has.
    """
    if not address.isascii():
        try:
            address = normal_address(address)
        except ValueError:
            raise UnsafeHeaderError("an address can only have letters outside a–z after the @") from None
    if len(address) > 254 or not _ADDRESS.fullmatch(address) or "=?" in address:
        raise UnsafeHeaderError("an address is not of the form name@domain, or too long")
    return address
