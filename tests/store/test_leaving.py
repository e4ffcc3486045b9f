"""Leaving, suspension, erasure, and the export of what is stored."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import Connection, Engine, insert, select, text

from notifier.core.message import MessageState
from notifier.core.subscription import SubscriberState
from notifier.store import joining, leaving
from notifier.store.engine import reading, writing
from notifier.store.joining import Joined
from notifier.store.tables import attempts, messages, metadata, subscribers
from tests.store.people import JUNE, MAY, a_joiner, join, look_up, message_states, outcomes, put_messages_in


@pytest.mark.parametrize("state", [MessageState.PENDING, MessageState.CLAIMED])
def test_who_leaves_is_sent_nothing_more(database: Engine, state: MessageState) -> None:
    person, other = join(database), join(database, "ola@epj.example.no")
    with writing(database) as connection:
        put_messages_in(connection, state)
        assert leaving.leave(connection, public_id=person.public_id, why="one-click", now=JUNE)
        row = connection.execute(select(subscribers).where(subscribers.c.id == person.id)).one()
        owner = connection.scalar(select(messages.c.owner).where(messages.c.state == "cancelled"))
    assert (row.state, row.ended_at, row.ended_why) == ("left", JUNE, "one-click")
    assert message_states(database) == ["cancelled", state]
    assert outcomes(database) == ["left", "owed"]
    assert owner is None
    assert look_up(database, other.address).state is SubscriberState.ACTIVE


def test_a_message_on_the_wire_is_let_through(database: Engine) -> None:
    person = join(database)
    with writing(database) as connection:
        put_messages_in(connection, MessageState.TRANSMITTING)
        leaving.leave(connection, subscriber_id=person.id, why="unsubscribed", now=JUNE)
    assert message_states(database) == ["transmitting"]
    assert outcomes(database) == ["owed"]


def test_leaving_twice_is_leaving_once(database: Engine) -> None:
    person = join(database)
    with writing(database) as connection:
        assert leaving.leave(connection, subscriber_id=person.id, why="unsubscribed", now=MAY)
        assert not leaving.leave(connection, subscriber_id=person.id, why="again", now=JUNE)
        assert not leaving.leave(connection, public_id="nobody", why="unsubscribed", now=JUNE)
        assert connection.scalar(select(subscribers.c.ended_at)) == MAY


def test_a_suspended_subscriber_is_told_nothing_until_resumed(database: Engine) -> None:
    person = join(database)
    with writing(database) as connection:
        assert leaving.suspend(connection, subscriber_id=person.id, why="no such mailbox", now=JUNE)
        assert not leaving.suspend(connection, subscriber_id=person.id, why="again", now=JUNE)
    assert look_up(database).state is SubscriberState.SUSPENDED
    assert message_states(database) == ["cancelled"]
    assert outcomes(database) == ["suspended"]
    with writing(database) as connection:
        assert leaving.resume(connection, subscriber_id=person.id)
        assert not leaving.resume(connection, subscriber_id=person.id)
    assert look_up(database) == person
    assert message_states(database) == ["cancelled"]


def test_who_left_is_not_resumed_as_if_suspended(database: Engine) -> None:
    person = join(database)
    with writing(database) as connection:
        leaving.leave(connection, subscriber_id=person.id, why="unsubscribed", now=MAY)
        assert not leaving.resume(connection, subscriber_id=person.id)
        assert not leaving.suspend(connection, subscriber_id=person.id, why="bounces", now=MAY)


def test_who_is_erased_is_found_in_no_table(database: Engine) -> None:
    person = join(database, "kari.nordmann@epj.example.no", basis="told kari.nordmann by phone")
    with writing(database) as connection:
        record_a_reply(connection, "550 5.1.1 <kari.nordmann@epj.example.no> unknown")
        assert leaving.erase(connection, subscriber_id=person.id, now=JUNE)
        assert not leaving.erase(connection, subscriber_id=person.id, now=JUNE)
    with reading(database) as connection:
        everything = "".join(str(connection.execute(select(table)).all()) for table in metadata.sorted_tables)
        state = connection.scalar(select(subscribers.c.state))
    assert "nordmann" not in everything
    assert person.public_id not in everything
    assert state == "erased"
    assert outcomes(database) == ["left"]


def test_the_same_address_may_join_again_after_erasure_as_a_stranger(database: Engine) -> None:
    person = join(database)
    with writing(database) as connection:
        leaving.erase(connection, subscriber_id=person.id, now=MAY)
        added = joining.add_many(connection, [a_joiner()], now=JUNE)
    assert added[0].joined is Joined.NEW
    assert added[0].subscriber_id != person.id


def test_an_export_holds_everything_about_one_person_and_nothing_about_others(database: Engine) -> None:
    person, _ = join(database), join(database, "ola@epj.example.no")
    with writing(database) as connection:
        record_a_reply(connection, "451 try later")
        found = leaving.export(connection, person.id)
    written = json.dumps(found)
    assert {name: len(rows) for name, rows in found.items()} == {
        "subscriber": 1,
        "subscriptions": 1,
        "notices": 1,
        "messages": 1,
        "attempts": 1,
        "asks": 0,
    }
    assert found["subscriber"][0]["joined_at"] == MAY.isoformat()
    assert "451 try later" in written
    assert "ola@" not in written


def record_a_reply(connection: Connection, reply: str) -> None:
    """As recording a Verdict of the first Message would."""
    row = {"message_id": 1, "at": MAY, "phase": "rcpt", "fault": "address", "code": 550, "reply": reply}
    connection.execute(insert(attempts).values(row))
    connection.execute(text("UPDATE messages SET last_reply = :reply WHERE id = 1"), {"reply": reply})
