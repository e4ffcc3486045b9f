"""One event as iCalendar bytes (RFC 5545, RFC 7986), built once for each of its revisions."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from icalendar import Event as VEvent
from icalendar import vText, vUri


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
    component = VEvent()
    component.add("uid", event.uid)
    component.add("dtstamp", event.changed_at)
    component.add("last-modified", event.changed_at)
    component.add("sequence", event.sequence)
    component.add("dtstart", event.first)
    component.add("dtend", event.last + timedelta(days=1))
    component.add("summary", clean(event.summary))
    component.add("description", clean(event.description, lines=True))
    component.add("categories", [clean(event.category)])
    component.add("status", event.status)
    component.add("transp", "TRANSPARENT")
    # Exchange reads this one before TRANSP; without it an all-day event blocks the whole day.
    component.add("x-microsoft-cdo-busystatus", vText("FREE"))
    if event.url:
        component.add("url", vUri(clean(event.url)))
    return bytes(component.to_ical())
