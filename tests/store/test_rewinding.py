"""What was stored by a clock that was ahead counts from when it is right again, and nothing else is altered."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Engine, insert, select

from notifier.core.letter import LetterKind
from notifier.core.text import Language
from notifier.store import asks, letters, suppressions
from notifier.store.engine import reading, writing
from notifier.store.rewinding import rewind
from notifier.store.tables import exclusions, messages, notices, subscribers, subscriptions
from tests.store.people import KEYED, MAY, join

AHEAD = timedelta(days=60)


def test_what_lies_ahead_is_brought_back_and_what_does_not_stays(database: Engine) -> None:
    join(database)
    with writing(database) as connection:
        assert rewind(connection, now=MAY + AHEAD) == 0
        early = MAY - AHEAD
        assert rewind(connection, now=early) > 0
        assert rewind(connection, now=early) == 0
    with reading(database) as connection:
        for column in (
            subscribers.c.joined_at, subscriptions.c.since, notices.c.due, messages.c.created_at, messages.c.not_before,
        ):  # fmt: skip
            assert set(connection.scalars(select(column))) == {early}


def test_a_confirmation_that_was_asked_for_by_a_clock_ahead_leaves_once_it_is_right(database: Engine) -> None:
    address, now = "kari@epj.example.no", MAY - AHEAD
    with writing(database) as connection:
        asks.add_pending(connection, address=address, language=Language.NB, now=MAY)
        person = connection.scalars(select(subscribers.c.id)).one()
        known_as = suppressions.known_as(address, pseudonyms=KEYED)
        asks.put(
            connection, person, language=Language.NB, topics=[], way="page", known_as=known_as, now=MAY
        )  # fmt: skip
        letters.put(connection, person, LetterKind.CONFIRMATION, now=MAY)
        rewind(connection, now=now)
        assert connection.scalars(select(messages.c.id).where(letters.may_leave(now))).all()


def test_what_is_followed_again_by_a_clock_ahead_is_so_from_when_it_is_right(database: Engine) -> None:
    person = join(database)
    with writing(database) as connection:
        row = {"subscriber_id": person.id, "scope": "service", "target": "preg", "lifted_at": MAY}
        connection.execute(insert(exclusions).values(row))
        rewind(connection, now=MAY - AHEAD)
        assert connection.scalars(select(exclusions.c.lifted_at)).all() == [MAY - AHEAD]
