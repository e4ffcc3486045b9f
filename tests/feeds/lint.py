"""A strict reader of iCalendar bytes: what real programs stumble over and libraries let pass."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

_REQUIRED = ("UID", "DTSTAMP", "LAST-MODIFIED", "SEQUENCE", "DTSTART", "DTEND", "SUMMARY", "STATUS", "TRANSP")
_ONCE_IN_HEAD = ("VERSION", "PRODID", "CALSCALE", "NAME", "X-WR-CALNAME", "UID", "REFRESH-INTERVAL", "URL")
_IN_TIMEZONE = ("TZID", "DTSTART", "TZOFFSETFROM", "TZOFFSETTO")
_NAME = re.compile(r"[A-Z][A-Z0-9-]*\Z")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")
_TEXT = ("SUMMARY", "DESCRIPTION", "NAME", "X-WR-CALNAME", "X-WR-CALDESC")


def lint(body: bytes) -> list[str]:
    """Every fault of a feed, as sentences; none when it is sound."""
    return [*_line_faults(body), *_component_faults(body)]


def unfolded(body: bytes) -> list[str]:
    """The content lines, folds undone (RFC 5545, 3.1)."""
    return body.replace(b"\r\n ", b"").replace(b"\r\n\t", b"").decode().removesuffix("\r\n").split("\r\n")


def _line_faults(body: bytes) -> Iterator[str]:
    if not body.endswith(b"END:VCALENDAR\r\n"):
        yield "the feed does not end with END:VCALENDAR and a line break"
    if re.search(rb"(?<!\r)\n|\r(?!\n)", body):
        yield "a line break is not CRLF"
    lines = body.split(b"\r\n")
    for number, line in enumerate(lines[:-1], start=1):
        if len(line) > 75:
            yield f"line {number} has {len(line)} octets"
        if not line.strip():
            yield f"line {number} is empty"
        try:
            line.decode()
        except UnicodeDecodeError:
            yield f"line {number} holds part of a character"
        if lines[number].startswith((b" ", b"\t")) and _ends_in_escape(line):
            yield f"line {number} is folded inside an escape"


def _ends_in_escape(line: bytes) -> bool:
    return (len(line) - len(line.rstrip(b"\\"))) % 2 == 1


def _component_faults(body: bytes) -> Iterator[str]:
    head, events, faults = _components(unfolded(body))
    yield from faults
    if "METHOD" in head:
        yield "a feed has no METHOD"
    if not re.search(rb"\r\nBEGIN:(?:VEVENT|VTIMEZONE)\r\n", body):
        yield "a calendar must hold a component"
    yield from (
        f"the calendar has {name} {head.get(name, 0)} times" for name in _ONCE_IN_HEAD if head[name] != 1
    )
    uids = Counter(event.get("UID", "") for event in events)
    yield from (f"the UID {uid} stands {count} times" for uid, count in uids.items() if count > 1)
    for event in events:
        yield from _event_faults(event)


def _components(lines: list[str]) -> tuple[Counter[str], list[dict[str, str]], list[str]]:
    """The calendar's own property names counted, each event's properties, and faults of structure."""
    head: Counter[str] = Counter()
    events: list[dict[str, str]] = []
    faults: list[str] = []
    inside: list[str] = []
    alarm: list[str] = []
    for line in lines:
        name, _, value = line.partition(":")
        name = name.partition(";")[0]
        faults.extend(_value_faults(name, value))
        if name == "BEGIN":
            inside.append(value)
            events.extend([{}] if value == "VEVENT" else [])
            alarm = []
        elif name == "END":
            if value == "VALARM" and sorted(alarm) != ["ACTION", "DESCRIPTION", "TRIGGER", "UID"]:
                faults.append(f"an alarm has {', '.join(sorted(alarm))}")
            faults.extend([] if inside and inside.pop() == value else [f"END:{value} closes nothing"])
        elif inside == ["VCALENDAR"]:
            head[name] += 1
        elif inside == ["VCALENDAR", "VEVENT"]:
            faults.extend([f"{name} stands twice in one event"] if name in events[-1] else [])
            events[-1][name] = value
        elif inside == ["VCALENDAR", "VEVENT", "VALARM"]:
            alarm.append(name)
        elif inside[1:2] == ["VTIMEZONE"]:
            faults.extend([] if name in _IN_TIMEZONE else [f"{name} stands in a time zone"])
        else:
            faults.append(f"{name} stands outside any component")
    return head, events, faults


def _value_faults(name: str, value: str) -> Iterator[str]:
    if not _NAME.match(name):
        yield f"“{name[:30]}” is no property's name"
    if _CONTROL.search(value):
        yield f"{name} holds a control character"
    if name in _TEXT and not re.fullmatch(r"(?:[^\\;,]|\\[\\;,nN])*", value):
        yield f"{name} is not escaped as TEXT: {value[:60]}"


def _event_faults(event: dict[str, str]) -> Iterator[str]:
    uid = event.get("UID", "an event")
    yield from (f"{uid} lacks {name}" for name in _REQUIRED if not event.get(name))
    start, end = event.get("DTSTART", ""), event.get("DTEND", "")
    if not (re.fullmatch(r"\d{8}", start) and re.fullmatch(r"\d{8}", end) and start < end):
        yield f"{uid} runs from {start} to {end}"
    if event.get("DTSTAMP") != event.get("LAST-MODIFIED"):
        yield f"{uid} has a DTSTAMP that is not its LAST-MODIFIED"
    if not re.fullmatch(r"\d{8}T\d{6}Z", event.get("DTSTAMP", "")):
        yield f"{uid} has the DTSTAMP {event.get('DTSTAMP')}"
    if event.get("TRANSP") != "TRANSPARENT" or event.get("X-MICROSOFT-CDO-BUSYSTATUS") != "FREE":
        yield f"{uid} would block the day"
