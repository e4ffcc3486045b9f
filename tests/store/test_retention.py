"""Pruning in SQL forgets exactly what the pure functions let go: nothing owed, on its way or in doubt."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, insert, select

from notifier.core.answer import FORGOTTEN, AnswerState
from notifier.core.message import ON_THEIR_WAY, MessageState
from notifier.core.notice import Outcome
from notifier.core.retention import may_erase, may_forget_answer, may_forget_message
from notifier.core.subscription import SubscriberState
from notifier.store import erasing, pruning, writers
from notifier.store.answer_tables import answers
from notifier.store.engine import reading, writing
from notifier.store.tables import asks, attempts, messages, notices, subscribers
from tests.store.people import JUNE, KEYED, MAY, join

BEFORE = JUNE
AROUND = st.sampled_from([-86_400, -1, 0, 1]).map(lambda seconds: BEFORE + timedelta(seconds=seconds))
EACH = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@EACH
@given(
    state=st.sampled_from(MessageState),
    state_at=AROUND,
    not_before=AROUND,
    outcome=st.sampled_from(Outcome) | st.none(),
)
def test_of_messages(
    database: Engine,
    state: MessageState,
    state_at: datetime,
    not_before: datetime,
    outcome: Outcome | None,
) -> None:
    with writing(database) as connection:
        for table in (attempts, notices, messages, subscribers):
            connection.execute(table.delete())
    join(database)
    with writing(database) as connection:
        connection.execute(
            messages.update().values(state=state.value, state_at=state_at, not_before=not_before)
        )
        if outcome is None:
            connection.execute(notices.delete())
        else:
            connection.execute(notices.update().values(outcome=outcome.value))
        message = connection.scalars(select(messages.c.id)).one()
        row = {"message_id": message, "at": MAY, "phase": "data", "fault": "none", "reply": "250 Ok"}
        connection.execute(insert(attempts).values(row))

    expected = may_forget_message(
        state, over_at=max(state_at, not_before), owes=outcome is Outcome.OWED, before=BEFORE
    )
    with writing(database) as connection:
        assert pruning.forget_messages(connection, before=BEFORE, limit=10) == int(expected)
    with reading(database) as connection:
        left = [len(connection.execute(select(table)).all()) for table in (messages, attempts, notices)]
        told = connection.execute(select(notices.c.outcome, notices.c.message_id)).all()
    assert left == [int(not expected), int(not expected), int(outcome is not None)]
    # The Ledger says what was told for ever; only what carried it is forgotten.
    assert told == ([] if outcome is None else [(outcome.value, None if expected else message)])


@EACH
@given(
    state=st.sampled_from(SubscriberState),
    ended_at=AROUND | st.none(),
    is_asked=st.booleans(),
    message=st.sampled_from(MessageState),
)
def test_of_people(
    database: Engine,
    state: SubscriberState,
    ended_at: datetime | None,
    is_asked: bool,
    message: MessageState,
) -> None:
    with writing(database) as connection:
        for table in (attempts, notices, messages, asks, subscribers):
            connection.execute(table.delete())
    person = join(database)
    with writing(database) as connection:
        connection.execute(subscribers.update().values(state=state.value, ended_at=ended_at))
        connection.execute(messages.update().values(state=message.value))
        if is_asked:
            connection.execute(
                insert(asks).values(
                    subscriber_id=person.id, language="nb", topics="", way="page", nonce="n",
                    asked_at=MAY, expires=MAY,
                )
            )  # fmt: skip
    expected = may_erase(
        state,
        ended_at=ended_at,
        is_asked=is_asked,
        is_written_to=message in ON_THEIR_WAY,
        before=BEFORE,
    )
    with writing(database) as connection:
        erased = erasing.erase_ended(
            connection, before=BEFORE, limit=10, pseudonyms=KEYED, now=BEFORE + timedelta(days=1)
        )
    assert erased == int(expected)


@EACH
@given(state=st.sampled_from(AnswerState), at=AROUND, decided_at=AROUND | st.none())
def test_of_answers(database: Engine, state: AnswerState, at: datetime, decided_at: datetime | None) -> None:
    row = {"party": "vendor:epj-as", "change": "portal", "kind": "done", "way": "mail"}
    with writing(database) as connection:
        connection.execute(answers.delete())
        connection.execute(
            insert(answers).values(row | {"state": state.value, "at": at, "decided_at": decided_at})
        )
        forgotten = writers.forget_uncounted(connection, before=BEFORE, limit=10)
    assert forgotten == int(may_forget_answer(state, at=at, decided_at=decided_at, before=BEFORE))


def test_of_who_answered_what_somebody_else_was_sent(database: Engine) -> None:
    person = join(database)
    row = {
        "party": "vendor:epj-as",
        "change": "portal",
        "kind": "done",
        "way": "mail",
        "state": "counts",
        "words": "x",
    }
    late = BEFORE + timedelta(days=1)
    with writing(database) as connection:
        for by, subscriber_id, at in (
            ("ida@example.no", person.id, MAY), ("per@example.no", person.id, late),
            ("", person.id, MAY), ("nhn@example.no", None, MAY),
        ):  # fmt: skip
            connection.execute(
                insert(answers).values(row | {"by": by, "subscriber_id": subscriber_id, "at": at})
            )
        assert [writers.forget_old(connection, before=BEFORE, limit=10) for _ in range(2)] == [1, 0]
        left = connection.execute(select(answers.c.by, answers.c.words).order_by(answers.c.id)).all()
    assert left == [(FORGOTTEN, ""), ("per@example.no", "x"), ("", "x"), ("nhn@example.no", "x")]


def test_what_servers_said_goes_with_the_transmissions_though_the_mail_is_kept(database: Engine) -> None:
    join(database)
    with writing(database) as connection:
        over = {"last_reply": "550 <kari@epj.example.no>", "state_at": MAY, "not_before": MAY}
        for state, gone in ((MessageState.UNKNOWN, 0), (MessageState.FAILED, 1)):
            connection.execute(messages.update().values(over | {"state": state.value}))
            assert pruning.forget_replies(connection, before=BEFORE, limit=10) == gone
        assert connection.scalars(select(messages.c.last_reply)).all() == [""]


def test_many_go_in_slices_until_none_is_left(database: Engine) -> None:
    for number in range(5):
        join(database, f"person{number}@epj.example.no")
    with writing(database) as connection:
        connection.execute(messages.update().values(state="sent"))
        connection.execute(notices.update().values(outcome="sent"))
        assert [pruning.forget_messages(connection, before=JUNE, limit=2) for _ in range(4)] == [2, 2, 1, 0]
