"""A mail's bytes: text and HTML as alternatives (RFC 2046 section 5.1.4), and the proof that they read back."""

from __future__ import annotations

import binascii
import hashlib
from collections.abc import Sequence
from email import message_from_bytes
from email.message import Message

from notifier.compose.headers import decoded
from notifier.errors import NotifierError


class AlteredMailError(NotifierError):
    """A composed mail reads back otherwise than it was meant; it must not leave."""


def assemble(*, headers: Sequence[tuple[str, str]], text: str, html: str) -> bytes:
    """The whole mail with CRLF at every line's end; header values are already encoded."""
    # Quoted-printable never yields “=_”, so no content can hold the boundary (RFC 2045 section 6.7).
    boundary = "=_" + hashlib.blake2s(f"{text}\0{html}".encode(), digest_size=12).hexdigest()
    fields = [
        *headers,
        ("MIME-Version", "1.0"),
        ("Content-Type", f'multipart/alternative;\r\n boundary="{boundary}"'),
    ]
    head = "".join(f"{name}: {value}\r\n" for name, value in fields)
    parts = "".join(f"--{boundary}\r\n{part}\r\n" for part in (_part("plain", text), _part("html", html)))
    return f"{head}\r\n{parts}--{boundary}--\r\n".encode("ascii")


def _part(kind: str, body: str) -> str:
    return (
        f"Content-Type: text/{kind}; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n"
        f"\r\n{_quoted(body)}"
    )


def _quoted(body: str) -> str:
    wire = body.replace("\r\n", "\n").replace("\n", "\r\n")
    return binascii.b2a_qp(wire.encode("utf-8"), istext=True).decode("ascii")


def verify(data: bytes, *, headers: Sequence[tuple[str, str]], text: str, html: str) -> None:
    """Parse the bytes and compare with what was meant: decoded headers, each once, and both bodies.

    Raises AlteredMailError naming what differs, never its content.
    """
    mail = message_from_bytes(data)
    expected = [*headers, ("MIME-Version", "1.0")]
    found = [(name, str(value)) for name, value in mail.items() if name != "Content-Type"]
    if [name for name, _ in found] != [name for name, _ in expected]:
        raise AlteredMailError("a composed mail has other headers than it should have")
    for (name, meant), (_, wire) in zip(expected, found, strict=True):
        if " ".join(meant.split()) != decoded(wire):
            raise AlteredMailError(f"the header {name} of a composed mail reads back differently")
    if [_read(part) for part in mail.walk() if not part.is_multipart()] != [text.encode(), html.encode()]:
        raise AlteredMailError("the body of a composed mail reads back differently")


def _read(part: Message) -> bytes:
    body = part.get_payload(decode=True)
    return body.replace(b"\r\n", b"\n") if isinstance(body, bytes) else b""
