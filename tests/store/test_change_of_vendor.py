"""Whoever changes Vendor keeps a calendar that programs take in, though its events tell what another Party answered."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise

import icalendar
from sqlalchemy import Connection, Engine

from notifier.core.answer import AnswerKind, Party
from notifier.core.holder import Holder
from notifier.core.subscription import EVERYTHING, Followed, Subscriber
from notifier.core.text import Language
from notifier.feeds.ical import joined
from notifier.feeds.sheet import sheet_of
from notifier.store import calendars, changes, choices, joining, leaving
from notifier.store.engine import writing
from tests.core.lists import TIMING, a_list
from tests.feeds.lists import feed
from tests.store.people import JUNE, MAY, a_joiner, join
from tests.store.test_imprints import publish
from tests.store.test_marks import AUGUST, DAY, add_vendors, say, see

HOUR = timedelta(hours=1)


def shown(connection: Connection, person: Subscriber) -> tuple[int, datetime]:
    """SEQUENCE and LAST-MODIFIED of the one event in somebody's calendar."""
    asked = [(person.public_id, person.calendar_serial)]
    (holder,) = calendars.holders_of(connection, asked, timing=TIMING)
    current = changes.in_force(connection)
    assert isinstance(holder, Holder)
    assert current
    sheet = sheet_of(
        changes=current.changes,
        history=changes.history(connection),
        today=date(2026, 8, 3),
        feed=feed(holder.language),
        retold=holder.retold,
        marks=holder.marks,
    )
    found = icalendar.Calendar.from_ical(joined(sheet, feed=feed(holder.language)).body).walk("VEVENT")
    (event,) = [each for each in found if "answer.planned" not in each["UID"]]
    return event["SEQUENCE"], event["LAST-MODIFIED"].dt


def choose(connection: Connection, person: Subscriber, vendor: str | None, *, now: datetime) -> None:
    choices.put(
        connection,
        person.id,
        language=Language.NB,
        followed=Followed((EVERYTHING,)),
        cadence=None,
        vendor=vendor,
        now=now,
    )


def answer_thrice(connection: Connection, party: Party) -> None:
    for number, kind in enumerate([AnswerKind.NEED_HELP, AnswerKind.PLANNED, AnswerKind.DONE]):
        say(connection, kind, now=JUNE + number * DAY, party=party)


def test_whoever_changes_vendor_to_and_fro_sees_sequence_and_stamp_rise_each_time(database: Engine) -> None:
    person = join(database)
    publish(database, a_list(), now=MAY)
    with writing(database) as connection:
        add_vendors(connection, "blabaer", "tyttebaer")
        answer_thrice(connection, Party(subscriber_id=person.id))
        answer_thrice(connection, Party(vendor="blabaer"))
        see(connection, 9, date(2026, 6, 20), now=JUNE + 25 * DAY)
    publish(database, a_list("2027-12-01", revision=2), now=JUNE + 30 * DAY)
    with writing(database) as connection:
        seen = [shown(connection, person)]
        for number, vendor in enumerate(["blabaer", "tyttebaer", "blabaer", None, "blabaer", None]):
            choose(connection, person, vendor, now=AUGUST + number * HOUR)
            seen.append(shown(connection, person))
    for (sequence, stamp), (then, stamp_then) in pairwise(seen):
        assert then > sequence
        assert stamp_then > stamp


def test_choosing_again_what_was_chosen_changes_no_event(database: Engine) -> None:
    person = join(database)
    publish(database, a_list(), now=MAY)
    with writing(database) as connection:
        add_vendors(connection, "blabaer")
        choose(connection, person, "blabaer", now=JUNE)
        before = shown(connection, person)
        choose(connection, person, "blabaer", now=AUGUST)
        assert shown(connection, person) == before


def test_whoever_left_and_comes_back_for_a_vendor_sees_them_rise_too(database: Engine) -> None:
    kari, ola = (join(database, f"{name}@epj.example.no") for name in ("kari", "ola"))
    publish(database, a_list(), now=MAY)
    with writing(database) as connection:
        add_vendors(connection, "blabaer")
        answer_thrice(connection, Party(subscriber_id=kari.id))
        before = [shown(connection, person) for person in (kari, ola)]
        for person in (kari, ola):
            leaving.leave(connection, subscriber_id=person.id, why="one-click", now=JUNE + 5 * DAY)
        joiners = [a_joiner("kari@epj.example.no", vendor="blabaer"), a_joiner("ola@epj.example.no")]
        joining.add_many(connection, joiners, now=AUGUST, again=True)
        after = [shown(connection, person) for person in (kari, ola)]
    for (sequence, stamp), (then, stamp_then) in zip(before, after, strict=True):
        assert then > sequence
        assert stamp_then > stamp
