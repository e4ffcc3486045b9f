"""A Vendor's contacts one by one, where some of them may not be told of what they follow."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from notifier.core.hearing import Contact
from notifier.core.less import NOTHING
from notifier.core.subscription import Followed, Scope, SubscriberState, Topic
from notifier.core.timing import Timing
from notifier.store.list_tables import differences
from notifier.store.readiness import excluded
from notifier.store.tables import subscribers, subscriptions

_COLUMNS = tuple(subscribers.c[name] for name in ("id", "vendor_id", "state", "paused_until", "ended_at"))
_ENDED = (SubscriberState.SUSPENDED, SubscriberState.LEFT)


def where_some_hear_nothing(
    connection: Connection, *, timing: Timing, now: datetime
) -> dict[str, list[Contact]]:
    """By Vendor, all who subscribe or left, where one of them at least has paused, is suspended or left."""
    active = subscribers.c.state == SubscriberState.ACTIVE
    ended = subscribers.c.state.in_(_ENDED)
    hears_nothing = or_(ended, and_(active, subscribers.c.paused_until > now))
    affected = select(subscribers.c.vendor_id).where(hears_nothing, subscribers.c.vendor_id.is_not(None))
    theirs = and_(subscribers.c.vendor_id.in_(affected), or_(active, ended))
    followed = _followed(connection, theirs)
    found: dict[str, list[Contact]] = {}
    for row in connection.execute(select(*_COLUMNS).where(theirs).order_by(subscribers.c.id)):
        until = row.paused_until
        contact = Contact(
            followed=followed.get(row.id, NOTHING),
            state=SubscriberState(row.state),
            paused_until=timing.today(until) if until is not None and until > now else None,
            ended_at=row.ended_at,
        )
        found.setdefault(row.vendor_id, []).append(contact)
    return found


def _followed(connection: Connection, theirs: ColumnElement[bool]) -> dict[int, Followed]:
    """What these Subscribers follow, by their ids. Nothing else of them is read, since one whose Leads or language
    cannot be would silence what is looked for with this."""
    chosen = (
        select(subscriptions)
        .join(subscribers, subscribers.c.id == subscriptions.c.subscriber_id)
        .where(theirs)
        .order_by(*subscriptions.primary_key.columns)
    )
    topics: dict[int, list[Topic]] = {}
    for row in connection.execute(chosen):
        topics.setdefault(row.subscriber_id, []).append(Topic(Scope(row.scope), row.target))
    without = excluded(connection, theirs)
    return {person: Followed(tuple(each), tuple(without.get(person, ()))) for person, each in topics.items()}


def announced(connection: Connection) -> dict[str, datetime]:
    """Since when the list has each Change, by its id."""
    first = func.min(differences.c.at, type_=differences.c.at.type)
    by_deadline = select(differences.c.deadline, first).group_by(differences.c.deadline)
    found: dict[str, datetime] = {}
    for deadline, at in connection.execute(by_deadline):
        change_id = deadline.partition("/")[0]
        found[change_id] = min(at, found.get(change_id, at))
    return found
