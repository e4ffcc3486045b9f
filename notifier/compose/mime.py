"""A mail's bytes: text and HTML as alternatives (RFC 2046 section 5.1.4), calendar files beside them, and the
proof that they read back."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from email import message_from_bytes
from email.message import Message

from notifier.compose.attachments import Attachment
from notifier.compose.headers import decoded
from notifier.compose.quoting import quoted
from notifier.errors import NotifierError


class AlteredMailError(NotifierError):
    """A composed mail reads back otherwise than it was meant; it must not leave."""


def assemble(
    *, headers: Sequence[tuple[str, str]], text: str, html: str, attachments: Sequence[Attachment] = ()
) -> bytes:
    """The whole mail with CRLF at every line's end; header values are already encoded."""
    kind, body = _multipart("alternative", [_part("plain", text), _part("html", html)])
    if attachments:
        inner = f"Content-Type: {kind}\r\n\r\n{body}"
        kind, body = _multipart("mixed", [inner, *map(_file, attachments)])
    fields = [*headers, ("MIME-Version", "1.0"), ("Content-Type", kind)]
    head = "".join(f"{name}: {value}\r\n" for name, value in fields)
    return f"{head}\r\n{body}".encode("ascii")


def _multipart(kind: str, parts: Sequence[str]) -> tuple[str, str]:
    """The media type and the body."""
    # Quoted-printable never yields “=_”, nor base64, so no content can hold the boundary (RFC 2045, 6.7 and 6.8).
    boundary = f"=_{kind}"
    told = "".join(f"--{boundary}\r\n{part}\r\n" for part in parts)
    return f'multipart/{kind};\r\n boundary="{boundary}"', f"{told}--{boundary}--\r\n"


def _file(attachment: Attachment) -> str:
    return (
        f"Content-Type: text/calendar; charset=utf-8; method={attachment.method}\r\n"
        "Content-Transfer-Encoding: base64\r\n"
        f'Content-Disposition: attachment; filename="{attachment.filename}"\r\n'
        f"\r\n{base64.encodebytes(attachment.body).decode('ascii').replace(chr(10), chr(13) + chr(10))}"
    )


def _part(kind: str, body: str) -> str:
    wire = body.replace("\r\n", "\n").replace("\n", "\r\n")
    return (
        f"Content-Type: text/{kind}; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n"
        f"\r\n{quoted(wire.encode('utf-8')).decode('ascii')}"
    )


def verify(
    data: bytes,
    *,
    headers: Sequence[tuple[str, str]],
    text: str,
    html: str,
    attachments: Sequence[Attachment] = (),
) -> None:
    """Parse the bytes and compare with what was meant: decoded headers, each once, both bodies and every file.

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
    plain, page, *files = [part for part in mail.walk() if not part.is_multipart()]
    if [_read(plain), _read(page)] != [text.encode(), html.encode()]:
        raise AlteredMailError("the body of a composed mail reads back differently")
    if [_read_file(part) for part in files] != [
        (each.filename, each.method, each.body) for each in attachments
    ]:
        raise AlteredMailError("a calendar file of a composed mail reads back differently")


def _read(part: Message) -> bytes:
    body = part.get_payload(decode=True)
    return body.replace(b"\r\n", b"\n") if isinstance(body, bytes) else b""


def _read_file(part: Message) -> tuple[str | None, str | None, object]:
    """The file's name, its METHOD where the media type and the body agree, and its bytes."""
    body = part.get_payload(decode=True)
    method = part.get_param("method")
    agrees = isinstance(body, bytes) and f"\r\nMETHOD:{method}\r\n".encode() in body
    return part.get_filename(), str(method) if agrees else None, body
