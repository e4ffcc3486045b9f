"""Letting reminders be owed again, however many."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Engine, func, insert, select, update

from notifier.core.message import MessageState
from notifier.core.notice import Notice, NoticeKind, Outcome, Step
from notifier.store import planning, reopening
from notifier.store.engine import writing
from notifier.store.notices import notice_of
from notifier.store.planning import Slice
from notifier.store.tables import messages, notices
from tests.store.people import JUNE, MAY, join, message_states, outcomes

# More than PostgreSQL takes in one statement.
MANY = 66_000


def test_more_than_one_statement_can_name_are_owed_again(database: Engine) -> None:
    step = Step(deadline="portal/end", kind=NoticeKind.REMINDER, due=JUNE)
    spared = Notice(id=0, subscriber_id=join(database).id, step=step)
    row = {
        "id": MANY, "subscriber_id": spared.subscriber_id, "deadline": step.deadline, "kind": step.kind.value,
        "due": JUNE, "outcome": Outcome.ANSWERED.value, "decided_at": JUNE,
    }  # fmt: skip
    with writing(database) as connection:
        connection.execute(insert(notices).values(row))
        reopening.reopen(connection, (replace(spared, id=10 + n) for n in range(MANY)), now=JUNE)
        assert connection.scalar(select(notices.c.outcome).where(notices.c.id == MANY)) == Outcome.OWED


@pytest.mark.parametrize(("copies", "states"), [(0, ["cancelled", "pending"]), (1, ["pending"])])
def test_what_may_have_arrived_goes_on_in_its_own_message_and_all_else_in_another(
    database: Engine, copies: int, states: list[str]
) -> None:
    join(database)
    with writing(database) as connection:
        connection.execute(update(notices).values(outcome=Outcome.ANSWERED.value))
        given_up = {"state": MessageState.CANCELLED.value, "copies": copies, "header_id": "<n1.0.abc@here>"}
        connection.execute(update(messages).values(given_up))
        reopening.reopen(connection, [notice_of(row) for row in connection.execute(select(notices))], now=MAY)
        planning.plan_slice(connection, [], Slice(after=0, upto=99), now=MAY, is_open=True)
        travels_in = connection.scalar(select(func.max(notices.c.message_id)))
        assert connection.scalar(select(func.max(messages.c.id))) == travels_in
    assert message_states(database) == states
    assert outcomes(database) == ["owed"]
