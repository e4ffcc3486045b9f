"""Calendar files in mails: with news of a date and only then, as the feed tells it, and proven to read back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from email.message import EmailMessage

import icalendar
import pytest
from ical.calendar_stream import IcsCalendarStream

from notifier.compose.attachments import Attachment
from notifier.compose.mime import AlteredMailError, assemble, verify
from notifier.core.change import Change, Status
from notifier.core.diff import Difference, DifferenceKind
from notifier.core.history import Entry
from notifier.core.notice import NoticeKind
from notifier.core.text import Language
from notifier.core.when import parse_when
from notifier.feeds.feed import Feed
from notifier.feeds.ical import calendar
from tests.compose.mails import (
    LETTERHEAD,
    LINKS,
    a_notice,
    composed,
    listed,
    old_login,
    one_line,
    parsed,
    text_of,
)
from tests.core.lists import TIMING, a_deadline, oslo

KEY = "gammel-innlogging/end"
UID = "gammel-innlogging.end@varsler-for-e-helse"


def moved(*written: str) -> Mapping[str, Sequence[Entry]]:
    """The history of a date that took these values, one after the other."""
    whens = [parse_when(each) for each in written]
    entries = [
        Entry(
            difference=Difference(
                deadline=KEY,
                kind=DifferenceKind.MOVED if old else DifferenceKind.ADDED,
                old=old,
                new=new,
                status=None,
            ),
            revision=number,
            at=oslo(f"2026-11-1{number}"),
            news=old is not None,
        )
        for number, (old, new) in enumerate(zip([None, *whens], whens, strict=False), 1)
    ]
    return {KEY: tuple(entries)}


def files(
    kind: NoticeKind, *, change: Change | None = None, history: Mapping[str, Sequence[Entry]] | None = None
) -> list[EmailMessage]:
    mail = composed(
        a_notice(kind, "" if kind is NoticeKind.STANDING else KEY, old=parse_when("2026-11-01")),
        changes=listed(change or old_login()),
        history=history,
    )
    return [part for part in parsed(mail).walk() if part.get_content_type() == "text/calendar"]


def ended(status: Status) -> Change:
    change = old_login()
    return replace(change, deadlines=tuple(replace(each, status=status) for each in change.deadlines))


@pytest.mark.parametrize("kind", NoticeKind)
def test_only_what_announces_or_alters_a_date_brings_one(kind: NoticeKind) -> None:
    status = {NoticeKind.WITHDRAWN: Status.WITHDRAWN, NoticeKind.COMPLETED: Status.COMPLETED}.get(kind)
    brings = kind in ("announced", "dated", "confirmed", "moved", "withdrawn")
    assert len(files(kind, change=ended(status) if status else None, history=moved("2026-12-01"))) == int(
        brings
    )


def test_the_file_is_the_feed_s_own_event_with_an_organizer() -> None:
    history = moved("2026-11-01", "2026-12-01")
    changes = listed(old_login())
    (part,) = files(NoticeKind.MOVED, history=history)
    body = part.get_payload(decode=True)
    assert isinstance(body, bytes)
    (event,) = icalendar.Calendar.from_ical(body).walk("VEVENT")
    assert (event["UID"], event["SEQUENCE"], event["DTSTART"].dt) == (UID, 1, date(2026, 12, 1))
    assert event["ORGANIZER"] == f"mailto:{LETTERHEAD.sender}"
    assert event["ORGANIZER"].params["CN"] == LETTERHEAD.publisher
    feed = Feed(
        language=Language.NB,
        zone=TIMING.zone,
        publisher=LETTERHEAD.publisher,
        contact=LETTERHEAD.contact,
        page_url=LINKS.page(Language.NB),
        feed_url=LINKS.calendar(Language.NB),
    )
    published = calendar(changes=changes, history=history, today=date(2026, 11, 24), feed=feed)
    lines = [
        line for line in body.split(b"\r\n") if not line.startswith((b"ORGANIZER", b" :mailto", b"METHOD"))
    ]
    inside = b"\r\n".join(lines).partition(b"BEGIN:VEVENT")[2]
    assert inside in published


@pytest.mark.parametrize(
    ("kind", "change", "history", "method", "status"),
    [
        (NoticeKind.ANNOUNCED, old_login(), moved("2026-12-01"), "PUBLISH", "CONFIRMED"),
        (NoticeKind.WITHDRAWN, ended(Status.WITHDRAWN), moved("2026-12-01"), "CANCEL", "CANCELLED"),
        (NoticeKind.MOVED, old_login(a_deadline("tba")), moved("2026-12-01", "tba"), "CANCEL", "CANCELLED"),
    ],
)
def test_the_method_stands_in_both_places(
    kind: NoticeKind, change: Change, history: Mapping[str, Sequence[Entry]], method: str, status: str
) -> None:
    (part,) = files(kind, change=change, history=history)
    assert part.get_param("method") == method
    assert part.get_content_charset() == "utf-8"
    assert (part.get_content_disposition(), part.get_filename()) == ("attachment", "gammel-innlogging.ics")
    body = part.get_payload(decode=True)
    assert isinstance(body, bytes)
    assert f"\r\nMETHOD:{method}\r\n".encode() in body
    (event,) = IcsCalendarStream.calendar_from_ics(body.decode()).events
    assert (event.uid, str(event.status.value)) == (UID, status)


def test_one_file_a_change_and_none_without_a_day() -> None:
    other = replace(old_login(), id="annet")
    mail = composed(
        a_notice(NoticeKind.ANNOUNCED),
        a_notice(NoticeKind.ANNOUNCED, "annet/end"),
        changes=listed(old_login(), other),
    )
    names = [
        part.get_filename() for part in parsed(mail).walk() if part.get_content_type() == "text/calendar"
    ]
    assert names == ["gammel-innlogging.ics", "annet.ics"]
    assert files(NoticeKind.ANNOUNCED, change=old_login(a_deadline("tba"))) == []


def test_the_text_says_that_a_copy_does_not_follow() -> None:
    told = "An imported copy does not follow later changes"
    assert told in one_line(text_of(composed(a_notice(NoticeKind.ANNOUNCED), language=Language.EN)))
    assert told not in one_line(text_of(composed(a_notice(NoticeKind.REMINDER), language=Language.EN)))


def test_mail_programs_still_find_the_text_and_the_page() -> None:
    mail = parsed(composed(a_notice(NoticeKind.ANNOUNCED)))
    assert mail.get_content_type() == "multipart/mixed"
    assert [part.get_content_type() for part in mail.iter_parts()] == [
        "multipart/alternative",
        "text/calendar",
    ]
    plain, page = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert page is not None
    assert "Kjernejournal" in plain.get_content()


@pytest.mark.parametrize("name", ['NHN "varsler"', "a,b;c:d", "x\\ny", "å" * 90])
def test_no_name_breaks_the_organizer(name: str) -> None:
    mail = composed(a_notice(NoticeKind.ANNOUNCED), letterhead=replace(LETTERHEAD, publisher=name))
    (part,) = [part for part in parsed(mail).walk() if part.get_content_type() == "text/calendar"]
    body = part.get_payload(decode=True)
    assert isinstance(body, bytes)
    assert max(map(len, body.split(b"\r\n"))) <= 75
    (event,) = icalendar.Calendar.from_ical(body).walk("VEVENT")
    assert event["ORGANIZER"] == f"mailto:{LETTERHEAD.sender}"
    assert len(IcsCalendarStream.calendar_from_ics(body.decode()).events) == 1


def test_a_file_that_reads_back_otherwise_keeps_the_mail_from_leaving() -> None:
    headers = [("Subject", "Hei")]
    body = b"BEGIN:VCALENDAR\r\nMETHOD:PUBLISH\r\nEND:VCALENDAR\r\n"
    file = Attachment(filename="x.ics", method="PUBLISH", body=body)
    words = {"text": "Hei\n", "html": "<p>Hei</p>"}
    data = assemble(headers=headers, attachments=[file], **words)
    verify(data, headers=headers, attachments=[file], **words)
    for broken, meant in (
        (data.replace(b"method=PUBLISH", b"method=REQUEST"), [file]),
        (data.replace(b"x.ics", b"y.ics"), [file]),
        (data, [replace(file, body=body + b" ")]),
        (data, [replace(file, method="CANCEL")]),
        (data, []),
        (data, [file, file]),
    ):
        with pytest.raises(AlteredMailError):
            verify(broken, headers=headers, attachments=meant, **words)
