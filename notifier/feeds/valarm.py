"""An alarm inside an event (RFC 5545, 3.6.6; its UID by RFC 9074), built once and spliced into the event's bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from notifier.feeds.content_line import content_lines, duration, escaped
from notifier.feeds.vevent import EVENT_END, clean


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """A text to show at a time relative to the first midnight of its event."""

    uid: str
    trigger: timedelta
    text: str


def with_alarms(event: bytes, alarms: Sequence[Alarm]) -> bytes:
    """The event's bytes with these alarms in it."""
    if not alarms:
        return event
    return b"".join([event.removesuffix(EVENT_END), *map(_valarm, alarms), EVENT_END])


@lru_cache(maxsize=4096)
def _valarm(alarm: Alarm) -> bytes:
    lines = (
        ("BEGIN", "VALARM"),
        ("ACTION", "DISPLAY"),
        # Home Assistant refuses the whole calendar over one alarm without a text.
        ("DESCRIPTION", escaped(clean(alarm.text))),
        ("TRIGGER", duration(alarm.trigger)),
        ("UID", alarm.uid),
        ("END", "VALARM"),
    )
    return content_lines(lines)
