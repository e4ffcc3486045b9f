"""Letters in the Outbox: Messages about a subscription itself. They may leave at any hour."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, exists, func, insert, or_, select, update

from notifier.core.answer import DAY
from notifier.core.letter import MAY_LEAVE_IN, NEEDS_ASK, LetterKind
from notifier.core.message import MessageState
from notifier.core.subscription import SubscriberState, Topic
from notifier.store import pausing
from notifier.store.asks import is_denied
from notifier.store.tables import asks, messages, subscribers

# Whoever has a link does not fill a mailbox by choosing to and fro.
MOST_A_DAY = 3


def put(
    connection: Connection,
    subscriber_id: int,
    kind: LetterKind,
    *,
    now: datetime,
    to: str | None = None,
    dropped: Sequence[Topic] = (),
    not_before: datetime | None = None,
) -> None:
    """Let a Letter wait for its sending, in place of one of its kind that waits already.

    `to` is another address than the Subscriber's own, `dropped` what a status tells that they follow no longer; what
    the one before would have told of that is told with it. It leaves at once, or not before an instant.
    """
    untold = _cancel(connection, subscriber_id, kind, why="a newer one takes its place", now=now)
    about = dict.fromkeys((*" ".join(untold).split(), *map(str, dropped)))
    row = {
        "subscriber_id": subscriber_id,
        "state": MessageState.PENDING.value,
        "anytime": True,
        "created_at": now,
        "not_before": not_before or now,
        "state_at": now,
        "letter": kind.value,
        "letter_to": to,
        "about": " ".join(about),
    }
    connection.execute(insert(messages).values(row))


def withdraw(connection: Connection, subscriber_id: int, kind: LetterKind, *, now: datetime) -> None:
    """Let no Letter of this kind leave that waits."""
    _cancel(connection, subscriber_id, kind, why="it is not wanted", now=now)


def _cancel(
    connection: Connection, subscriber_id: int, kind: LetterKind, *, why: str, now: datetime
) -> Sequence[str]:
    """End those of this kind that wait; answers what they were to tell."""
    waits = and_(
        messages.c.subscriber_id == subscriber_id,
        messages.c.letter == kind,
        messages.c.state == MessageState.PENDING,
        messages.c.copies == 0,
    )
    ended = {"state": MessageState.CANCELLED.value, "letter_to": None, "state_at": now, "last_reply": why}
    return connection.scalars(update(messages).where(waits).values(ended).returning(messages.c.about)).all()


def free_from(connection: Connection, subscriber_id: int, kind: LetterKind, *, now: datetime) -> datetime:
    """The earliest instant at which one more of this kind is not the fourth within a day."""
    theirs = and_(messages.c.subscriber_id == subscriber_id, messages.c.letter == kind)
    # One that waits gives way to it.
    waits = and_(messages.c.state == MessageState.PENDING, messages.c.copies == 0)
    told = and_(theirs, ~waits, messages.c.state != MessageState.CANCELLED, messages.c.not_before > now - DAY)
    latest = select(messages.c.not_before).where(told).order_by(messages.c.not_before.desc())
    third = connection.scalars(latest.offset(MOST_A_DAY - 1).limit(1)).first()
    # Those that were put by a clock that was ahead put nothing off for longer.
    return now if third is None else min(third, now) + DAY


def times_put(connection: Connection, subscriber_id: int, kind: LetterKind, *, after: datetime) -> int:
    """How many Letters of this kind were put since an instant, whatever became of them."""
    theirs = and_(messages.c.subscriber_id == subscriber_id, messages.c.letter == kind)
    since = select(func.count()).select_from(messages).where(theirs, messages.c.created_at > after)
    return connection.scalar(since) or 0


def may_leave(now: datetime | ColumnElement[datetime]) -> ColumnElement[bool]:
    """The condition on a Message's row under which it may leave now, as far as its Subscriber goes.

    For Letters it repeats `core.letter.may_leave` in SQL (a property test holds the two together); what
    carries Notices goes to active Subscribers alone, and to none during a pause of their own.
    """
    told = and_(messages.c.letter.is_(None), _subscriber_in(SubscriberState.ACTIVE), ~pausing.holds(now))
    theirs = (asks.c.subscriber_id == messages.c.subscriber_id, asks.c.expires > now)
    asked = exists().where(*theirs, asks.c.asked_at <= messages.c.created_at, ~is_denied())
    letters = []
    for kind, states in MAY_LEAVE_IN.items():
        conditions = [messages.c.letter == kind, _subscriber_in(*states)]
        letters.append(and_(*conditions, asked) if kind in NEEDS_ASK else and_(*conditions))
    return or_(told, *letters)


def _subscriber_in(*states: SubscriberState) -> ColumnElement[bool]:
    # Not as EXISTS: where PostgreSQL takes the active for few it would look up all of them, each time. Nor as IN: such
    # a list is put into the statement anew each time, which takes longer than arming does.
    theirs = select(subscribers.c.state).where(subscribers.c.id == messages.c.subscriber_id)
    return or_(*(theirs.scalar_subquery() == state for state in states))
