"""Settling claimed Letters: which of them may still leave, and what each needs to be composed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from notifier.core.answer import party_of
from notifier.core.footing import Footing
from notifier.core.history import Entry
from notifier.core.letter import NEEDS_ASK, OF_ANSWERS, LetterKind, may_leave
from notifier.core.message import Message, MessageState
from notifier.core.subscription import Subscriber
from notifier.jobs.telling import Telling
from notifier.store import answers, asks, outbox
from notifier.store.changes import Reading


def settle_letters(
    connection: Connection,
    claimed: Sequence[Message],
    people: Mapping[int, Subscriber],
    met: Mapping[int, Footing],
    *,
    current: Reading,
    history: Mapping[str, tuple[Entry, ...]],
    now: datetime,
) -> list[Telling]:
    """The Letters among the claimed Messages that may still leave; the others are closed."""
    asked = asks.load(connection, [m.subscriber_id for m in claimed if m.letter in NEEDS_ASK])
    given = answers.with_givers(connection, [m.answer_id for m in claimed if m.answer_id is not None])
    tellings, over = [], []
    for message in claimed:
        if message.letter is None:
            continue
        subscriber = people[message.subscriber_id]
        ask = asked.get(message.subscriber_id) if message.letter in NEEDS_ASK else None
        telling = Telling(
            message=message,
            notices=(),
            subscriber=subscriber,
            changes=current.changes,
            history=history,
            reading=current.id,
            ask=ask,
            given=given.get(message.answer_id or 0),
            footing=met[message.subscriber_id],
        )
        leaves = may_leave(
            message.letter, state=subscriber.state, ask=ask, put_at=message.created_at, now=now
        )
        leaves = leaves and (message.letter not in OF_ANSWERS or _still_tells(telling))
        if leaves and telling.recipient:
            tellings.append(telling)
        else:
            over.append(message)
    outbox.end(connection, over, MessageState.CANCELLED, reason="no longer true", now=now)
    return tellings


def _still_tells(telling: Telling) -> bool:
    """Whether what a Letter says of an Answer still concerns whom it is for: not once they belong to another Vendor,
    or the list has the Change no more. A call for help goes to the Change's contact whatever became of either."""
    given = telling.given
    if given is None or telling.message.letter is LetterKind.HELP_WANTED:
        return given is not None
    is_listed = telling.changes.change(given.answer.change_id) is not None
    return is_listed and given.answer.party == party_of(telling.subscriber)
