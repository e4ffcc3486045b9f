"""Leaving and suspension."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, select

from notifier.core.message import MessageState
from notifier.core.subscription import SubscriberState
from notifier.store import leaving
from notifier.store.engine import writing
from notifier.store.tables import messages, subscribers
from tests.store.people import JUNE, MAY, join, look_up, message_states, outcomes, put_messages_in


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
        assert leaving.resume(connection, subscriber_id=person.id, now=JUNE)
        assert not leaving.resume(connection, subscriber_id=person.id, now=JUNE)
    assert look_up(database) == person
    assert message_states(database) == ["cancelled"]
    assert outcomes(database) == ["suspended", "owed"]


def test_who_left_is_not_resumed_as_if_suspended(database: Engine) -> None:
    person = join(database)
    with writing(database) as connection:
        leaving.leave(connection, subscriber_id=person.id, why="unsubscribed", now=MAY)
        assert not leaving.resume(connection, subscriber_id=person.id, now=JUNE)
        assert not leaving.suspend(connection, subscriber_id=person.id, why="bounces", now=MAY)
