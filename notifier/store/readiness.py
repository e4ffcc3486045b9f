"""What readiness is computed from: each Vendor's contacts, and what it was told. One query for all Vendors."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Subquery,
    and_,
    case,
    exists,
    func,
    join,
    select,
)

from notifier.core.notice import NoticeKind, Outcome
from notifier.core.rendering import readable_renderings
from notifier.core.subscription import Followed, Scope, SubscriberState, Topic
from notifier.store import partings
from notifier.store.tables import exclusions, messages, notices, subscribers, subscriptions

_LAST = (func.max(notices.c.decided_at), func.max(notices.c.message_id))


@dataclass(frozen=True, slots=True)
class LastTold:
    """When a Vendor was last told of something, and by which Message."""

    last_at: datetime
    message_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LastStanding:
    """When a Vendor was last shown where it stands, as whoever followed this was, by a reading of the list (its id);
    None where that is not known."""

    followed: Followed
    reading: int | None
    last: LastTold


def counted_contacts(connection: Connection, *, now: datetime) -> dict[str, tuple[int, int, int]]:
    """By Vendor, how many of its Subscribers are active, how many of these have paused, and how many are suspended."""
    active = func.count(case((subscribers.c.state == SubscriberState.ACTIVE, 1)))
    suspended = func.count(case((subscribers.c.state == SubscriberState.SUSPENDED, 1)))
    has_paused = and_(subscribers.c.state == SubscriberState.ACTIVE, subscribers.c.paused_until > now)
    paused = func.count(case((has_paused, 1)))
    grouped = select(subscribers.c.vendor_id, active, paused, suspended)
    theirs = grouped.where(subscribers.c.vendor_id.is_not(None)).group_by(subscribers.c.vendor_id)
    return {
        vendor: (mailed, waits, returned) for vendor, mailed, waits, returned in connection.execute(theirs)
    }


def followed_by_vendor(connection: Connection) -> dict[str, tuple[Followed, ...]]:
    """By Vendor, what its active Subscribers follow: those who exclude nothing together, each other by themselves."""
    theirs = and_(subscribers.c.vendor_id.is_not(None), subscribers.c.state == SubscriberState.ACTIVE)
    without = excluded(connection, theirs)
    excludes = exists().where(
        exclusions.c.subscriber_id == subscribers.c.id, exclusions.c.lifted_at.is_(None)
    )
    # 0 is nobody's id.
    whose = case((excludes, subscribers.c.id), else_=0).label("whose")
    chosen = (
        select(subscribers.c.vendor_id, whose, subscriptions.c.scope, subscriptions.c.target)
        .join_from(subscribers, subscriptions, subscriptions.c.subscriber_id == subscribers.c.id)
        .where(theirs)
        .distinct()
    )
    topics: dict[tuple[str, int], list[Topic]] = {}
    for vendor, person, scope, target in connection.execute(chosen):
        topics.setdefault((vendor, person), []).append(Topic(Scope(scope), target))
    found: dict[str, list[Followed]] = {}
    for (vendor, person), followed in topics.items():
        found.setdefault(vendor, []).append(Followed(tuple(followed), tuple(without.get(person, ()))))
    return {vendor: tuple(all_of_it) for vendor, all_of_it in found.items()}


def excluded(connection: Connection, theirs: ColumnElement[bool]) -> dict[int, list[Topic]]:
    """What these Subscribers exclude, by their ids."""
    chosen = (
        select(subscribers.c.id, exclusions.c.scope, exclusions.c.target)
        .join_from(subscribers, exclusions, exclusions.c.subscriber_id == subscribers.c.id)
        .where(theirs, exclusions.c.lifted_at.is_(None))
    )
    found: dict[int, list[Topic]] = {}
    for person, scope, target in connection.execute(chosen):
        found.setdefault(person, []).append(Topic(Scope(scope), target))
    return found


def tellings(connection: Connection) -> dict[tuple[str, str], LastTold]:
    """By Vendor and Deadline, what was sent last to anybody who spoke for it then."""
    stay = partings.stays()
    grouped = (
        select(stay.c.vendor_id, notices.c.deadline, *_LAST)
        .join_from(stay, notices, partings.told_during(stay))
        .where(notices.c.outcome == Outcome.SENT, notices.c.kind != NoticeKind.STANDING)
        .group_by(stay.c.vendor_id, notices.c.deadline)
    )
    return {
        (vendor, deadline): LastTold(last_at=last_at, message_id=message_id)
        for vendor, deadline, last_at, message_id in connection.execute(grouped)
    }


def standings(connection: Connection) -> dict[str, list[LastStanding]]:
    """By Vendor, the last standing mail to anybody who spoke for it then, for each way in which the copy that arrived
    was composed."""
    stay = partings.stays()
    sent = _standing_sent(stay).where(messages.c.renderings != "")
    columns = (stay.c.vendor_id, messages.c.renderings, notices.c.decided_at, messages.c.id)
    found: dict[str, dict[tuple[Followed, int], LastTold]] = {}
    for vendor, renderings, *last in connection.execute(sent.add_columns(*columns).order_by(messages.c.id)):
        for arrived in readable_renderings(renderings)[-1:]:
            found.setdefault(vendor, {})[arrived.followed, arrived.reading] = LastTold(*last)
    return {
        vendor: [
            LastStanding(followed=followed, reading=reading, last=last)
            for (followed, reading), last in theirs.items()
        ]
        for vendor, theirs in found.items()
    }


def earlier_standings(connection: Connection) -> dict[str, list[LastStanding]]:
    """The same of those of which it is not known from what they were composed: for each Topic that they followed then,
    as far as they follow it still."""
    stay = partings.stays()
    by = (stay.c.vendor_id, subscriptions.c.scope, subscriptions.c.target)
    sent = _standing_sent(stay).where(
        func.coalesce(messages.c.renderings, "") == "",
        subscriptions.c.subscriber_id == notices.c.subscriber_id,
        subscriptions.c.since <= notices.c.decided_at,
    )
    found: dict[str, list[LastStanding]] = {}
    for vendor, scope, target, *last in connection.execute(sent.add_columns(*by, *_LAST).group_by(*by)):
        followed = Followed((Topic(Scope(scope), target),))
        standing = LastStanding(followed=followed, reading=None, last=LastTold(*last))
        found.setdefault(vendor, []).append(standing)
    return found


def _standing_sent(stay: Subquery) -> Select[()]:
    """The standing Notices that were sent during these stays, with their Message, if that is kept."""
    told = join(stay, notices, partings.told_during(stay))
    return (
        select()
        .select_from(told.outerjoin(messages, messages.c.id == notices.c.message_id))
        # Of no Deadline, which finds them by the Ledger's key.
        .where(
            notices.c.outcome == Outcome.SENT,
            notices.c.kind == NoticeKind.STANDING,
            notices.c.deadline == "",
        )
    )


def replies(connection: Connection, message_ids: Collection[int]) -> dict[int, str]:
    """What the server last said of these Messages."""
    ids = list(message_ids)
    found: dict[int, str] = {}
    for start in range(0, len(ids), 10_000):
        part = ids[start : start + 10_000]
        rows = connection.execute(select(messages.c.id, messages.c.last_reply).where(messages.c.id.in_(part)))
        found |= {row.id: row.last_reply for row in rows}
    return found
