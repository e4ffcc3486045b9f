"""Asking, confirming and denying: what each leaves behind, whoever was asked for."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from notifier.consent.access import request_access
from notifier.consent.asking import ask
from notifier.consent.confirming import Confirmed, Denied, confirm, deny
from notifier.core.caps import Entrance
from notifier.core.letter import Ask
from notifier.core.pseudonym import Pseudonyms
from notifier.core.retention import DEFAULT_RETENTION
from notifier.core.subscription import EVERYTHING, Addressee, SubscriberState, parse_topic
from notifier.core.text import Language
from notifier.jobs.prune import prune
from notifier.store import asks, leaving, subscribers
from notifier.store.engine import reading, writing
from notifier.store.tables import messages, metadata
from tests.store.people import JUNE, MAY, join, look_up, outcomes

KARI = "kari@epj.example.no"
PSEUDONYMS = Pseudonyms(("key",))
NEXT_DAY = MAY + timedelta(days=1)


def asked(database: Engine, address: str = KARI, *follows: str, now=MAY, client: str = "192.0.2.1") -> None:
    ask(
        engine=database, pseudonyms=PSEUDONYMS, address=address, language=Language.NN,
        topics=[parse_topic(text) for text in follows], entrance=Entrance.PAGE, client=client, now=now,
    )  # fmt: skip


def wish(database: Engine, address: str = KARI) -> Ask:
    with reading(database) as connection:
        found = asks.of_subscriber(connection, look_up(database, address).id)
    assert found is not None
    return found


def letters(database: Engine) -> list[str | None]:
    with reading(database) as connection:
        return list(connection.scalars(select(messages.c.letter).order_by(messages.c.id)))


def confirmed(database: Engine, nonce: str, now=MAY, address: str = KARI) -> Confirmed:
    return confirm(engine=database, addressee=look_up(database, address).addressee, nonce=nonce, now=now)


def denied(database: Engine, addressee: Addressee) -> Denied:
    return deny(engine=database, pseudonyms=PSEUDONYMS, addressee=addressee, now=MAY)


def test_who_is_asked_for_is_pending_and_is_sent_one_confirmation(database: Engine) -> None:
    asked(database, KARI, "service:preg")
    assert look_up(database).state is SubscriberState.PENDING
    assert wish(database).topics == (parse_topic("service:preg"),)
    assert letters(database) == ["confirmation"]
    assert outcomes(database) == []


def test_who_confirms_is_subscribed_as_they_wished_and_told_where_they_stand(database: Engine) -> None:
    asked(database, KARI, "service:preg")
    assert confirmed(database, wish(database).nonce, NEXT_DAY) is Confirmed.NOW
    person = look_up(database)
    assert (person.state, person.language, person.joined_at) == (
        SubscriberState.ACTIVE,
        Language.NN,
        NEXT_DAY,
    )
    assert [each.topic for each in person.subscriptions] == [parse_topic("service:preg")]
    assert letters(database) == ["confirmation", None]
    assert outcomes(database) == ["owed"]


def test_confirming_twice_is_confirming_once(database: Engine) -> None:
    asked(database)
    nonce = wish(database).nonce
    assert confirmed(database, nonce) is Confirmed.NOW
    first = look_up(database)
    assert confirmed(database, nonce) is Confirmed.BEFORE
    assert look_up(database) == first


@pytest.mark.parametrize(
    ("hours", "expected"), [(71, Confirmed.NOW), (72, Confirmed.STALE), (1000, Confirmed.STALE)]
)
def test_a_confirmation_can_be_answered_for_72_hours(
    database: Engine, hours: int, expected: Confirmed
) -> None:
    asked(database)
    later = MAY + timedelta(hours=hours)
    assert confirmed(database, wish(database).nonce, later) is expected


def test_an_old_link_is_useless_after_leaving(database: Engine) -> None:
    asked(database)
    nonce = wish(database).nonce
    confirmed(database, nonce)
    with writing(database) as connection:
        leaving.leave(connection, subscriber_id=look_up(database).id, why="one-click", now=MAY)
    assert confirmed(database, nonce) is Confirmed.STALE
    assert look_up(database).state is SubscriberState.LEFT


def test_who_left_and_asks_again_comes_back_only_by_confirming(database: Engine) -> None:
    person = join(database)
    with writing(database) as connection:
        leaving.leave(connection, subscriber_id=person.id, why="one-click", now=MAY)
    asked(database, now=JUNE)
    assert look_up(database).state is SubscriberState.LEFT
    assert confirmed(database, wish(database).nonce, JUNE) is Confirmed.NOW
    assert look_up(database).generation == 2


def test_a_newer_confirmation_takes_the_place_of_the_one_before(database: Engine) -> None:
    asked(database)
    before = wish(database).nonce
    asked(database, now=NEXT_DAY)
    assert confirmed(database, before, NEXT_DAY) is Confirmed.STALE
    assert confirmed(database, wish(database).nonce, NEXT_DAY) is Confirmed.NOW


def test_asking_again_on_the_same_day_changes_nothing(database: Engine) -> None:
    asked(database)
    before = wish(database)
    asked(database, "KARI+tag@epj.example.no", "service:preg")
    asked(database, KARI, "service:preg", client="198.51.100.7")
    assert wish(database) == before
    assert letters(database) == ["confirmation"]


def test_who_subscribes_already_is_told_so_and_nothing_else_happens(database: Engine) -> None:
    person = join(database)
    asked(database, KARI, "service:preg")
    assert look_up(database) == person
    assert letters(database) == [None, "already"]


def test_nothing_leaves_to_whoever_is_suspended(database: Engine) -> None:
    person = join(database)
    with writing(database) as connection:
        leaving.suspend(connection, subscriber_id=person.id, why="bounced", now=MAY)
    asked(database)
    assert letters(database) == [None]


def test_who_did_not_ask_for_it_is_forgotten_and_never_asked_again(database: Engine) -> None:
    asked(database)
    addressee = look_up(database).addressee
    assert denied(database, addressee) is Denied.FOR_EVER
    assert denied(database, addressee) is Denied.STOPPED
    asked(database, now=JUNE)
    asked(database, "kari+x@epj.example.no", now=JUNE + timedelta(days=1))
    with reading(database) as connection:
        everything = "".join(str(connection.execute(select(table)).all()) for table in metadata.sorted_tables)
    assert "kari" not in everything
    assert addressee.public_id not in everything


def test_who_denies_what_was_confirmed_leaves_and_may_undo_it(database: Engine) -> None:
    asked(database)
    addressee = look_up(database).addressee
    confirmed(database, wish(database).nonce)
    for _ in range(2):
        assert denied(database, addressee) is Denied.STOPPED
    assert look_up(database).state is SubscriberState.LEFT
    assert letters(database) == ["confirmation", None, "goodbye"]
    assert outcomes(database) == ["left"]


def test_who_left_and_denies_the_next_ask_stays_gone(database: Engine) -> None:
    person = join(database)
    with writing(database) as connection:
        leaving.leave(connection, subscriber_id=person.id, why="one-click", now=MAY)
    asked(database)
    assert denied(database, person.addressee) is Denied.FOR_EVER
    assert look_up(database).state is SubscriberState.LEFT
    asked(database, now=JUNE)
    with reading(database) as connection:
        assert asks.of_subscriber(connection, person.id) is None


def test_an_operator_may_add_who_has_not_confirmed(database: Engine) -> None:
    asked(database)
    person = join(database)
    assert (person.state, person.generation) == (SubscriberState.ACTIVE, 1)
    with reading(database) as connection:
        assert asks.of_subscriber(connection, person.id) is None


def test_unconfirmed_addresses_are_forgotten_after_a_week(database: Engine) -> None:
    asked(database)
    join(database, "ola@epj.example.no", EVERYTHING.scope)
    prune(engine=database, retention=DEFAULT_RETENTION, pseudonyms=PSEUDONYMS, now=MAY + timedelta(days=7))
    assert look_up(database).state is SubscriberState.PENDING
    prune(
        engine=database,
        retention=DEFAULT_RETENTION,
        pseudonyms=PSEUDONYMS,
        now=MAY + timedelta(days=7, seconds=1),
    )
    with reading(database) as connection:
        assert subscribers.find(connection, KARI) is None
        assert subscribers.find(connection, "ola@epj.example.no") is not None
    assert letters(database) == [None]


def test_the_week_begins_anew_when_somebody_asks_again(database: Engine) -> None:
    asked(database)
    asked(database, now=MAY + timedelta(days=5))
    prune(engine=database, retention=DEFAULT_RETENTION, pseudonyms=PSEUDONYMS, now=MAY + timedelta(days=12))
    assert look_up(database).state is SubscriberState.PENDING
    prune(
        engine=database,
        retention=DEFAULT_RETENTION,
        pseudonyms=PSEUDONYMS,
        now=MAY + timedelta(days=12, seconds=1),
    )
    with reading(database) as connection:
        assert subscribers.find(connection, KARI) is None


def test_a_letter_on_the_wire_keeps_its_row_until_the_server_has_answered(database: Engine) -> None:
    asked(database)
    with writing(database) as connection:
        connection.execute(messages.update().values(state="transmitting"))
    assert denied(database, look_up(database).addressee) is Denied.FOR_EVER
    assert look_up(database).state is SubscriberState.PENDING
    with writing(database) as connection:
        connection.execute(messages.update().values(state="sent"))
    prune(engine=database, retention=DEFAULT_RETENTION, pseudonyms=PSEUDONYMS, now=JUNE)
    with reading(database) as connection:
        assert subscribers.find(connection, KARI) is None


def test_a_fresh_link_is_mailed_once_an_hour_and_three_times_a_day(database: Engine) -> None:
    person = join(database)
    for minutes in range(0, 24 * 60, 20):
        now = MAY + timedelta(minutes=minutes)
        request_access(engine=database, addressee=person.addressee, now=now)
    with reading(database) as connection:
        put = connection.scalars(select(messages.c.created_at).where(messages.c.letter == "access"))
        assert sorted(put) == [MAY + timedelta(hours=hours) for hours in range(3)]


def test_what_is_no_address_is_refused_before_anything_is_written(database: Engine) -> None:
    with pytest.raises(ValueError, match="is not an e-mail address"):
        asked(database, "not an address")
    assert letters(database) == []
