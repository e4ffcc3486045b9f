"""Quoted-printable (RFC 2045 section 6.7), folded by us, so that no line begins with a dot.

Such a line would have to be mended by every server on its way (RFC 5321 section 4.5.2), and not all do it well. And
whoever fills in a line knows its escaped words beforehand, and only has to fold it.
"""

from __future__ import annotations

import binascii
from collections.abc import Iterator

_LONGEST = 76
_ESCAPE, _DOT = b"=."


def quoted(lines: bytes) -> bytes:
    """Lines that end with CRLF, each encoded on its own."""
    return b"\r\n".join(map(folded, escaped(lines).split(b"\r\n")))


def escaped(lines: bytes) -> bytes:
    """The same with lines of any length: `folded` makes them fit."""
    # Folds end as the first line does, and with a bare LF where that has no end.
    flat = binascii.b2a_qp(lines, istext=True).replace(b"=\r\n", b"").replace(b"=\n", b"")
    flat = flat.replace(b"\n.", b"\n=2E")
    return b"=2E" + flat[1:] if flat.startswith(b".") else flat


def folded(line: bytes) -> bytes:
    """An escaped line, without its end, as lines of at most 76 characters."""
    return b"=\r\n".join([escape + line[start:end] for escape, start, end in folds(line)])


def folds(line: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Where an escaped line is folded: each part's beginning and end, and what stands before it instead of a dot."""
    escape, start = b"", 0
    while len(escape) + len(line) - start > _LONGEST:
        end = start + _LONGEST - 1 - len(escape)
        # What is escaped stays together.
        if line[end - 1] == _ESCAPE:
            end -= 1
        elif line[end - 2] == _ESCAPE:
            end -= 2
        yield escape, start, end
        escape, start = (b"=2E", end + 1) if line[end] == _DOT else (b"", end)
    yield escape, start, len(line)
