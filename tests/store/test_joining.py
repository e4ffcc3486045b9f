"""Joining, one by one and by the thousand."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, event, select

from notifier.core.cadence import parse_cadence
from notifier.core.subscription import EVERYTHING, SubscriberState, parse_topic
from notifier.core.text import Language
from notifier.errors import ConstraintError
from notifier.store import joining, leaving, subscribers, vendors
from notifier.store.engine import reading, writing
from notifier.store.joining import Added, Joined
from notifier.store.tables import messages, notices
from tests.store.people import JUNE, MAY, a_joiner, join, look_up, message_states, outcomes


def test_who_joins_is_active_with_their_choices(database: Engine) -> None:
    with writing(database) as connection:
        vendors.add(connection, vendors.checked(vendor_id="epj", name="EPJ AS"), now=MAY)
    person = join(
        database, "Kari@EPJ.Example.no", "service:preg", "change:portal",
        cadence=parse_cadence(["30d", "7d"]), language=Language.NN, vendor="epj",
    )  # fmt: skip

    assert look_up(database, "kari@epj.example.no") == person
    assert (person.address, person.state, person.generation) == (
        "Kari@epj.example.no",
        SubscriberState.ACTIVE,
        1,
    )
    assert (str(person.cadence), person.cadence_since, person.vendor) == ("30d 7d", MAY, "epj")
    assert {str(each.topic): each.since for each in person.subscriptions} == {
        "service:preg": MAY,
        "change:portal": MAY,
    }


def test_who_joins_is_owed_one_standing_notice_in_a_message_that_may_leave_at_any_time(
    database: Engine,
) -> None:
    person = join(database)
    with reading(database) as connection:
        message = connection.execute(select(messages)).one()
        notice = connection.execute(select(notices)).one()
    assert (message.subscriber_id, message.state, message.anytime) == (person.id, "pending", True)
    assert message.not_before == message.created_at == message.state_at == MAY
    assert (notice.subscriber_id, notice.message_id, notice.kind) == (person.id, message.id, "standing")
    assert (notice.deadline, notice.revision, notice.due, notice.outcome) == ("", 1, MAY, "owed")


def test_joining_twice_is_once(database: Engine) -> None:
    first = join(database, "kari@epj.example.no")
    with writing(database) as connection:
        twice = a_joiner(" KARI@EPJ.example.no ", language=Language.EN, basis="again")
        added = joining.add(connection, twice, now=JUNE)
    assert added == Added(subscriber_id=first.id, address="KARI@epj.example.no", joined=Joined.ALREADY)
    assert look_up(database) == first
    assert len(message_states(database)) == 1


def test_who_left_may_join_again_and_starts_afresh(database: Engine) -> None:
    first = join(database, "kari@epj.example.no", "service:preg", cadence=parse_cadence(["7d"]))
    with writing(database) as connection:
        leaving.leave(connection, subscriber_id=first.id, why="unsubscribed", now=MAY)
        again = joining.add_many(connection, [a_joiner("kari@epj.example.no")], now=JUNE, again=True)
    person = look_up(database)

    assert again == (Added(subscriber_id=first.id, address="kari@epj.example.no", joined=Joined.AGAIN),)
    assert (person.generation, person.joined_at, person.cadence) == (2, JUNE, None)
    assert [str(each.topic) for each in person.subscriptions] == ["everything"]
    assert message_states(database) == ["cancelled", "pending"]
    assert outcomes(database) == ["left", "owed"]


def test_who_left_stays_away_unless_they_asked_again(database: Engine) -> None:
    first = join(database)
    with writing(database) as connection:
        leaving.leave(connection, subscriber_id=first.id, why="one-click", now=MAY)
    left = look_up(database)
    with writing(database) as connection:
        added = joining.add_many(connection, [a_joiner("KARI@epj.example.no", "service:preg")], now=JUNE)
        assert [each.joined for each in added] == [Joined.LEFT]
        assert subscribers.left_among(connection, ["KARI@epj.example.no"]) == {left.address: MAY}
    assert look_up(database) == left
    assert message_states(database) == ["cancelled"]


def test_who_is_suspended_is_not_taken_in_by_the_back_door(database: Engine) -> None:
    person = join(database)
    with writing(database) as connection:
        leaving.suspend(connection, subscriber_id=person.id, why="the address does not exist", now=MAY)
        added = joining.add_many(connection, [a_joiner()], now=JUNE)
    assert added[0].joined is Joined.SUSPENDED
    assert look_up(database).state is SubscriberState.SUSPENDED
    assert message_states(database) == ["cancelled"]


def test_an_import_of_thousands_takes_few_statements_and_each_joins_once(database: Engine) -> None:
    known = join(database, "person7@epj.example.no")
    people = [a_joiner(f"person{number}@epj.example.no") for number in range(2_500)]
    twice = a_joiner("PERSON9@epj.example.no", "service:preg")
    statements = []
    event.listen(database, "before_cursor_execute", lambda *call: statements.append(call[2]))

    with writing(database) as connection:
        added = joining.add_many(connection, [*people, twice], now=JUNE)

    assert [each.joined for each in added].count(Joined.NEW) == 2_499
    assert added[7] == Added(subscriber_id=known.id, address=known.address, joined=Joined.ALREADY)
    assert len(statements) < 100
    assert message_states(database) == ["pending"] * 2_500
    with reading(database) as connection:
        everybody = subscribers.listing(connection)
    assert len({person.public_id for person in everybody}) == 2_500
    assert all(person.subscriptions[0].topic == EVERYTHING for person in everybody)


def test_an_import_with_one_bad_row_is_no_import(database: Engine) -> None:
    people = [a_joiner("kari@epj.example.no"), a_joiner("not an address")]
    with pytest.raises(ValueError, match="“not an address” is not an e-mail address"):
        join_all(database, people)
    with pytest.raises(ConstraintError):
        join_all(database, [a_joiner("ola@epj.example.no", vendor="unknown")])
    with reading(database) as connection:
        assert subscribers.listing(connection) == ()


def join_all(database: Engine, people: list[joining.Joiner]) -> None:
    with writing(database) as connection:
        joining.add_many(connection, people, now=MAY)


def test_a_topic_named_twice_is_followed_once(database: Engine) -> None:
    person = join(database, "kari@epj.example.no", "service:preg", "service:preg")
    assert [each.topic for each in person.subscriptions] == [parse_topic("service:preg")]
