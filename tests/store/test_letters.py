"""Arming says of every Letter what the pure function says, and floods of strangers' Letters starve nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, delete, select, update

from notifier.core.letter import BEHIND_OTHERS, OF_STRANGERS, LetterKind, may_leave
from notifier.core.pseudonym import Pseudonyms
from notifier.core.subscription import EVERYTHING, SubscriberState
from notifier.core.text import Language
from notifier.store import asks, expiring, letters, outbox, suppressions
from notifier.store.engine import writing
from notifier.store.outbox import BEHIND_LIMIT
from notifier.store.tables import asks as ask_rows
from notifier.store.tables import messages, subscribers
from notifier.store.tables import suppressions as suppression_rows
from tests.store.people import JUNE, MAY, join, message_states

NOW = JUNE
KARI = "kari@epj.example.no"
# The node that denies may sign with a newer key than the one that asked.
PSEUDONYMS = Pseudonyms(("old", "new"))
KNOWN_AS = suppressions.known_as("kari+nhn@epj.example.no", pseudonyms=Pseudonyms(("old",)))


def around(instant: datetime) -> st.SearchStrategy[datetime]:
    """That instant, and just before and after."""
    return st.sampled_from([-1, 0, 1]).map(lambda seconds: instant + timedelta(seconds=seconds))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=st.sampled_from(LetterKind),
    state=st.sampled_from(SubscriberState),
    # When it was asked, and until when that holds.
    asked=st.none() | st.tuples(around(MAY), around(NOW)),
    denied=st.booleans(),
)
def test_a_letter_may_leave_in_sql_as_in_the_core(
    database: Engine,
    kind: LetterKind,
    state: SubscriberState,
    asked: tuple[datetime, datetime] | None,
    denied: bool,
) -> None:
    ask = None
    with writing(database) as connection:
        subscriber_id = _somebody(connection)
        connection.execute(delete(messages))
        connection.execute(delete(ask_rows))
        connection.execute(delete(suppression_rows))
        connection.execute(update(subscribers).values(state=state.value))
        if asked is not None:
            asks.put(
                connection, subscriber_id, language=Language.NB, topics=[], way="page", known_as=KNOWN_AS,
                now=asked[0],
            )  # fmt: skip
            connection.execute(update(ask_rows).values(expires=asked[1]))
            ask = asks.of_subscriber(connection, subscriber_id)
            assert ask is not None
            ask = replace(ask, is_denied=denied)
        if denied:
            suppressions.suppress(connection, KARI, pseudonyms=PSEUDONYMS, now=MAY)
        letters.put(connection, subscriber_id, kind, now=MAY)
        leaves = connection.scalars(select(messages.c.id).where(letters.may_leave(NOW))).all()
    assert bool(leaves) is may_leave(kind, state=state, ask=ask, put_at=MAY, now=NOW)


def _somebody(connection: Connection) -> int:
    asks.add_pending(connection, address="kari@epj.example.no", language=Language.NB, now=MAY)
    found: int = connection.scalars(select(subscribers.c.id)).one()
    return found


def test_what_carries_notices_leaves_to_active_subscribers_alone(database: Engine) -> None:
    join(database)
    for state in SubscriberState:
        with writing(database) as connection:
            connection.execute(update(subscribers).values(state=state.value))
            leaves = connection.scalars(select(messages.c.id).where(letters.may_leave(NOW))).all()
        assert bool(leaves) is (state is SubscriberState.ACTIVE)


def test_a_flood_of_confirmations_lets_reminders_leave_first_and_is_taken_little_by_little(
    database: Engine,
) -> None:
    with writing(database) as connection:
        for number in range(BEHIND_LIMIT + 20):
            address = f"victim{number}@epj.example.no"
            asks.add_pending(connection, address=address, language=Language.NB, now=MAY)
        for subscriber_id in connection.scalars(select(subscribers.c.id)).all():
            letters.put(connection, subscriber_id, LetterKind.CONFIRMATION, now=MAY)
    last = join(database, "kari@epj.example.no", now=JUNE)

    with writing(database) as connection:
        taken = outbox.claim(connection, node=1, now=JUNE, is_open=True, next_opening=JUNE)
        again = outbox.claim(connection, node=1, now=JUNE, is_open=True, next_opening=JUNE)
    own = [message for message in taken if message.letter is None]
    assert [message.subscriber_id for message in own] == [last.id]
    assert len(taken) == BEHIND_LIMIT + 1
    assert len(again) == 20
    with writing(database) as connection:
        connection.execute(update(messages).values(state="pending"))
        (first,) = outbox.claim(connection, node=1, now=JUNE, is_open=True, next_opening=JUNE, limit=1)
    assert first.letter is None


def test_of_two_letters_of_one_kind_that_wait_the_newer_is_sent(database: Engine) -> None:
    person = join(database)
    with writing(database) as connection:
        letters.put(connection, person.id, LetterKind.ACCESS, now=MAY)
        letters.put(connection, person.id, LetterKind.STATUS, now=MAY)
        letters.put(connection, person.id, LetterKind.ACCESS, now=JUNE)
    assert message_states(database) == ["pending", "cancelled", "pending", "pending"]


def test_letters_take_no_reminder_along_and_are_not_closed_as_empty(database: Engine) -> None:
    person = join(database)
    with writing(database) as connection:
        letters.put(connection, person.id, LetterKind.ACCESS, now=MAY)
        assert expiring.close_emptied(connection, now=JUNE) == 0


def test_an_ask_holds_the_latest_wish(database: Engine) -> None:
    with writing(database) as connection:
        person = _somebody(connection)
        asks.put(
            connection, person, language=Language.NB, topics=[EVERYTHING], way="page", known_as="", now=MAY
        )
        before = asks.of_subscriber(connection, person)
        asks.put(connection, person, language=Language.NN, topics=[], way="mail", known_as="", now=JUNE)
        after = asks.of_subscriber(connection, person)
    assert before is not None
    assert after is not None
    assert before.topics == (EVERYTHING,)
    assert (after.language, after.topics, after.way, after.asked_at) == (Language.NN, (), "mail", JUNE)
    assert before.nonce != after.nonce


def test_only_letters_that_somebody_can_cause_many_of_wait_behind_the_others() -> None:
    assert OF_STRANGERS | {LetterKind.HELP_WANTED} <= BEHIND_OTHERS
    assert not BEHIND_OTHERS & {LetterKind.GOODBYE, LetterKind.ACCESS}
