"""How large a calendar may become: beyond about 1,000 events or 1 MB Google drops it, without a word to anybody."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from zoneinfo import ZoneInfo

from notifier.core.change import ChangeList
from notifier.core.text import Language
from notifier.feeds.feed import Feed
from notifier.feeds.ical import calendar

MOST_EVENTS = 1000
MOST_BYTES = 1_000_000
ADVICE = "shorten the list's texts, or ask vendors to subscribe to the calendars of their services"


def outgrown(changes: ChangeList, *, today: date, zone: ZoneInfo, base_url: str) -> str:
    """How large the calendar with everything is, in words for operators, where that is too large; else empty.

    The limits are other people's experience, so it is measured roughly: in bokmål, without the dates before, once a
    month. The variant that shows the Leads as events is larger still.
    """
    events, size = _size(changes, today.replace(day=1), zone, base_url)
    if events <= MOST_EVENTS and size <= MOST_BYTES:
        return ""
    return (
        f"the calendar with everything has {events:,} events and {size / 1e6:.1f} MB; beyond about"
        f" {MOST_EVENTS:,} events or {MOST_BYTES / 1e6:.0f} MB Google and others drop a calendar, and tell nobody"
    )


@lru_cache(maxsize=1)
def _size(changes: ChangeList, today: date, zone: ZoneInfo, base_url: str) -> tuple[int, int]:
    """How many events and bytes."""
    feed = Feed(
        language=Language.NB,
        zone=zone,
        publisher="",
        contact="",
        page_url=f"{base_url}/nb",
        feed_url=f"{base_url}/calendar.ics",
    )
    body = calendar(changes=changes, history={}, today=today, feed=feed)
    return body.count(b"\r\nBEGIN:VEVENT\r\n"), len(body)
