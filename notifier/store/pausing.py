"""Pausing: a Subscriber's own wish to get nothing until a day. What falls due meanwhile waits in one Message.

The Message that waits also tells where they stand, so that it never empties and all that comes is put into it.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, exists, func, insert, select, update

from notifier.core.message import MessageState
from notifier.core.notice import NoticeKind, Outcome
from notifier.core.subscription import Subscriber
from notifier.store.tables import messages, notices, subscribers
from notifier.store.upsert import insert_into


def pause(connection: Connection, subscriber: Subscriber, *, until: datetime, now: datetime) -> None:
    """Let nothing but Letters leave before `until`; then one Message tells what still holds."""
    here = subscribers.c.id == subscriber.id
    connection.execute(update(subscribers).where(here).values(paused_until=until))
    waiting = _waiting(subscriber)
    # However often one was put off, after the pause it is tried for as long as any other.
    later = {"not_before": until, "anytime": False, "deferred_since": None}
    connection.execute(update(messages).where(waiting).values(later))
    message_id = connection.scalar(select(func.max(messages.c.id)).where(waiting))
    if message_id is None:
        row = {
            "subscriber_id": subscriber.id,
            "state": MessageState.PENDING.value,
            "anytime": False,
            "created_at": now,
            "not_before": until,
            "state_at": now,
        }
        message_id = connection.scalars(insert(messages).returning(messages.c.id), row).one()
    told = {"outcome": Outcome.OWED.value, "message_id": message_id, "decided_at": now, "reason": ""}
    standing = {
        "subscriber_id": subscriber.id,
        "deadline": "",
        "kind": NoticeKind.STANDING.value,
        "lead": "",
        "spoken": f"after a pause until {until:%Y-%m-%d}",
        "revision": subscriber.generation,
        "due": until,
        **told,
    }
    key = ["subscriber_id", "deadline", "kind", "lead", "spoken", "revision"]
    statement = insert_into(connection, notices).values(standing)
    connection.execute(statement.on_conflict_do_update(index_elements=key, set_=told))


def end(connection: Connection, subscriber: Subscriber, *, now: datetime) -> None:
    """Let what waits leave, within the hours."""
    here = subscribers.c.id == subscriber.id
    connection.execute(update(subscribers).where(here).values(paused_until=None))
    connection.execute(update(messages).where(_waiting(subscriber)).values(not_before=now))


def holds(now: datetime | ColumnElement[datetime]) -> ColumnElement[bool]:
    """The condition on a Message's row under which a pause holds it back, also what was on the wire as it began.

    Letters, which carry no Notices, leave all the same.
    """
    paused = exists().where(subscribers.c.id == messages.c.subscriber_id, subscribers.c.paused_until > now)
    return and_(messages.c.letter.is_(None), paused)


def _waiting(subscriber: Subscriber) -> ColumnElement[bool]:
    return and_(
        messages.c.subscriber_id == subscriber.id,
        messages.c.state == MessageState.PENDING,
        messages.c.copies == 0,
        messages.c.letter.is_(None),
    )
