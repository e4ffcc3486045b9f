"""Writers: who wrote an Answer in reply to what somebody else was sent. Their addresses stand in what they wrote
alone, so that it is found, and forgotten, by these."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, delete, or_, select, update

from notifier.core.address import identity_of
from notifier.core.answer import FORGOTTEN, AnswerState
from notifier.store.answer_tables import answers


def written_by(connection: Connection, identities: Collection[str]) -> tuple[int, ...]:
    """The ids of the Answers that these people wrote in reply to what others were sent, the oldest first."""
    addressed = select(answers.c.id, answers.c.by).where(answers.c.by.contains("@")).order_by(answers.c.id)
    return tuple(row.id for row in connection.execute(addressed) if _identity_in(row.by) in identities)


def forget(connection: Connection, ids: Collection[int]) -> int:
    """Take from these Answers who wrote them, in which words; what they answer stays. Answers how many."""
    chosen = update(answers).where(answers.c.id.in_(ids))
    return connection.execute(chosen.values(by=FORGOTTEN, words="")).rowcount if ids else 0


def forget_old(connection: Connection, *, before: datetime, limit: int) -> int:
    """The same for those given before an instant."""
    of_others = and_(answers.c.by.contains("@"), answers.c.subscriber_id.is_not(None))
    old = select(answers.c.id).where(of_others, answers.c.at < before).order_by(answers.c.id).limit(limit)
    return forget(connection, tuple(connection.scalars(old)))


def forget_uncounted(connection: Connection, *, before: datetime, limit: int) -> int:
    """Delete Answers that wait since before an instant, or were refused or replaced before it; answers how many.

    Nothing refers to them: only one that counts is told of. It repeats `core.retention.may_forget_answer` in SQL; a
    property test holds the two together.
    """
    chosen = select(answers.c.id).where(_never_counted(before)).order_by(answers.c.id).limit(limit)
    ids = tuple(connection.scalars(chosen))
    return connection.execute(delete(answers).where(answers.c.id.in_(ids))).rowcount if ids else 0


def _never_counted(before: datetime) -> ColumnElement[bool]:
    waits = and_(answers.c.state == AnswerState.WAITING, answers.c.at < before)
    decided = answers.c.state.in_([AnswerState.REFUSED, AnswerState.REPLACED])
    return or_(waits, and_(decided, answers.c.decided_at < before))


def _identity_in(by: str) -> str | None:
    try:
        return identity_of(by)
    except ValueError:  # an operator may be called anything
        return None
