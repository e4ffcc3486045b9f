"""The told story of one Deadline in a program that subscribes: it keeps what it has unless SEQUENCE grew."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

import icalendar

from notifier.core.change import Status
from notifier.feeds.ical import calendar
from tests.feeds.lists import feed, firm, history_of, one_deadline, vague

END = "portal.end@varsler-for-e-helse"
LATEST = "portal.end.window-latest@varsler-for-e-helse"


@dataclass
class Client:
    """Like GNOME's: an event is replaced only by a later revision, and never goes because it is missing."""

    events: dict[str, tuple[int, date, str]] = field(default_factory=dict)

    def fetch(self, body: bytes) -> None:
        """Take in the calendar as it is now."""
        for event in icalendar.Calendar.from_ical(body).walk("VEVENT"):
            uid, sequence = str(event["UID"]), int(event["SEQUENCE"])
            if uid not in self.events or sequence > self.events[uid][0]:
                self.events[uid] = (sequence, event["DTSTART"].dt, str(event["STATUS"]))

    @property
    def shown(self) -> dict[str, tuple[date, str]]:
        """What stands in the calendar and still applies."""
        return {uid: (day, status) for uid, (_, day, status) in self.events.items() if status != "CANCELLED"}


def test_the_client_shows_the_truth_after_every_turn() -> None:
    client = Client()
    turns = [
        (
            one_deadline(vague("2026-Q4")),
            {END: (date(2026, 10, 1), "TENTATIVE"), LATEST: (date(2026, 12, 31), "TENTATIVE")},
        ),
        (one_deadline(vague("2026-12-01")), {END: (date(2026, 12, 1), "TENTATIVE")}),
        (one_deadline(firm("2026-12-01")), {END: (date(2026, 12, 1), "CONFIRMED")}),
        (one_deadline(firm("2027-01-15")), {END: (date(2027, 1, 15), "CONFIRMED")}),
        (one_deadline(vague("tba")), {}),
        (one_deadline(firm("2027-02-01")), {END: (date(2027, 2, 1), "CONFIRMED")}),
        (one_deadline(firm("2027-02-01"), status=Status.WITHDRAWN), {}),
        (one_deadline(firm("2027-03-01")), {END: (date(2027, 3, 1), "CONFIRMED")}),
    ]
    lists = []
    for number, (changes, shown) in enumerate(turns):
        lists.append(changes)
        today = date(2026, 5, 1) + timedelta(days=10 * number)
        client.fetch(calendar(changes=changes, history=history_of(lists), today=today, feed=feed()))
        assert client.shown == shown, f"turn {number}"
        # Looking again changes nothing.
        client.fetch(calendar(changes=changes, history=history_of(lists), today=today, feed=feed()))
        assert client.shown == shown
