"""Answers to mails: at most one within an hour to an address, whatever it asks."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Engine, select

from notifier.core.letter import LetterKind
from notifier.store import answers
from notifier.store.engine import reading, writing
from notifier.store.tables import messages
from tests.store.people import JUNE, join


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
            assert answers.put(connection, person.id, kind, now=now) is is_answered
    with reading(database) as connection:
        chosen = select(messages.c.letter).where(messages.c.letter.is_not(None)).order_by(messages.c.id)
        assert list(connection.scalars(chosen)) == ["status", "help", "help"]
