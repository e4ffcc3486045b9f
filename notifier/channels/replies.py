"""SMTP replies: reading them off the wire, and making their words fit to be kept (RFC 5321 section 4.2)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_LINE = re.compile(rb"([2-5][0-9]{2})(?:([ -])(.*))?", re.DOTALL)
_LONGEST_LINE = 4096
_MOST_LINES = 100
_ADDRESS = re.compile(r"[^\s<>\"(),;:]+(?:@|%40|=40)[^\s<>\"(),;:]+")
_LONGEST_WORDS = 200


class GarbageError(Exception):
    """The other side does not speak SMTP, or not with us."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One reply: its code, and the text of all its lines joined by spaces."""

    code: int
    text: str

    @property
    def is_positive(self) -> bool:
        """Whether the command was carried out."""
        return 200 <= self.code < 300

    @property
    def is_refusal(self) -> bool:
        """Whether the command was refused, for now or for good."""
        return self.code >= 400


def take_reply(received: bytearray) -> Reply | None:
    """Take the first whole reply out of what was received; None while more must come.

    Raises GarbageError for anything that is not a reply, or one without end.
    """
    texts: list[bytes] = []
    start = received.find(b"\n") + 1
    if 0 < start <= _LONGEST_LINE and (reply := _of_one_line(bytes(received[:start]))) is not None:
        del received[:start]
        return reply
    start = 0
    while (end := received.find(b"\n", start)) >= 0 and len(texts) < _MOST_LINES:
        match = _LINE.fullmatch(bytes(received[start:end]).rstrip(b"\r"))
        if not match or (texts and match[1] != received[:3]):
            raise GarbageError
        start = end + 1
        texts.append(match[3] or b"")
        if match[2] != b"-":
            del received[:start]
            text = b" ".join(texts).decode("utf-8", "replace")
            return Reply(code=int(match[1]), text=text)
    if len(texts) == _MOST_LINES or len(received) - start > _LONGEST_LINE:
        raise GarbageError
    return None


@lru_cache(maxsize=256)
def _of_one_line(line: bytes) -> Reply | None:
    """The reply that a line is all of, None for any other line. Servers say the same few of every mail."""
    match = _LINE.fullmatch(line.rstrip(b"\r\n"))
    if not match or match[2] == b"-" or b"\n" in line[:-1]:
        return None
    return Reply(code=int(match[1]), text=(match[3] or b"").decode("utf-8", "replace"))


def safe_words(text: str, *, secret: str = "") -> str:
    """A reply's words fit for tables and logs: one line, at most 200 characters, no addresses.

    Relays like to repeat the recipient (`secret`), and other addresses that it leads to.
    """
    plain = text
    if not text.isprintable():
        plain = "".join(
            " " if unicodedata.category(character)[0] in "CZ" else character for character in text
        )
    # Most replies name nobody, and looking for each address by a pattern of its own takes longer than sending.
    if secret and (secret.casefold() in plain.casefold() or not plain.isascii()):
        plain = re.sub(re.escape(secret), "…", plain, flags=re.IGNORECASE)
    if "@" in plain or "40" in plain:
        plain = _ADDRESS.sub("…", plain)
    words = " ".join(plain.split())
    return words if len(words) <= _LONGEST_WORDS else words[: _LONGEST_WORDS - 1] + "…"
