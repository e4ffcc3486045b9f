"""Bounces in the database: noted once, scored once a day, forgiven by success, ending in a suspension."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, select, update

from notifier.core.bounce import Weight
from notifier.core.subscription import SubscriberState
from notifier.store import alerts, bounces, leaving, messages, vendors
from notifier.store.bounces import Bounced
from notifier.store.engine import reading, writing
from notifier.store.tables import messages as rows
from notifier.store.tables import subscribers
from notifier.store.vendors import Vendor
from tests.store.people import JUNE, MAY, join, look_up, outcomes

DAY = timedelta(days=1)
GONE = "5.1.1 no such mailbox"


def sent(engine: Engine, message_id: int = 1, at: datetime = JUNE) -> None:
    """The next hop took it."""
    with writing(engine) as connection:
        values = {"state": "sent", "copies": 1, "state_at": at}
        connection.execute(update(rows).where(rows.c.id == message_id).values(values))


def noted(engine: Engine, message_id: int = 1, *, now: datetime = JUNE + DAY) -> Bounced | None:
    with writing(engine) as connection:
        return bounces.note(
            connection, message_id=message_id, moves=0, weight=Weight.HARD, words=GONE, now=now
        )


def held(
    engine: Engine, *ids: int, weight: Weight = Weight.HARD, now: datetime = JUNE, limit: int = 6
) -> None:
    bounced = [Bounced(subscriber_id=each, moves=0, weight=weight) for each in ids]
    with writing(engine) as connection:
        bounces.hold_against(connection, bounced, limit=limit, words=GONE, now=now)


def points(engine: Engine) -> list[int]:
    with reading(engine) as connection:
        return list(connection.scalars(select(subscribers.c.score).order_by(subscribers.c.id)))


def open_alerts(engine: Engine) -> dict[str, str]:
    with reading(engine) as connection:
        return {alert.key: alert.text for alert in alerts.open_alerts(connection)}


def test_a_message_bounces_once_however_often_it_is_reported(database: Engine) -> None:
    person = join(database)
    sent(database)
    assert noted(database) == Bounced(subscriber_id=person.id, moves=0, weight=Weight.HARD)
    assert noted(database) is None
    assert noted(database, now=JUNE + 3 * DAY) is None
    with reading(database) as connection:
        (attempt,) = messages.attempts_of(connection, 1)
    assert (attempt.phase, attempt.fault, attempt.reply) == ("bounce", "hard", GONE)


@pytest.mark.parametrize(
    ("message_id", "at", "now"),
    [
        (99, JUNE, JUNE + DAY),
        (1, JUNE, JUNE + 15 * DAY),
        (1, MAY - DAY, JUNE),
        (1, JUNE + 2 * DAY, JUNE),
    ],
)
def test_reports_of_nothing_of_long_ago_and_of_the_time_before_are_not_heard(
    database: Engine, message_id: int, at: datetime, now: datetime
) -> None:
    join(database)
    sent(database, at=at)
    assert noted(database, message_id, now=now) is None


def test_what_was_never_transmitted_cannot_bounce(database: Engine) -> None:
    join(database)
    assert noted(database) is None


def test_points_are_held_against_an_address_once_a_day(database: Engine) -> None:
    first, second = join(database), join(database, "ola@epj.example.no")
    held(database, first.id, now=JUNE)
    held(database, first.id, second.id, weight=Weight.SOFT, now=JUNE + timedelta(hours=23))
    assert points(database) == [2, 1]
    held(database, first.id, weight=Weight.SOFT, now=JUNE + DAY)
    assert points(database) == [3, 1]


def test_enough_points_suspend_with_the_reason_and_an_alert(database: Engine) -> None:
    person = join(database)
    for day in range(3):
        held(database, person.id, now=JUNE + day * DAY)
    with reading(database) as connection:
        row = connection.execute(select(subscribers)).one()
    assert (row.state, row.ended_why) == ("suspended", f"mail to the address came back: {GONE}")
    assert outcomes(database) == ["suspended"]
    told = open_alerts(database)[f"suspended:{person.id}"]
    assert "--resume" in told
    assert person.address not in told


def test_whoever_is_resumed_begins_anew(database: Engine) -> None:
    person = join(database)
    for day in range(3):
        held(database, person.id, now=JUNE + day * DAY)
    with writing(database) as connection:
        leaving.resume(connection, subscriber_id=person.id, now=JUNE + 3 * DAY)
    held(database, person.id, now=JUNE + 4 * DAY)
    assert look_up(database).state is SubscriberState.ACTIVE
    assert points(database) == [2]


def test_a_message_that_stays_takes_all_points_away(database: Engine) -> None:
    person = join(database)
    held(database, person.id, now=JUNE)
    sent(database, at=JUNE + DAY)
    with writing(database) as connection:
        assert bounces.forgive(connection, now=JUNE + 6 * DAY) == 0
        assert bounces.forgive(connection, now=JUNE + 7 * DAY) == 1
        assert bounces.forgive(connection, now=JUNE + 8 * DAY) == 0
    assert points(database) == [0]


def test_a_message_that_came_back_takes_no_points_away(database: Engine) -> None:
    person = join(database)
    held(database, person.id, now=JUNE)
    sent(database, at=JUNE + timedelta(hours=1))
    noted(database, now=JUNE + timedelta(hours=2))
    with writing(database) as connection:
        assert bounces.forgive(connection, now=JUNE + 30 * DAY) == 0


def test_when_a_vendors_last_contact_bounces_out_operators_are_told(database: Engine) -> None:
    with writing(database) as connection:
        vendors.add(connection, Vendor(id="epj", name="EPJ AS"), now=MAY)
    first = join(database, vendor="epj")
    second = join(database, "ola@epj.example.no", vendor="epj")
    held(database, first.id, limit=1)
    assert "contactless:epj" not in open_alerts(database)
    held(database, second.id, limit=1)
    assert "The vendor epj has nobody left" in open_alerts(database)["contactless:epj"]


def test_nothing_is_held_against_whoever_left(database: Engine) -> None:
    person = join(database)
    with writing(database) as connection:
        leaving.leave(connection, subscriber_id=person.id, why="one-click", now=JUNE)
    held(database, person.id)
    assert points(database) == [0]
    assert open_alerts(database) == {}
