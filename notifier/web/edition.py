"""An Edition: one Feed as it was published, ready for the wire; and which answer a request gets from it.

Conditional requests by RFC 9110, section 13: If-None-Match decides alone where it is sent; both validators are
repeated on a 304.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache
from typing import NamedTuple

from starlette.types import Scope, Send

from notifier.core.text import Language
from notifier.web.headers import FEED_PROTECTION

Headers = Sequence[tuple[bytes, bytes]]

_KEPT = "public, max-age=900"
_PRIVATE = "private, no-cache"


@dataclass(frozen=True, slots=True, kw_only=True, weakref_slot=True)
class Print:
    """A body with everything that is said of it to everybody who reads it.

    `headers` go with it and `brief` with a 304, each but for Last-Modified; `lines` and `brief_lines` are the same as
    they go over the wire.
    """

    body: bytes = field(repr=False)
    etag: bytes
    headers: Headers = field(repr=False)
    brief: Headers = field(repr=False)
    lines: bytes = field(repr=False)
    brief_lines: bytes = field(repr=False)


class Edition(NamedTuple):
    """A Print, and when it last changed for whoever reads it: in whole seconds, None when that is not known."""

    print: Print
    changed_at: datetime | None

    @property
    def body(self) -> bytes:
        """What a whole answer holds."""
        return self.print.body


class Ready(NamedTuple):
    """A whole answer: its header lines, and its body or nothing. Whoever sends it adds what a server says of itself."""

    status: int
    lines: bytes
    body: bytes


# What is ready for a method, path, query and headers, without waiting for anything; None where the answer needs more.
AtOnce = Callable[[str, str, bytes, Headers], Ready | None]


def edition(
    body: bytes,
    *,
    media_type: str,
    changed_at: datetime | None,
    language: Language | None = None,
    filename: str = "",
    is_private: bool = False,
    extra: Mapping[str, str] | None = None,
) -> Edition:
    """Make an Edition ready. `filename` is what a program that saves it calls it."""
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    said = {
        "ETag": etag,
        "Cache-Control": _PRIVATE if is_private else _KEPT,
        "X-Robots-Tag": "noindex",
        **FEED_PROTECTION,
        **(extra or {}),
    }
    about = {"Content-Type": media_type, "Content-Length": str(len(body))}
    if language:
        about["Content-Language"] = language.value
    if filename:
        about["Content-Disposition"] = f'inline; filename="{filename}"'
    headers, brief = _raw({**about, **said}), _raw(said)
    made = Print(
        body=body,
        etag=etag.encode(),
        headers=headers,
        brief=brief,
        lines=_lines(headers),
        brief_lines=_lines(brief),
    )
    return dated(made, changed_at)


def dated(made: Print, changed_at: datetime | None) -> Edition:
    """The Print for somebody to whom it last changed then."""
    return Edition(made, changed_at.replace(microsecond=0) if changed_at else None)


async def send_edition(scope: Scope, send: Send, made: Edition) -> None:
    """Answer GET or HEAD: 200, or 304 for what the client has already."""
    is_whole = not is_known(scope["headers"], made)
    headers = made.print.headers if is_whole else made.print.brief
    if made.changed_at:
        headers = [*headers, (b"last-modified", _http_date(made.changed_at))]
    status, body = (200, made.body) if is_whole else (304, b"")
    await send_whole(scope, send, status=status, headers=headers, body=body)


def ready(method: str, headers: Headers, made: Edition) -> Ready:
    """The same answer to the same request, for the wire."""
    stamp = b"last-modified: %b\r\n" % _http_date(made.changed_at) if made.changed_at else b""
    if is_known(headers, made):
        return Ready(304, made.print.brief_lines + stamp, b"")
    return Ready(200, made.print.lines + stamp, b"" if method == "HEAD" else made.body)


async def send_whole(scope: Scope, send: Send, *, status: int, headers: Headers, body: bytes) -> None:
    """One answer, without its body for HEAD."""
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


def refusal(text: str, *, media_type: str, extra: Mapping[str, str] | None = None) -> tuple[Headers, bytes]:
    """Headers and body of an answer that says why there is no Feed."""
    body = text.encode()
    said = {
        "Content-Type": media_type,
        "Content-Length": str(len(body)),
        "Cache-Control": "no-store",
        "X-Robots-Tag": "noindex",
        **FEED_PROTECTION,
        **(extra or {}),
    }
    return _raw(said), body


def is_known(headers: Headers, made: Edition) -> bool:
    """Whether the client has this Edition already."""
    tags = [value for name, value in headers if name == b"if-none-match"]
    if tags:
        given = [tag.strip().removeprefix(b"W/") for line in tags for tag in line.split(b",")]
        return b"*" in given or made.print.etag in given
    since = next((value for name, value in headers if name == b"if-modified-since"), None)
    if since is None or made.changed_at is None:
        return False
    try:
        known = parsedate_to_datetime(since.decode("latin-1"))
    except (ValueError, OverflowError):
        return False
    # A date without a zone (-0000) says nothing that could be compared.
    return known.tzinfo is not None and made.changed_at <= known


@lru_cache(maxsize=4096)
def _http_date(instant: datetime) -> bytes:
    return format_datetime(instant.astimezone(UTC), usegmt=True).encode()


def _raw(headers: Mapping[str, str]) -> Headers:
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]


def _lines(headers: Headers) -> bytes:
    return b"".join(b"%b: %b\r\n" % pair for pair in headers)
