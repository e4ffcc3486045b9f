"""Who hears of an Answer: colleagues and the Change's contact, as often as is good for them."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import Engine, and_, select, update

from notifier.consent.answering import AnsweredTooOftenError, decide
from notifier.core.answer import (
    MOST_ANSWERS,
    MOST_CALLS_FOR_HELP,
    AnswerKind,
)
from notifier.core.letter import LetterKind
from notifier.core.message import MessageState
from notifier.core.subscription import Subscriber
from notifier.store import answers
from notifier.store.engine import reading, writing
from notifier.store.tables import messages
from tests.consent.saying import DAY, NOW, RULED, contact, kinds, say


def told(database: Engine, person: Subscriber) -> list[tuple[AnswerKind, datetime]]:
    """What the Letters say that were put for somebody and not replaced, and from when on each may leave."""
    with reading(database) as connection:
        rows = connection.execute(
            select(messages.c.answer_id, messages.c.not_before)
            .where(
                messages.c.subscriber_id == person.id,
                messages.c.letter == LetterKind.ANSWERED,
                messages.c.state != MessageState.CANCELLED,
            )
            .order_by(messages.c.id)
        ).all()
        given = {each.id: each.kind for each in answers.given(connection)}
    return [(given[row.answer_id], row.not_before) for row in rows]


def letters_leave(database: Engine) -> None:
    with writing(database) as connection:
        waits = and_(messages.c.letter.is_not(None), messages.c.state == MessageState.PENDING)
        connection.execute(update(messages).where(waits).values(state=MessageState.SENT.value, copies=1))


def test_the_last_answer_of_a_restless_day_is_told_the_next(database: Engine) -> None:
    kari, per = contact(database), contact(database, "per@example.no")
    hours = [NOW + timedelta(hours=n) for n in range(6)]
    for hour, kind in zip(hours, [AnswerKind.DONE, AnswerKind.NONE, AnswerKind.DONE], strict=False):
        say(database, kari, kind, now=hour)
        letters_leave(database)
    assert [kind for kind, _ in told(database, per)] == [AnswerKind.DONE, AnswerKind.NONE, AnswerKind.DONE]
    say(database, kari, AnswerKind.NONE, now=hours[3])
    say(database, kari, AnswerKind.NOT_AFFECTED, now=hours[4])
    assert told(database, per)[3:] == [(AnswerKind.NOT_AFFECTED, NOW + DAY)]
    # What left them their reminders is not told the one whose link it came by.
    assert [kind for kind, _ in told(database, kari)] == [
        AnswerKind.DONE,
        AnswerKind.DONE,
        AnswerKind.NOT_AFFECTED,
    ]
    say(database, kari, change_id="preg", now=hours[5])
    assert told(database, per)[4:] == [(AnswerKind.DONE, hours[5])]


def calls(database: Engine) -> list[str]:
    """Whom the calls for help go to that were not replaced, and with which words."""
    with reading(database) as connection:
        rows = connection.execute(
            select(messages.c.letter_to, messages.c.answer_id)
            .where(messages.c.letter == LetterKind.HELP_WANTED, messages.c.state != MessageState.CANCELLED)
            .order_by(messages.c.id)
        ).all()
        words = {each.id: each.words for each in answers.given(connection)}
    return [f"{row.letter_to}: {words[row.answer_id]}" for row in rows]


def test_a_call_for_help_that_waits_gives_way_to_the_next_and_few_are_heard_a_day(database: Engine) -> None:
    person = contact(database)
    cry = partial(say, database, person, AnswerKind.NEED_HELP)
    for number in range(3):
        cry(words=f"call {number}")
    assert calls(database) == ["kundesenter@nhn.no: call 2"]
    for number in range(3, MOST_CALLS_FOR_HELP + 2):
        letters_leave(database)
        cry(words=f"call {number}")
    letters_leave(database)
    for change_id in ("portal", "preg"):
        with pytest.raises(AnsweredTooOftenError):
            cry(words="once more", change_id=change_id)
    assert len(calls(database)) == MOST_CALLS_FOR_HELP
    assert say(database, person).is_new
    assert cry(words="tomorrow", now=NOW + DAY).is_new


def test_who_answers_to_and_fro_is_heard_so_often_a_day_and_shuts_no_colleague_out(database: Engine) -> None:
    kari, per = contact(database), contact(database, "per@example.no")
    to_and_fro = [AnswerKind.DONE, AnswerKind.NONE] * (MOST_ANSWERS // 2)
    for kind in to_and_fro:
        say(database, kari, kind)
    assert not say(database, kari, to_and_fro[-1]).is_new
    with pytest.raises(AnsweredTooOftenError):
        say(database, kari)
    assert len(kinds(database)) == MOST_ANSWERS
    assert say(database, per).is_new
    assert say(database, kari, change_id="preg").is_new


def test_a_call_for_help_from_a_foreign_domain_is_passed_on_once_it_is_accepted(database: Engine) -> None:
    stranger = contact(database, "ola@foreign.example")
    waiting = say(database, stranger, AnswerKind.NEED_HELP, words="hva er PAR?")
    assert (waiting.waits, calls(database)) == (True, [])
    accepting = partial(
        decide, engine=database, answer_id=waiting.answer.id, by="Per", contact="nhn@example.no", **RULED
    )
    assert accepting(accepted=True, now=NOW)
    assert accepting(accepted=True, now=NOW) is None
    assert calls(database) == ["nhn@example.no: hva er PAR?"]
