"""To which Vendor it was told what somebody was sent, in SQL: as `core.belonging` says, however often they moved."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import product

from sqlalchemy import Connection, Engine, insert, update

from notifier.core.belonging import Parting, stays_with
from notifier.core.notice import NoticeKind, Outcome
from notifier.store import footings, partings, readiness
from notifier.store.engine import writing
from notifier.store.tables import notices, subscribers
from tests.core.lists import a_subscriber
from tests.store.crowd import put
from tests.store.people import JUNE, MAY
from tests.store.test_marks import add_vendors

# Where somebody belonged first, from the second day on and from the fourth: every such life, one a Subscriber.
LIVES = dict(enumerate(product(("a", "b", None), repeat=3), 1))
MOVES = (JUNE + timedelta(days=1), JUNE + timedelta(days=3))
# A reminder before, at and after each move.
SENT = tuple(JUNE + timedelta(days=day) for day in range(5))


def live(connection: Connection) -> None:
    """Let everybody live, and be sent a reminder on each of these days of a Change of their own."""
    add_vendors(connection, "a", "b")
    put(connection, [(a_subscriber(id=person, joined_at=MAY), None) for person in LIVES])
    for number, at in enumerate((MAY, *MOVES)):
        belongs = {person: life[number] for person, life in LIVES.items()}
        partings.part(connection, belongs if number else {}, now=at)
        for person, vendor in belongs.items():
            here = subscribers.c.id == person
            connection.execute(update(subscribers).where(here).values(vendor_id=vendor))
    connection.execute(insert(notices), [_reminder(person, at) for person in LIVES for at in SENT])


def _reminder(person: int, at: datetime) -> dict[str, object]:
    return {
        "subscriber_id": person,
        "deadline": f"c{person}/end",
        "kind": NoticeKind.REMINDER.value,
        "lead": f"{at.day}d",
        "spoken": "2026-12-01",
        "due": at,
        "outcome": Outcome.SENT.value,
        "decided_at": at,
    }


def told(vendor: str) -> Iterator[tuple[str, set[datetime]]]:
    """By Change, what was told to a Vendor in so many lives."""
    for person, life in LIVES.items():
        parted = [
            Parting(vendor=before, until=at)
            for before, after, at in zip(life, life[1:], MOVES, strict=False)
            if before != after
        ]
        stays = tuple(stays_with(vendor, partings=parted, present=life[-1]))
        sent = {at for at in SENT if any(stay.covers(at) for stay in stays)}
        if sent:
            yield f"c{person}", sent


def test_what_was_sent_was_told_to_the_vendor_of_that_time(database: Engine) -> None:
    expected = {vendor: dict(told(vendor)) for vendor in ("a", "b")}
    about = [f"c{person}/end" for person in LIVES]
    with writing(database) as connection:
        live(connection)
        assert footings.reminded_vendors(connection, None, about) == expected
        assert footings.reminded_vendors(connection, ["b"], about) == {"b": expected["b"]}
        last = {key: found.last_at for key, found in readiness.tellings(connection).items()}
    assert last == {(v, f"{c}/end"): max(sent) for v, found in expected.items() for c, sent in found.items()}
