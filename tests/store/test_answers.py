"""Answers in the database: appended, counted, decided on."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Engine

from notifier.core.answer import Answer, AnswerKind, AnswerState, Party, Way
from notifier.store import answers
from notifier.store.engine import reading, writing
from tests.store.people import JUNE, join

BLABAER = Party(vendor="blabaer")


def an_answer(kind: AnswerKind, **fields: object) -> Answer:
    given = {"id": 0, "party": BLABAER, "change_id": "portal", "at": JUNE, "way": Way.OPERATOR, "by": "Kari"}
    return Answer(**given | {"kind": kind} | fields)


def add(engine: Engine, kind: AnswerKind, **fields: object) -> Answer:
    with writing(engine) as connection:
        return answers.add(connection, an_answer(kind, **fields))


def counting(engine: Engine) -> dict[tuple[str, str], AnswerKind]:
    with reading(engine) as connection:
        found = answers.last_counting(connection)
        assert answers.last_counting(connection, [party for party, _ in found]) == found
    return {(str(party), change): answer.kind for (party, change), answer in found.items()}


def test_what_is_added_is_found_whole(database: Engine) -> None:
    person = join(database)
    added = add(
        database,
        AnswerKind.PLANNED,
        party=Party(subscriber_id=person.id),
        planned=date(2026, 9, 1),
        anchor="portal/end",
        subscriber_id=person.id,
        by="",
        way=Way.PAGE,
        words="etter ferien",
    )
    with reading(database) as connection:
        assert answers.find(connection, added.id) == added
        assert answers.find(connection, added.id + 1) is None
        assert answers.given(connection, party=added.party, change_id="portal") == (added,)
        assert answers.given(connection, party=BLABAER) == ()


def test_the_last_counts_until_it_is_taken_back(database: Engine) -> None:
    add(database, AnswerKind.PLANNED, planned=date(2026, 9, 1))
    add(database, AnswerKind.DONE)
    add(database, AnswerKind.NOT_AFFECTED, change_id="preg")
    assert counting(database) == {
        ("vendor:blabaer", "portal"): AnswerKind.DONE,
        ("vendor:blabaer", "preg"): AnswerKind.NOT_AFFECTED,
    }

    add(database, AnswerKind.NONE)
    assert counting(database) == {("vendor:blabaer", "preg"): AnswerKind.NOT_AFFECTED}


def test_one_that_waits_counts_once_it_is_accepted(database: Engine) -> None:
    waiting = add(database, AnswerKind.DONE, state=AnswerState.WAITING)
    assert counting(database) == {}

    with writing(database) as connection:
        assert answers.decide(connection, waiting.id, AnswerState.COUNTS, by="Kari", now=JUNE)
        assert not answers.decide(connection, waiting.id, AnswerState.REFUSED, by="Kari", now=JUNE)
        found = answers.find(connection, waiting.id)
    assert found is not None
    assert (found.decided_by, found.decided_at) == ("Kari", JUNE)
    assert counting(database) == {("vendor:blabaer", "portal"): AnswerKind.DONE}
