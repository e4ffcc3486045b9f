"""Two who press at once: the second waits for the first, and then sees what became of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import partial

from sqlalchemy import Connection, Engine, select

from notifier.consent.access import confirm_new_address
from notifier.consent.asking import ask
from notifier.consent.confirming import Confirmed, confirm
from notifier.core.caps import Entrance
from notifier.core.pseudonym import Pseudonyms
from notifier.core.subscription import Addressee, SubscriberState
from notifier.core.text import Language
from notifier.store import (
    asks,
    erasing,
    joining,
    leaving,
    letters,
    moving,
    pruning,
    subscribers,
    suppressions,
)
from notifier.store.engine import reading, writing
from notifier.store.tables import messages
from tests.store.people import MAY, a_joiner, join, look_up

KARI = "kari@epj.example.no"
PSEUDONYMS = Pseudonyms(("key",))
KNOWN_AS = suppressions.known_as(KARI, pseudonyms=PSEUDONYMS)
# Long enough for the second to come to where it waits.
MEANWHILE = 0.4


@contextmanager
def while_held(
    database: Engine, public_id: str, second: Callable[[], Confirmed]
) -> Iterator[tuple[Connection, Future[Confirmed]]]:
    """Hold a Subscriber as the first who pressed does, let the second begin, and then act and commit."""
    with ThreadPoolExecutor(1) as pool:
        with writing(database) as connection:
            assert subscribers.by_public_id(connection, public_id, for_update=True)
            coming = pool.submit(second)
            time.sleep(MEANWHILE)
            assert not coming.done()
            yield connection, coming
        coming.result()


def a_wish(database: Engine, *, address: str | None = None) -> tuple[int, str, str]:
    """The id, the public id and the nonce of who is asked."""
    with writing(database) as connection:
        asks.add_pending(connection, address=KARI, language=Language.NB, now=MAY)
        found = subscribers.find(connection, KARI)
        assert found is not None
        asks.put(
            connection, found.id, language=Language.NB, topics=(), way="page", known_as=KNOWN_AS,
            address=address, now=MAY,
        )  # fmt: skip
        wish = asks.of_subscriber(connection, found.id)
    assert wish is not None
    return found.id, found.public_id, wish.nonce


def test_who_is_denied_while_a_scanner_confirms_is_not_subscribed(database: Engine) -> None:
    subscriber_id, public_id, nonce = a_wish(database)
    confirming = partial(confirm, engine=database, addressee=Addressee(public_id, 0), nonce=nonce, now=MAY)
    with while_held(database, public_id, confirming) as (connection, confirmed):
        suppressions.suppress(connection, KARI, pseudonyms=PSEUDONYMS, now=MAY)
        pruning.forget_pending(connection, [subscriber_id])
    assert confirmed.result() is Confirmed.STALE
    with reading(database) as connection:
        assert subscribers.find(connection, KARI) is None


def test_who_denies_while_somebody_asks_for_the_same_mailbox_is_not_mailed(database: Engine) -> None:
    asking = partial(
        ask, engine=database, pseudonyms=PSEUDONYMS, address="Kari+nhn@epj.example.no", language=Language.NB,
        topics=(), entrance=Entrance.PAGE, client="", now=MAY,
    )  # fmt: skip
    with ThreadPoolExecutor(1) as pool:
        with writing(database) as connection:
            suppressions.suppress(connection, KARI, pseudonyms=PSEUDONYMS, now=MAY)
            asked = pool.submit(asking)
            wait([asked], timeout=MEANWHILE)  # SQLite lets it wait; on PostgreSQL it sees nothing of this
        asked.result()
    with writing(database) as connection:
        assert connection.scalars(select(messages.c.id).where(letters.may_leave(MAY))).all() == []


def test_an_address_that_somebody_takes_just_now_is_theirs(database: Engine) -> None:
    join(database)
    _, public_id, nonce = a_wish(database, address="ny@epj.example.no")
    moving_there = partial(confirm_new_address, engine=database, public_id=public_id, nonce=nonce, now=MAY)
    with ThreadPoolExecutor(1) as pool:
        with writing(database) as connection:
            joining.add_many(connection, [a_joiner("ny@epj.example.no")], now=MAY)
            coming = pool.submit(moving_there)
            wait([coming], timeout=MEANWHILE)
            assert not coming.done()
        assert coming.result() is Confirmed.STALE
    assert look_up(database, KARI).state is SubscriberState.ACTIVE


def test_who_is_erased_while_a_new_address_is_confirmed_stays_forgotten(database: Engine) -> None:
    join(database)
    subscriber_id, public_id, nonce = a_wish(database, address="ny@epj.example.no")
    moves = partial(confirm_new_address, engine=database, public_id=public_id, nonce=nonce, now=MAY)
    with while_held(database, public_id, moves) as (connection, moved):
        erasing.erase(connection, pseudonyms=PSEUDONYMS, subscriber_id=subscriber_id, now=MAY)
    assert moved.result() is Confirmed.STALE
    with reading(database) as connection:
        assert subscribers.find(connection, "ny@epj.example.no") is None


def test_only_who_is_active_moves(database: Engine) -> None:
    person = join(database)
    with writing(database) as connection:
        leaving.suspend(connection, subscriber_id=person.id, why="bounced", now=MAY)
        assert not moving.move(connection, person.id, address="ny@epj.example.no", now=MAY)
    assert look_up(database).address == KARI


def test_what_was_composed_for_the_old_address_is_composed_anew(database: Engine) -> None:
    person = join(database)
    with writing(database) as connection:
        connection.execute(messages.update().values(state="claimed"))
        before = connection.execute(select(messages.c.token)).scalar_one()
        assert moving.move(connection, person.id, address="ny@epj.example.no", now=MAY)
        assert connection.execute(select(messages.c.state, messages.c.token)).one() == ("pending", before + 1)
    moved = look_up(database, "ny@epj.example.no")
    assert (moved.generation, moved.calendar_serial) == (person.generation + 1, person.calendar_serial + 1)
