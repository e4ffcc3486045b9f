"""Reminders that an Answer spared somebody, and letting them be owed again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from sqlalchemy import Connection, and_, select, update

from notifier.core.answer import Party
from notifier.core.notice import Notice, NoticeKind, Outcome
from notifier.core.reopening import WEIGHED
from notifier.core.subscription import SubscriberState
from notifier.store.concerned import belongs_to
from notifier.store.notices import notice_of
from notifier.store.tables import notices, subscribers

# Databases take only so many values in a statement.
_TOGETHER = 10_000


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


def reopen(connection: Connection, spared: Iterable[Notice], *, now: datetime) -> None:
    """Let Notices that an Answer spared be owed again; the next run bundles them."""
    again = {"outcome": Outcome.OWED.value, "reason": "", "decided_at": now, "message_id": None}
    ids = [each.id for each in spared]
    for start in range(0, len(ids), _TOGETHER):
        together = notices.c.id.in_(ids[start : start + _TOGETHER])
        still = and_(together, notices.c.outcome == Outcome.ANSWERED)
        connection.execute(update(notices).where(still).values(again))
