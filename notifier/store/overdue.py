"""What should have left long ago: Messages that are not taken from the Outbox, or that the relay puts off for ever."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, case, func, or_, select

from notifier.core.message import ON_THEIR_WAY, UNCOMPOSED
from notifier.core.reply import Fault
from notifier.store import pausing
from notifier.store.breakers import LOOKED_AT
from notifier.store.tables import attempts, messages

# A full mailbox alone looks like a relay that puts off whatever it is given: so much longer it is taken for one.
ALONE_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class InVain:
    """Messages that the relay puts off again and again while it takes none: how many, the `first`, since when, and
    what it last said of that one. `is_tried` is whether anything was transmitted lately."""

    count: int
    first: int
    since: datetime
    reply: str
    is_tried: bool


def count_overdue(connection: Connection, *, before: datetime) -> int:
    """How many Messages have been ready to leave since before an instant and have not left, or were put off since
    then while the relay took none at all."""
    vain = in_vain(connection, before=before)
    ready = and_(messages.c.state.in_(ON_THEIR_WAY), messages.c.not_before < before, ~pausing.holds(before))
    if vain:  # counted among those
        ready = and_(ready, or_(messages.c.deferred_since.is_(None), messages.c.deferred_since >= before))
    waiting = connection.scalar(select(func.count()).select_from(messages).where(ready)) or 0
    return waiting + (vain.count if vain else 0)


def in_vain(connection: Connection, *, before: datetime) -> InVain | None:
    """What was first put off before an instant, since when the relay has taken nothing; None when there is nothing.

    Where it takes others meanwhile, that is the trouble of those alone whom it does not take, as with greylisting.
    So it is for a day more where all of it goes to one Subscriber.
    """
    deferred = and_(
        # Wrapped, lest SQLite read all that wait, by the state's index.
        func.coalesce(messages.c.state, "").in_(ON_THEIR_WAY),
        messages.c.deferred_since < before,
        ~messages.c.last_reply.startswith(UNCOMPOSED),
        ~pausing.holds(before),
    )
    people = func.count(messages.c.subscriber_id.distinct())
    counted = select(func.count(), people, func.min(messages.c.id), func.min(messages.c.deferred_since))
    count, concerned, first, since = connection.execute(counted.where(deferred)).one()
    if not count or (concerned == 1 and since >= before - ALONE_FOR):
        return None
    newest = select(attempts.c.at, attempts.c.fault).order_by(attempts.c.id.desc()).limit(LOOKED_AT)
    lately = newest.subquery()
    taken = func.sum(case((lately.c.fault == Fault.NONE.value, 1), else_=0))
    tried, accepted = connection.execute(
        select(func.count(), taken).select_from(lately).where(lately.c.at >= before)
    ).one()
    if accepted:
        return None
    reply = connection.scalar(select(messages.c.last_reply).where(messages.c.id == first))
    return InVain(count=count, first=first, since=since, reply=reply or "", is_tried=tried > 0)
