"""A Vendor's contacts one by one, where some of them may not be told of what they follow."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, and_, func, or_, select

from notifier.core.hearing import Contact
from notifier.core.subscription import Subscriber, SubscriberState
from notifier.core.timing import Timing
from notifier.store.list_tables import differences
from notifier.store.subscribers import load
from notifier.store.tables import subscribers

_ENDED = (SubscriberState.SUSPENDED, SubscriberState.LEFT)


def where_some_hear_nothing(
    connection: Connection, *, timing: Timing, now: datetime
) -> dict[str, list[Contact]]:
    """By Vendor, all who subscribe or left, where one of them at least has paused, is suspended or left."""
    active = subscribers.c.state == SubscriberState.ACTIVE
    ended = subscribers.c.state.in_(_ENDED)
    hears_nothing = or_(ended, and_(active, subscribers.c.paused_until > now))
    affected = select(subscribers.c.vendor_id).where(hears_nothing, subscribers.c.vendor_id.is_not(None))
    theirs = select(subscribers.c.id, subscribers.c.vendor_id, subscribers.c.ended_at).where(
        subscribers.c.vendor_id.in_(affected), or_(active, ended)
    )
    rows = connection.execute(theirs.order_by(subscribers.c.id)).all()
    people = load(connection, [row.id for row in rows])
    found: dict[str, list[Contact]] = {}
    for row in rows:
        contact = _contact(people[row.id], row.ended_at, timing=timing, now=now)
        found.setdefault(row.vendor_id, []).append(contact)
    return found


def _contact(person: Subscriber, ended_at: datetime | None, *, timing: Timing, now: datetime) -> Contact:
    until = person.paused_until
    return Contact(
        followed=person.followed,
        state=person.state,
        paused_until=timing.today(until) if until is not None and until > now else None,
        ended_at=ended_at,
    )


def announced(connection: Connection) -> dict[str, datetime]:
    """Since when the list has each Change, by its id."""
    first = func.min(differences.c.at, type_=differences.c.at.type)
    by_deadline = select(differences.c.deadline, first).group_by(differences.c.deadline)
    found: dict[str, datetime] = {}
    for deadline, at in connection.execute(by_deadline):
        change_id = deadline.partition("/")[0]
        found[change_id] = min(at, found.get(change_id, at))
    return found
