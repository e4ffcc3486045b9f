"""What comes too late: Notices whose day is over while their Message waits, and Messages that are left empty."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, case, exists, func, or_, select, update

from notifier.core.message import MessageState
from notifier.core.notice import Outcome
from notifier.store.tables import messages, notices, subscribers


def set_expiry(connection: Connection, message_ids: Collection[int]) -> None:
    """Let these Messages come too late when the first of the Notices that they still owe does."""
    set_waiting_expiry(connection, messages.c.id.in_(message_ids))


def set_waiting_expiry(connection: Connection, waiting: ColumnElement[bool]) -> None:
    """The same for the Messages that a condition chooses."""
    soonest = select(func.min(notices.c.expires)).where(
        notices.c.message_id == messages.c.id, notices.c.outcome == Outcome.OWED
    )
    connection.execute(update(messages).where(waiting).values(expires=soonest.scalar_subquery()))


def hasten_expiry(connection: Connection, waiting: ColumnElement[bool], *, soonest: datetime) -> None:
    """The same where these Messages were given Notices, none of which is over before `soonest`."""
    later = and_(waiting, or_(messages.c.expires.is_(None), messages.c.expires > soonest))
    first = exists().where(
        notices.c.message_id == messages.c.id,
        notices.c.outcome == Outcome.OWED,
        notices.c.expires == soonest,
    )
    # Most carry one that is over first, which is found without looking at all the others.
    connection.execute(update(messages).where(later, first).values(expires=soonest))
    set_waiting_expiry(connection, later)


def expire_overdue(connection: Connection, now: datetime) -> tuple[int, frozenset[int]]:
    """Close owed Notices whose day is over while their Message still waits.

    Answers how many expired, and the Messages of the others: those of which a copy left without an answer.
    """
    # By way of the few Messages that come too late by now, since the owed may be a million.
    waits = and_(messages.c.state == MessageState.PENDING, messages.c.expires <= now)
    untried = select(messages.c.id).where(waits, messages.c.copies == 0)
    tried = select(messages.c.id).where(waits, messages.c.copies > 0)
    late = and_(notices.c.outcome == Outcome.OWED, notices.c.expires <= now)
    reason = "its day was over before it was sent"
    # What was over before the end of a Subscriber's own pause did not come too late: it was not wanted.
    paused = exists().where(
        subscribers.c.id == notices.c.subscriber_id, subscribers.c.paused_until >= notices.c.expires
    )
    connection.execute(
        update(notices)
        .where(late, paused, notices.c.message_id.in_(untried))
        .values(
            outcome=Outcome.PAUSED.value, reason="its day was over before their pause ended", decided_at=now
        )
    )
    expired = connection.execute(
        update(notices)
        .where(late, notices.c.message_id.in_(untried))
        .values(outcome=Outcome.EXPIRED.value, reason=reason, decided_at=now)
    ).rowcount
    unknown = connection.scalars(
        update(notices)
        .where(late, notices.c.message_id.in_(tried))
        .values(
            outcome=Outcome.UNKNOWN.value, reason=f"{reason} again; a copy may have arrived", decided_at=now
        )
        .returning(notices.c.message_id)
    )
    return expired, frozenset(unknown)


def count_expired(connection: Connection, *, since: datetime) -> int:
    """How many Notices came too late since an instant."""
    late = and_(notices.c.outcome == Outcome.EXPIRED, notices.c.decided_at >= since)
    return connection.scalar(select(func.count()).select_from(notices).where(late)) or 0


def close_emptied(connection: Connection, *, now: datetime) -> int:
    """Close waiting Messages that no longer carry any owed Notice, but for Letters; answers how many."""
    carries = exists().where(notices.c.message_id == messages.c.id, notices.c.outcome == Outcome.OWED)
    expired = exists().where(notices.c.message_id == messages.c.id, notices.c.outcome == Outcome.EXPIRED)
    unknown = exists().where(notices.c.message_id == messages.c.id, notices.c.outcome == Outcome.UNKNOWN)
    state = case(
        (unknown, MessageState.UNKNOWN.value),
        (expired, MessageState.EXPIRED.value),
        else_=MessageState.CANCELLED.value,
    )
    empty = and_(messages.c.state == MessageState.PENDING, messages.c.letter.is_(None), ~carries)
    # Whoever was filling one at this instant is waited for: only what is read after that is what it carries.
    ids = connection.scalars(select(messages.c.id).where(empty).with_for_update()).all()
    ended = update(messages).where(messages.c.id.in_(ids), empty).values(state=state, state_at=now)
    return connection.execute(ended).rowcount if ids else 0
