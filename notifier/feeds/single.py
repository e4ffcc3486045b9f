"""Some Deadlines of one Change as a file to import (RFC 5546), with the feed's own UIDs and SEQUENCEs.

Whoever imports the next one sees the date move rather than stand there twice. It is PUBLISH, never REQUEST, which would
ask people to accept an invitation; and CANCEL once none of its dates applies any more.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from notifier.core.change import Change, ChangeList
from notifier.core.history import Entry
from notifier.feeds.content_line import content_lines
from notifier.feeds.events import events_of, subjects_of
from notifier.feeds.feed import Feed
from notifier.feeds.head import END, opening
from notifier.feeds.markers import markers
from notifier.feeds.vevent import EVENT_END, clean


@dataclass(frozen=True, slots=True, kw_only=True)
class Single:
    """The file's bytes, and the METHOD that stands in them."""

    method: str
    body: bytes


def single(
    *,
    changes: ChangeList,
    change: Change,
    deadlines: Collection[str],
    history: Mapping[str, Sequence[Entry]],
    today: date,
    feed: Feed,
    organizer: str,
) -> Single | None:
    """The file about these Deadlines (by their ids); None when there is no day to mark. `organizer` is an address."""
    found = [
        (marker, subject)
        for subject in subjects_of(changes=changes, history=history, feed=feed)
        if subject.change.id == change.id and subject.deadline.id in deadlines
        for marker in markers(change, subject.deadline, subject.entries, zone=feed.zone)
        if today < marker.until
    ]
    if not found:
        return None
    method = "CANCEL" if all(marker.void for marker, _ in found) else "PUBLISH"
    head = content_lines([*opening(feed.language), ("METHOD", method)])
    line = _organizer(feed.publisher, organizer)
    events = [event.removesuffix(EVENT_END) + line for pair in found for event in events_of(*pair)]
    body = b"".join([head, *(event + EVENT_END for event in events), END])
    return Single(method=method, body=body)


def _organizer(name: str, address: str) -> bytes:
    """The content line that RFC 5546 wants in every event (3.2.1, 3.2.5)."""
    # A parameter's value cannot hold a quote (RFC 5545, 3.2).
    shown = clean(name).replace('"', "'")
    return content_lines([(f'ORGANIZER;CN="{shown}"', f"mailto:{address}")])
