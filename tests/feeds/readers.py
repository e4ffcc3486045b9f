"""Programs' own readers, each reduced to what a person sees in the calendar."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, date, timedelta
from pathlib import Path

import icalendar
import recurring_ical_events
import vobject
from ical.calendar_stream import IcsCalendarStream
from khal.icalendar import split_ics
from khal.khalendar.event import Event

Seen = tuple[str, date, date, str, str]


def all_readers(body: bytes) -> dict[str, list[Seen]]:
    """What each program makes of the bytes: (UID, start, end, status, summary), sorted."""
    return {
        "Home Assistant": sorted(_ical(body)),
        "Radicale": sorted(_vobject(body)),
        "recurring-ical-events": sorted(_recurring(body)),
        "khal": sorted(_khal(body)),
    }


def _ical(body: bytes) -> list[Seen]:
    calendar = IcsCalendarStream.calendar_from_ics(body.decode())
    return [(e.uid, e.dtstart, e.dtend, str(e.status.value), e.summary) for e in calendar.events]


def _vobject(body: bytes) -> list[Seen]:
    events = vobject.readOne(body.decode()).contents.get("vevent", [])
    return [(e.uid.value, e.dtstart.value, e.dtend.value, e.status.value, e.summary.value) for e in events]


def _recurring(body: bytes) -> list[Seen]:
    found = recurring_ical_events.of(icalendar.Calendar.from_ical(body)).between(
        date(1990, 1, 1), date(2110, 1, 1)
    )
    return [
        (str(e["UID"]), e["DTSTART"].dt, e["DTEND"].dt, str(e["STATUS"]), str(e["SUMMARY"])) for e in found
    ]


def _khal(body: bytes) -> list[Seen]:
    found = []
    for text in split_ics(body.decode()):
        event = Event.fromString(text, calendar="feeds", locale=_KHAL)
        # khal counts the last day as part of the event, and has no word for the status.
        status = str(event._vevents[event.ref]["STATUS"])
        found.append((event.uid, event.start, event.end + timedelta(days=1), status, event.summary))
    return found


_KHAL = {"default_timezone": UTC, "local_timezone": UTC}


class Khal:
    """The command itself, with a configuration and a folder of events of its own: `khal import`, then a search."""

    def __init__(self, folder: Path) -> None:
        """Begin without any event."""
        self._folder = folder
        (folder / "events").mkdir()
        (folder / "config").write_text(_KHAL_CONFIG.format(folder=folder))

    def take_in(self, body: bytes) -> list[Seen]:
        """Import a calendar over what is there already; answers all events that khal then has, sorted."""
        (self._folder / "feed.ics").write_bytes(body)
        self._run("import", "--batch", "--include-calendar", "feeds", str(self._folder / "feed.ics"))
        shown = [field for name in _KHAL_FIELDS for field in ("--json", name)]
        found = [
            event for line in self._run("search", *shown, "@").splitlines() for event in json.loads(line)
        ]
        rows = [tuple(event[name] for name in _KHAL_FIELDS) for event in found]
        return sorted(
            (
                uid,
                date.fromisoformat(start),
                date.fromisoformat(last) + timedelta(days=1),
                status.strip(),
                title,
            )
            for uid, start, last, status, title in rows
        )

    def _run(self, *arguments: str) -> str:
        command = [
            str(Path(sys.executable).with_name("khal")),
            "-c",
            str(self._folder / "config"),
            *arguments,
        ]
        # It folds what it prints at the terminal's width.
        wide = {**os.environ, "COLUMNS": "100000"}
        return subprocess.run(command, check=True, capture_output=True, text=True, env=wide).stdout


_KHAL_FIELDS = ("uid", "start-date", "end-date", "status", "title")
_KHAL_CONFIG = """
[calendars]
[[feeds]]
path = {folder}/events
[sqlite]
path = {folder}/khal.db
[locale]
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
timeformat = %H:%M
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
local_timezone = UTC
default_timezone = UTC
[default]
default_calendar = feeds
"""


class IcalJs:
    """ical.js, with which Thunderbird and Nextcloud read, in one Node process that is asked again and again."""

    def __init__(self, folder: Path) -> None:
        """Start Node on the package that npm installed into the folder."""
        script = folder / "read.cjs"
        script.write_text(_SCRIPT)
        self._node = subprocess.Popen(
            ["node", str(script)], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def read(self, body: bytes) -> list[Seen]:
        """What it makes of the bytes, sorted as the others' are."""
        assert self._node.stdin
        assert self._node.stdout
        self._node.stdin.write(json.dumps(body.decode()) + "\n")
        self._node.stdin.flush()
        rows = json.loads(self._node.stdout.readline())
        return sorted((u, date.fromisoformat(a), date.fromisoformat(b), s, t) for u, a, b, s, t in rows)

    def close(self) -> None:
        """End Node."""
        self._node.communicate(timeout=10)


_SCRIPT = """
const ICAL = require("ical.js").default ?? require("ical.js");
require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const calendar = new ICAL.Component(ICAL.parse(JSON.parse(line)));
  const rows = calendar.getAllSubcomponents("vevent").map((component) => {
    const event = new ICAL.Event(component);
    const status = component.getFirstPropertyValue("status");
    return [event.uid, event.startDate.toString(), event.endDate.toString(), status, event.summary];
  });
  process.stdout.write(JSON.stringify(rows) + "\\n");
});
"""
