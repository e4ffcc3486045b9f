"""Responses to mails: at most one within an hour to an address, whatever it asks."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, select

from notifier.core.caps import CapScope
from notifier.core.letter import LetterKind
from notifier.core.pseudonym import Pseudonyms
from notifier.core.subscription import Subscriber
from notifier.store import responses
from notifier.store.engine import reading, writing
from notifier.store.tables import messages
from tests.store.people import JUNE, join


def put(connection: Connection, person: Subscriber, kind: LetterKind, now: datetime) -> bool:
    counted = {CapScope.RESPONSE: person.address}
    refusing = responses.put(
        connection, person.id, kind, counted=counted, pseudonyms=Pseudonyms(("key",)), now=now
    )
    return refusing is None


def test_one_answer_an_hour_to_each(database: Engine) -> None:
    first, second = join(database), join(database, "ola@epj.example.no")
    asked = (
        (first, LetterKind.STATUS, 0, True),
        (first, LetterKind.HELP, 59, False),
        (second, LetterKind.HELP, 59, True),
        (first, LetterKind.HELP, 60, True),
        (first, LetterKind.STATUS, 61, False),
    )
    for person, kind, minutes, is_answered in asked:
        with writing(database) as connection:
            now = JUNE + timedelta(minutes=minutes)
            assert put(connection, person, kind, now) is is_answered
    with reading(database) as connection:
        chosen = select(messages.c.letter).where(messages.c.letter.is_not(None)).order_by(messages.c.id)
        assert list(connection.scalars(chosen)) == ["status", "help", "help"]


def test_few_answers_a_day_and_a_month_to_each(database: Engine) -> None:
    person = join(database)
    with writing(database) as connection:
        given = [
            put(connection, person, LetterKind.STATUS, JUNE + timedelta(hours=hours))
            for hours in range(0, 24 * 29, 2)
        ]
        later = put(connection, person, LetterKind.STATUS, JUNE + timedelta(days=30))
    assert sum(given[:8]) == 2
    assert sum(given) == 6
    assert later
