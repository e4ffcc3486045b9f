"""Fencing tokens: whether a Message is still held under the claim that it was taken by."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, case, false, or_

from notifier.core.message import Message, MessageState
from notifier.store.tables import messages


def held(claimed: Sequence[Message], *, claims_since: int = 0) -> ColumnElement[bool]:
    """Whether the token is the one of the claim, or has grown by so much since."""
    return or_(
        false(),
        *(
            and_(messages.c.id.in_(ids), has_token(token + claims_since))
            for token, ids in ids_by_token(claimed).items()
        ),
    )


def has_token(token: ColumnElement[int] | int) -> ColumnElement[bool]:
    """Whether a Message's row has this token."""
    return messages.c.token == token


def is_ours(state: MessageState, token: ColumnElement[int] | int) -> ColumnElement[bool]:
    """Whether a Message's row has this token and is in this state.

    Said so that no index helps: SQLite would look through all that are in the state, where their ids are known.
    """
    return messages.c.state == case((has_token(token), state.value))


def ids_by_token(claimed: Sequence[Message]) -> dict[int, list[int]]:
    """Their ids by token; of hundreds that were claimed together nearly all have the same token."""
    found: dict[int, list[int]] = {}
    for message in claimed:
        found.setdefault(message.token, []).append(message.id)
    return found
