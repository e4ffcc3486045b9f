"""Letting reminders be owed again, however many."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Engine, insert, select

from notifier.core.notice import Notice, NoticeKind, Outcome, Step
from notifier.store import reopening
from notifier.store.engine import writing
from notifier.store.tables import notices
from tests.store.people import JUNE, join

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
