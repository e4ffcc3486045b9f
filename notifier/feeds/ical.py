"""The iCalendar feed: every dated Deadline, by RFC 5545 and RFC 7986.

The bytes follow from the list, its history and the day alone, never from the instant of asking: a stamp
that moves with every request makes programs record changes that never were. There is no METHOD, so
DTSTAMP means "last revised" (RFC 5545, 3.8.7.2), and no VALARM: the mails are the reminders.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

from icalendar import Calendar, vText, vUri

from notifier.core.change import Change, ChangeList, Deadline
from notifier.core.history import Entry
from notifier.feeds import words
from notifier.feeds.feed import Feed
from notifier.feeds.markers import UID_DOMAIN, Marker, markers
from notifier.feeds.vevent import Event, clean, vevent
from notifier.feeds.wording import description, summary

History = Mapping[str, Sequence[Entry]]
REFRESH_EVERY = timedelta(hours=6)
_END = b"END:VCALENDAR\r\n"
_BLUE = ("steelblue", "#4682B4")


def calendar(*, changes: ChangeList, history: History, today: date, feed: Feed) -> bytes:
    """The whole feed as it stands on the local day `today`.

    `history` holds each Deadline's Entries by its key, oldest first.
    """
    events = [
        vevent(_event(marker, changes=changes, change=change, deadline=deadline, history=history, feed=feed))
        for change, deadline, marker in _all_markers(changes, history, feed)
        if today < marker.until
    ]
    return b"".join(
        [_head(feed, changed_at(changes=changes, history=history, today=today, feed=feed)), *events, _END]
    )


def changed_at(*, changes: ChangeList, history: History, today: date, feed: Feed) -> datetime | None:
    """When the feed's content last changed, for HTTP's Last-Modified: the same on every node.

    That is the latest Entry, or the midnight after which something that was over left the feed.
    None while the list is empty.
    """
    instants = [entry.at for key, _, _ in changes.deadlines() for entry in history.get(key, ())]
    for _, _, marker in _all_markers(changes, history, feed):
        instants.append(marker.changed_at)
        if marker.until <= today:
            instants.append(datetime.combine(marker.until, time(0), feed.zone))
    return max(instants).astimezone(UTC) if instants else None


def _all_markers(
    changes: ChangeList, history: History, feed: Feed
) -> Iterator[tuple[Change, Deadline, Marker]]:
    for key, change, deadline in changes.deadlines():
        for marker in markers(change, deadline, history.get(key, ()), zone=feed.zone):
            yield change, deadline, marker


def _event(
    marker: Marker, *, changes: ChangeList, change: Change, deadline: Deadline, history: History, feed: Feed
) -> Event:
    service = changes.service(change.service)
    name = service.name if service else change.service
    return Event(
        uid=marker.uid,
        sequence=marker.sequence,
        changed_at=marker.changed_at.astimezone(UTC).replace(microsecond=0),
        first=marker.first,
        last=marker.last,
        status="CANCELLED" if marker.void else "TENTATIVE" if marker.tentative else "CONFIRMED",
        summary=summary(marker, service=name, change=change, deadline=deadline, language=feed.language),
        description=description(
            marker,
            change=change,
            deadline=deadline,
            entries=history.get(change.key(deadline), ()),
            contact=feed.contact,
            language=feed.language,
            zone=feed.zone,
        ),
        category=name,
        url=feed.change_url(change.id),
    )


def _head(feed: Feed, changed: datetime | None) -> bytes:
    # Thunderbird shows the escapes of a calendar's name as they stand, so it has nothing to escape.
    name = vText(_unescaped(words.NAME[feed.language]))
    about = vText(_unescaped(words.ABOUT[feed.language].format(publisher=feed.publisher)))
    head = Calendar()
    head.add("version", "2.0")
    head.add("prodid", f"-//{UID_DOMAIN}//notifier//{feed.language.upper()}")
    head.add("calscale", "GREGORIAN")
    head.add("uid", f"calendar-{feed.language}@{UID_DOMAIN}")
    for key, text in (
        ("name", name),
        ("x-wr-calname", name),
        ("description", about),
        ("x-wr-caldesc", about),
    ):
        head.add(key, text)
    if changed:
        head.add("last-modified", changed.replace(microsecond=0))
    head.add("refresh-interval", REFRESH_EVERY, parameters={"VALUE": "DURATION"})
    head.add("x-published-ttl", vText("PT6H"))
    head.add("color", vText(_BLUE[0]))
    head.add("x-apple-calendar-color", vText(_BLUE[1]))
    head.add("url", vUri(clean(feed.page_url)))
    head.add("source", vUri(clean(feed.feed_url)), parameters={"VALUE": "URI"})
    return bytes(head.to_ical()).removesuffix(_END)


def _unescaped(text: str) -> str:
    return clean(text).translate(str.maketrans(",;", "  "))
