"""What a calendar says of itself before its first event (RFC 5545, RFC 7986, and what programs read instead)."""

from __future__ import annotations

from datetime import datetime, timedelta

from icalendar import Calendar, vText, vUri

from notifier.core.change import ChangeList
from notifier.core.subscription import EVERYTHING, Scope
from notifier.core.text import Language
from notifier.feeds import words
from notifier.feeds.addresses import Variant
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
    name = vText(_unescaped(name_of(changes, selection, variant=variant, feed=feed)))
    about = vText(_unescaped(words.ABOUT[feed.language].format(publisher=feed.publisher)))
    lines = Calendar()
    lines.add("version", "2.0")
    lines.add("prodid", f"-//{UID_DOMAIN}//notifier//{feed.language.upper()}")
    lines.add("calscale", "GREGORIAN")
    lines.add("uid", _uid(selection, variant, feed))
    for key, text in (
        ("name", name),
        ("x-wr-calname", name),
        ("description", about),
        ("x-wr-caldesc", about),
    ):
        lines.add(key, text)
    if changed_at:
        lines.add("last-modified", changed_at.replace(microsecond=0))
    lines.add("refresh-interval", REFRESH_EVERY, parameters={"VALUE": "DURATION"})
    lines.add("x-published-ttl", vText("PT6H"))
    lines.add("color", vText(_BLUE[0]))
    lines.add("x-apple-calendar-color", vText(_BLUE[1]))
    lines.add("url", vUri(clean(feed.page_url)))
    if not feed.is_private:
        lines.add("source", vUri(clean(feed.feed_url)), parameters={"VALUE": "URI"})
    return bytes(lines.to_ical()).removesuffix(END)


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
