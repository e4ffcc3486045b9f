"""A private calendar's token: unguessable, known by its hash alone, replaced by the next one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine, select

from notifier.core.subscription import parse_topic
from notifier.core.text import Language
from notifier.store import calendars, leaving, subscribers
from notifier.store.calendars import GONE, Holder
from notifier.store.engine import reading, writing
from notifier.store.tables import calendars as calendars_table
from tests.store.people import JUNE, MAY, join


def new_token(database: Engine, subscriber_id: int, now: datetime = MAY) -> str:
    with writing(database) as connection:
        return calendars.new_token(connection, subscriber_id, now)


def look_up(database: Engine, token: str) -> object:
    with reading(database) as connection:
        return calendars.subscriber_of(connection, token)


def test_a_token_leads_to_its_subscriber_and_what_they_follow(database: Engine) -> None:
    kari = join(database, "kari@epj.example.no", "service:helseid")
    ola = join(database, "ola@epj.example.no")
    assert look_up(database, new_token(database, kari.id)) == Holder(subscriber=kari, since=MAY)
    assert look_up(database, new_token(database, ola.id)) == Holder(subscriber=ola, since=MAY)


def test_a_token_is_long_and_only_its_hash_is_stored(database: Engine) -> None:
    token = new_token(database, join(database).id)
    assert len(token) >= 40
    with reading(database) as connection:
        (row,) = connection.execute(select(calendars_table)).all()
    assert token not in str(row)


def test_a_new_token_ends_the_one_before(database: Engine) -> None:
    kari = join(database)
    first, second = new_token(database, kari.id), new_token(database, kari.id, JUNE)
    assert look_up(database, first) is GONE
    assert isinstance(look_up(database, second), Holder)


def test_a_token_that_never_was_is_not_known(database: Engine) -> None:
    join(database)
    for token in ("", "x", "å" * 40, "0" * 43):
        assert look_up(database, token) is None


def test_who_left_or_is_forgotten_has_no_calendar_and_who_is_suspended_has(database: Engine) -> None:
    kari = join(database)
    token = new_token(database, kari.id)
    with writing(database) as connection:
        leaving.suspend(connection, subscriber_id=kari.id, why="bounced", now=JUNE)
    assert isinstance(look_up(database, token), Holder)
    with writing(database) as connection:
        leaving.leave(connection, subscriber_id=kari.id, why="one-click", now=JUNE)
    assert look_up(database, token) is GONE
    with writing(database) as connection:
        leaving.erase(connection, subscriber_id=kari.id, now=JUNE)
    assert look_up(database, token) is GONE


def test_who_comes_back_has_their_calendar_again_as_of_then(database: Engine) -> None:
    kari = join(database)
    token = new_token(database, kari.id)
    with writing(database) as connection:
        leaving.leave(connection, subscriber_id=kari.id, why="one-click", now=MAY)
    back = join(database, now=JUNE)
    assert look_up(database, token) == Holder(subscriber=back, since=JUNE)


def test_choosing_anew_counts_as_a_change_of_the_calendar(database: Engine) -> None:
    kari = join(database)
    token = new_token(database, kari.id)
    with writing(database) as connection:
        subscribers.set_choices(
            connection,
            kari.id,
            language=Language.NN,
            topics=[parse_topic("service:preg")],
            cadence=None,
            vendor=None,
            now=JUNE,
        )
    found = look_up(database, token)
    assert isinstance(found, Holder)
    assert (found.since, found.subscriber.language) == (JUNE, Language.NN)


def test_the_calendar_is_part_of_what_is_stored_about_a_person(database: Engine) -> None:
    kari = join(database)
    new_token(database, kari.id)
    with reading(database) as connection:
        (row,) = leaving.export(connection, kari.id)["calendars"]
    assert row["created_at"] == MAY.isoformat()
