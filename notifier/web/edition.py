"""An Edition: one Feed as it was published, ready for the wire; and which answer a request gets from it.

Conditional requests by RFC 9110, section 13: If-None-Match decides alone where it is sent; both validators are
repeated on a 304.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache

from starlette.types import Scope, Send

from notifier.core.text import Language
from notifier.web.headers import FEED_PROTECTION

Headers = Sequence[tuple[bytes, bytes]]

_KEPT = "public, max-age=900"
_PRIVATE = "private, no-cache"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """A body with its validators and everything that is said of it.

    `changed_at` is when the body last changed, None when that is not known; `headers` go with it, `brief` with a 304.
    """

    body: bytes = field(repr=False)
    etag: bytes
    changed_at: datetime | None
    headers: Headers = field(repr=False)
    brief: Headers = field(repr=False)


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
    if changed_at:
        said["Last-Modified"] = _http_date(changed_at)
    about = {"Content-Type": media_type, "Content-Length": str(len(body))}
    if language:
        about["Content-Language"] = language.value
    if filename:
        about["Content-Disposition"] = f'inline; filename="{filename}"'
    return Edition(
        body=body,
        etag=etag.encode(),
        changed_at=changed_at.replace(microsecond=0) if changed_at else None,
        headers=_raw({**about, **said}),
        brief=_raw(said),
    )


def dated(made: Edition, changed_at: datetime | None) -> Edition:
    """The same Edition, which for this reader last changed then."""
    if changed_at is None or made.changed_at == changed_at.replace(microsecond=0):
        return made
    stamp = (b"last-modified", _http_date(changed_at).encode())
    return replace(
        made,
        changed_at=changed_at.replace(microsecond=0),
        headers=[*(pair for pair in made.headers if pair[0] != stamp[0]), stamp],
        brief=[*(pair for pair in made.brief if pair[0] != stamp[0]), stamp],
    )


async def send_edition(scope: Scope, send: Send, made: Edition) -> None:
    """Answer GET or HEAD: 200, or 304 for what the client has already."""
    if is_known(scope["headers"], made):
        await send_whole(scope, send, status=304, headers=made.brief, body=b"")
    else:
        await send_whole(scope, send, status=200, headers=made.headers, body=made.body)


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
        return b"*" in given or made.etag in given
    since = next((value for name, value in headers if name == b"if-modified-since"), None)
    if since is None or made.changed_at is None:
        return False
    try:
        known = parsedate_to_datetime(since.decode("latin-1"))
    except ValueError:
        return False
    # A date without a zone (-0000) says nothing that could be compared.
    return known.tzinfo is not None and made.changed_at <= known


@lru_cache(maxsize=256)
def _http_date(instant: datetime) -> str:
    return format_datetime(instant.astimezone(UTC), usegmt=True)


def _raw(headers: Mapping[str, str]) -> Headers:
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
