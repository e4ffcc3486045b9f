"""Our calendars' lines are the bytes that the icalendar package makes of the same values."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial

import icalendar
from hypothesis import given
from hypothesis import strategies as st

from notifier.feeds.content_line import content_lines, escaped
from notifier.feeds.valarm import Alarm, with_alarms
from notifier.feeds.vevent import EVENT_END, Event, clean, vevent

TEXTS = st.text(alphabet=st.sampled_from("aå€🗓 ,;:^'\"\\\n-"), max_size=300)


@given(TEXTS)
def test_a_text_is_escaped_and_folded(text: str) -> None:
    component = icalendar.Event()
    component.add("comment", text)
    whole = b"BEGIN:VEVENT\r\n" + content_lines([("COMMENT", escaped(text))]) + EVENT_END
    assert whole == component.to_ical()
    assert all(len(line) <= 75 for line in whole.split(b"\r\n"))


@given(
    event=st.builds(
        Event,
        uid=st.just("change.end@notifier"),
        sequence=st.integers(0, 9_999),
        changed_at=st.integers(0, 4_000_000_000).map(partial(datetime.fromtimestamp, tz=UTC)),
        first=st.dates(date(2020, 1, 1), date(2040, 1, 1)),
        last=st.dates(date(2020, 1, 1), date(2040, 1, 1)),
        status=st.sampled_from(["CONFIRMED", "TENTATIVE", "CANCELLED"]),
        summary=TEXTS,
        description=TEXTS,
        category=TEXTS,
        url=st.sampled_from(["", "https://varsel.example.no/nb/a,b;c"]),
    ),
    alarm=st.builds(
        Alarm,
        uid=st.just("alarm@notifier"),
        trigger=st.integers(-300_000, 300_000).map(lambda minutes: timedelta(minutes=minutes)),
        text=TEXTS,
    ),
)
def test_an_event_with_its_alarm(event: Event, alarm: Alarm) -> None:
    inner = icalendar.Alarm()
    inner.add("uid", alarm.uid)
    inner.add("action", "DISPLAY")
    inner.add("description", clean(alarm.text))
    inner.add("trigger", alarm.trigger)
    component = icalendar.Event()
    for name, value in (
        ("uid", event.uid),
        ("dtstamp", event.changed_at),
        ("last-modified", event.changed_at),
        ("sequence", event.sequence),
        ("dtstart", event.first),
        ("dtend", event.last + timedelta(days=1)),
        ("summary", clean(event.summary)),
        ("description", clean(event.description, lines=True)),
        ("categories", [clean(event.category)]),
        ("status", event.status),
        ("transp", "TRANSPARENT"),
        ("x-microsoft-cdo-busystatus", icalendar.vText("FREE")),
    ):
        component.add(name, value)
    if event.url:
        component.add("url", icalendar.vUri(event.url))
    component.add_component(inner)
    assert with_alarms(vevent(event), [alarm]) == component.to_ical()
