"""Where Messages of a node go after a Verdict or a mistake, for many in one statement, each under its token."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import BigInteger, Connection, Integer, String, bindparam, or_, update
from sqlalchemy.sql.dml import ReturningUpdate
from sqlalchemy.types import TypeEngine

from notifier.core.delivery import Transition
from notifier.core.letter import KEEPS_WHERE_IT_WENT
from notifier.core.message import RETRIED, Message, MessageState
from notifier.store import tokens
from notifier.store.columns import Instant
from notifier.store.given import given, parameters
from notifier.store.tables import messages

_AFTER: Final[Mapping[str, type[TypeEngine[Any]]]] = {
    "state": String,
    "not_before": Instant,
    "copies": Integer,
    "tries": Integer,
    "refusals": Integer,
    "deferred_since": Instant,
    "last_reply": String,
    "letter_to": String,
}


def row_after(message: Message, transition: Transition, reply: str) -> dict[str, Any]:
    """A Message's row as it will be; `reply` is the last word about it."""
    return {
        "id": message.id,
        "token": message.token,
        "state": transition.state.value,
        "not_before": transition.not_before,
        "copies": transition.copies,
        "tries": transition.tries,
        "refusals": transition.refusals,
        "deferred_since": transition.deferred_since,
        "last_reply": reply[:300],
        "letter_to": message.letter_to if _keeps_where_it_went(message, transition) else None,
    }


def _keeps_where_it_went(message: Message, transition: Transition) -> bool:
    may_be_retried = transition.state in RETRIED and message.letter in KEEPS_WHERE_IT_WENT
    return transition.state is MessageState.PENDING or may_be_retried


def move(
    connection: Connection, rows: Sequence[dict[str, Any]], *, was_armed: bool, now: datetime
) -> frozenset[int]:
    """Let Messages come to where `row_after` says; answers the ids of those that were still ours.

    A claimed one is ours under its token. So is one that `was_armed`, and also where we were taken for dead but nobody
    has claimed it since: what the server said is then known after all.
    """
    if not rows:
        return frozenset()
    name = connection.dialect.name
    moved: set[int] = set()
    for varying, chosen in parameters(name, rows, varying=_DIFFERS):
        statement = _moving(name, was_armed=was_armed, varying=varying)
        moved.update(connection.scalars(statement, {"at": now, **chosen}))
    return frozenset(moved)


_COLUMNS: Final[Mapping[str, type[TypeEngine[Any]]]] = {"id": BigInteger, "token": BigInteger, **_AFTER}
# Of many that were sent, these differ.
_DIFFERS = ("id", "last_reply")


@cache
def _moving(dialect_name: str, *, was_armed: bool, varying: tuple[str, ...] | None) -> ReturningUpdate[int]:
    """The statement of `move`, put together once: that takes longer than moving does."""
    row = given(dialect_name, _COLUMNS, varying=varying).c
    ours = tokens.is_ours(MessageState.CLAIMED, row.token)
    if was_armed:
        ours = or_(
            tokens.is_ours(MessageState.TRANSMITTING, row.token),
            tokens.is_ours(MessageState.PENDING, row.token + 1),
        )
    values: dict[str, Any] = {name: row[name] for name in _AFTER}
    values |= {"owner": None, "lease_until": None, "state_at": bindparam("at", type_=Instant)}
    return update(messages).where(messages.c.id == row.id, ours).values(values).returning(messages.c.id)
