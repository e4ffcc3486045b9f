"""Reminders that an Answer spared somebody, or that were given up for another date, and letting them be owed again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, case, select, update

from notifier.core.answer import Party
from notifier.core.message import MessageState
from notifier.core.notice import REMINDERS, Notice, NoticeKind, Outcome
from notifier.core.reopening import WEIGHED
from notifier.core.subscription import SubscriberState
from notifier.store.concerned import belongs_to
from notifier.store.expiring import set_expiry
from notifier.store.notices import notice_of
from notifier.store.tables import messages, notices, subscribers

# Databases take only so many values in a statement.
_TOGETHER = 10_000
_CLOSED = (Outcome.ANSWERED, Outcome.CANCELLED)


def weighed(
    connection: Connection, parties: Collection[Party], deadlines: Collection[str]
) -> Mapping[Party, list[Notice]]:
    """By Party, the reminders of these Deadlines to its active Subscribers since they joined: what was spared
    them, and what may stand in its way (see `core.reopening`)."""
    chosen = (
        select(notices, subscribers.c.vendor_id)
        .join(subscribers, subscribers.c.id == notices.c.subscriber_id)
        .where(
            belongs_to(parties),
            subscribers.c.state == SubscriberState.ACTIVE,
            notices.c.deadline.in_(deadlines),
            notices.c.kind == NoticeKind.REMINDER,
            notices.c.outcome.in_(WEIGHED),
            notices.c.due > subscribers.c.joined_at,
        )
    )
    found: dict[Party, list[Notice]] = {}
    for row in connection.execute(chosen):
        party = Party(vendor=row.vendor_id) if row.vendor_id else Party(subscriber_id=row.subscriber_id)
        found.setdefault(party, []).append(notice_of(row))
    return found


def cancelled(connection: Connection, deadlines: Collection[str]) -> list[Notice]:
    """The reminders of these Deadlines to active Subscribers, since they joined, that were not told after all."""
    if not deadlines:
        return []
    chosen = (
        select(notices)
        .join(subscribers, subscribers.c.id == notices.c.subscriber_id)
        .where(
            subscribers.c.state == SubscriberState.ACTIVE,
            notices.c.deadline.in_(deadlines),
            notices.c.kind.in_(REMINDERS),
            notices.c.outcome == Outcome.CANCELLED,
            notices.c.due > subscribers.c.joined_at,
        )
    )
    return [notice_of(row) for row in connection.execute(chosen)]


def reopen(connection: Connection, closed: Iterable[Notice], *, now: datetime) -> None:
    """Let Notices that an Answer spared, or that were cancelled, be owed again; the next run bundles them.

    Where a copy of their Message may have arrived before it was given up, they go on in that one: what is told twice
    then bears the same Message-ID, and two copies stay the most there are.
    """
    again = {"outcome": Outcome.OWED.value, "reason": "", "decided_at": now}
    ids = [each.id for each in closed]
    for start in range(0, len(ids), _TOGETHER):
        together = notices.c.id.in_(ids[start : start + _TOGETHER])
        still = and_(together, notices.c.outcome.in_(_CLOSED))
        revived = _revive(connection, still, now=now)
        travels_in = case((notices.c.message_id.in_(revived), notices.c.message_id))
        connection.execute(update(notices).where(still).values(**again, message_id=travels_in))
        set_expiry(connection, revived)


def _revive(connection: Connection, closed: ColumnElement[bool], *, now: datetime) -> Sequence[int]:
    """Let the given up Messages wait again of which a copy may have arrived; answers their ids."""
    carried = select(notices.c.message_id).where(closed)
    doubtful = and_(messages.c.state == MessageState.CANCELLED, messages.c.copies > 0)
    again = {"state": MessageState.PENDING.value, "state_at": now}
    revived = update(messages).where(messages.c.id.in_(carried), doubtful).values(again)
    return connection.scalars(revived.returning(messages.c.id)).all()
