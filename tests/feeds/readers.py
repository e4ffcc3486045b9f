"""Three programs' own readers, each reduced to what a person sees in the calendar."""

from __future__ import annotations

from datetime import date

import icalendar
import recurring_ical_events
import vobject
from ical.calendar_stream import IcsCalendarStream

Seen = tuple[str, date, date, str, str]


def all_readers(body: bytes) -> dict[str, list[Seen]]:
    """What each program makes of the bytes: (UID, start, end, status, summary), sorted."""
    return {
        "Home Assistant": sorted(_ical(body)),
        "Radicale": sorted(_vobject(body)),
        "recurring-ical-events": sorted(_recurring(body)),
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
