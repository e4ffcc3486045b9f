"""One event as iCalendar bytes (RFC 5545, RFC 7986), built once for each of its revisions."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from notifier.feeds.content_line import content_lines, day, escaped, instant

EVENT_END = b"END:VEVENT\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An all-day event in words. `last` is the last day it covers; `changed_at` is in UTC."""

    uid: str
    sequence: int
    changed_at: datetime
    first: date
    last: date
    status: str
    summary: str
    description: str
    category: str
    url: str


def clean(text: str, *, lines: bool = False) -> str:
    """Text that no calendar program trips over: no control characters or backslashes, `lines` or one line.

    Line breaks of every kind become a newline, or a space; a backslash becomes a slash, because
    programs differ in how they undo escapes.
    """
    for broken in ("\r\n", "\r", "\x85", "\u2028", "\u2029"):
        text = text.replace(broken, "\n")
    if not lines:
        text = " ".join(text.split())
    kept = (c for c in text.replace("\t", " ") if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs"))
    return "".join(kept).replace("\\", "/").strip()


@lru_cache(maxsize=4096)
def vevent(event: Event) -> bytes:
    """The event's bytes, with CRLF at every line's end."""
    lines = [
        ("BEGIN", "VEVENT"),
        ("SUMMARY", escaped(clean(event.summary))),
        ("DTSTART;VALUE=DATE", day(event.first)),
        ("DTEND;VALUE=DATE", day(event.last + timedelta(days=1))),
        ("DTSTAMP", instant(event.changed_at)),
        ("UID", event.uid),
        ("SEQUENCE", str(event.sequence)),
        ("CATEGORIES", escaped(clean(event.category))),
        ("DESCRIPTION", escaped(clean(event.description, lines=True))),
        ("LAST-MODIFIED", instant(event.changed_at)),
        ("STATUS", event.status),
        ("TRANSP", "TRANSPARENT"),
        *([("URL", clean(event.url))] if event.url else []),
        # Exchange reads this one before TRANSP; without it an all-day event blocks the whole day.
        ("X-MICROSOFT-CDO-BUSYSTATUS", "FREE"),
    ]
    return content_lines(lines) + EVENT_END
