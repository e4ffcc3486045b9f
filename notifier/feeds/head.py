"""What a calendar says of itself before its first event (RFC 5545, RFC 7986, and what programs read instead)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from notifier.core.change import ChangeList
from notifier.core.subscription import EVERYTHING, Scope
from notifier.core.text import Language
from notifier.feeds import words
from notifier.feeds.addresses import Variant
from notifier.feeds.content_line import content_lines, duration, instant
from notifier.feeds.feed import Feed
from notifier.feeds.markers import UID_DOMAIN
from notifier.feeds.selection import Selection
from notifier.feeds.vevent import clean

REFRESH_EVERY = timedelta(hours=6)
END = b"END:VCALENDAR\r\n"
# A calendar must hold a component (RFC 5545, 3.4 and 3.6). Where there is no event yet, this one shows nothing.
NO_EVENT = (
    b"BEGIN:VTIMEZONE\r\nTZID:UTC\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n"
    b"TZOFFSETFROM:+0000\r\nTZOFFSETTO:+0000\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
)
_BLUE = ("steelblue", "#4682B4")
_MOST_NAMES = 3


def head(
    *, changes: ChangeList, selection: Selection, variant: Variant, feed: Feed, changed_at: datetime | None
) -> bytes:
    """The calendar's lines before its events."""
    # Thunderbird shows the escapes of a calendar's name as they stand, so it has nothing to escape.
    name = _unescaped(name_of(changes, selection, variant=variant, feed=feed))
    about = _unescaped(words.ABOUT[feed.language].format(publisher=feed.publisher))
    lines = [
        *opening(feed.language),
        ("DESCRIPTION", about),
        ("X-WR-CALDESC", about),
        ("NAME", name),
        ("X-WR-CALNAME", name),
        ("COLOR", _BLUE[0]),
        *([("LAST-MODIFIED", instant(changed_at))] if changed_at else []),
        ("REFRESH-INTERVAL;VALUE=DURATION", duration(REFRESH_EVERY)),
        *([] if feed.is_private else [("SOURCE;VALUE=URI", clean(feed.feed_url))]),
        ("UID", _uid(selection, variant, feed)),
        ("URL", clean(feed.page_url)),
        ("X-APPLE-CALENDAR-COLOR", _BLUE[1]),
        ("X-PUBLISHED-TTL", duration(REFRESH_EVERY)),
    ]
    return content_lines(lines)


def opening(language: Language) -> Sequence[tuple[str, str]]:
    """The lines with which every calendar of ours begins."""
    return (
        ("BEGIN", "VCALENDAR"),
        ("VERSION", "2.0"),
        ("PRODID", f"-//{UID_DOMAIN}//notifier//{language.upper()}"),
        ("CALSCALE", "GREGORIAN"),
    )


def name_of(changes: ChangeList, selection: Selection, *, variant: Variant, feed: Feed) -> str:
    """What programs call the calendar until somebody renames it."""
    if feed.is_private:
        return name_of_private(variant, feed.language)
    tail = _tail(variant, feed.language)
    if EVERYTHING in selection.topics:
        return words.NAME[feed.language] + tail
    names = _names(changes, selection, feed.language)
    what = " + ".join([*names[:_MOST_NAMES], *(["…"] if len(names) > _MOST_NAMES else [])])
    return words.NAME_OF[feed.language].format(what=what) + tail


def name_of_private(variant: Variant, language: Language) -> str:
    """The same for a Subscriber's own."""
    return words.NAME_OF_PRIVATE[language] + _tail(variant, language)


def _tail(variant: Variant, language: Language) -> str:
    return words.NAME_TAILS[variant][language] if variant in words.NAME_TAILS else ""


def _names(changes: ChangeList, selection: Selection, language: Language) -> list[str]:
    services = {service.id: service.name for service in changes.services}
    names = [services.get(target, target) for target in selection.targets(Scope.SERVICE)]
    for target in selection.targets(Scope.CHANGE):
        change = changes.change(target)
        names.append(f"{services[change.service]} – {change.title[language]}" if change else target)
    return names


def _uid(selection: Selection, variant: Variant, feed: Feed) -> str:
    """The calendar's name for life: of what it shows, never of whose it is."""
    parts = [] if EVERYTHING in selection.topics else [str(topic) for topic in selection.topics]
    what = ".".join([variant, *(["private"] if feed.is_private else parts)])
    return f"{what.replace(':', '.')}-{feed.language}@{UID_DOMAIN}"


def _unescaped(text: str) -> str:
    return clean(text).translate(str.maketrans(",;", "  "))
