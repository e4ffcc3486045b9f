"""Partings: to which Vendor, or none, somebody belonged until when. The present one stands with the Subscriber.

What was sent to somebody was told to the Vendor they belonged to then, or came to next when they belonged to none.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    Subquery,
    and_,
    cast,
    delete,
    func,
    insert,
    null,
    or_,
    select,
    union_all,
)

from notifier.core.answer import Party
from notifier.core.belonging import Parting
from notifier.store.answer_tables import partings
from notifier.store.columns import Instant
from notifier.store.marks import most_raised
from notifier.store.tables import notices, subscribers


def part(connection: Connection, vendors: Mapping[int, str | None], *, now: datetime) -> dict[int, int]:
    """Record what these Subscribers, by id, belong to no longer, who are to have that Vendor or none; answers by how
    much `retold` must rise for each whom that makes another's.

    Their calendars lose what their Party had answered, and programs would take nothing in after a lower SEQUENCE.
    """
    chosen = select(subscribers.c.id, subscribers.c.vendor_id).where(subscribers.c.id.in_(vendors))
    left = {row.id: row.vendor_id for row in connection.execute(chosen) if row.vendor_id != vendors[row.id]}
    if not left:
        return {}
    rows = [{"subscriber_id": key, "vendor_id": vendor, "until": now} for key, vendor in left.items()]
    connection.execute(insert(partings), rows)
    parties = {key: Party(vendor=own) if own else Party(subscriber_id=key) for key, own in left.items()}
    raised = most_raised(connection, set(parties.values()))
    return {key: raised.get(party, 0) + 1 for key, party in parties.items()}


def of_contacts(connection: Connection, vendor_id: str) -> dict[int, list[Parting]]:
    """By id, everybody who is or ever was the Vendor's, with all their partings in the order of time."""
    present = select(subscribers.c.id).where(subscribers.c.vendor_id == vendor_id)
    former = select(partings.c.subscriber_id).where(partings.c.vendor_id == vendor_id)
    found: dict[int, list[Parting]] = {each: [] for each in connection.scalars(present.union(former))}
    known = or_(partings.c.subscriber_id.in_(present), partings.c.subscriber_id.in_(former))
    for row in connection.execute(select(partings).where(known).order_by(partings.c.id)):
        found[row.subscriber_id].append(Parting(vendor=row.vendor_id, until=row.until))
    return found


def stays(vendors: Collection[str] | None = None) -> Subquery:
    """Every stay with one of these Vendors, or with any, as rows of `subscriber_id`, `vendor_id`, `since` (NULL: from
    the first) and `until` (NULL: still): `core.belonging.stays_with` in SQL."""
    earlier = partings.alias("earlier")
    before = select(func.max(earlier.c.until)).where(earlier.c.vendor_id.is_not(None))
    since_last = before.where(earlier.c.subscriber_id == subscribers.c.id).correlate(subscribers)
    since_then = before.where(
        earlier.c.subscriber_id == partings.c.subscriber_id, earlier.c.id < partings.c.id
    ).correlate(partings)
    present = select(
        subscribers.c.id.label("subscriber_id"),
        subscribers.c.vendor_id,
        since_last.scalar_subquery().label("since"),
        cast(null(), Instant()).label("until"),
    ).where(_is_one_of(subscribers.c.vendor_id, vendors))
    former = select(
        partings.c.subscriber_id, partings.c.vendor_id, since_then.scalar_subquery(), partings.c.until
    ).where(_is_one_of(partings.c.vendor_id, vendors))
    return union_all(present, former).subquery("stay")


def told_during(stay: Subquery) -> ColumnElement[bool]:
    """The condition under which a sent Notice was told during a stay: `core.belonging.Stay.covers` in SQL."""
    return and_(
        notices.c.subscriber_id == stay.c.subscriber_id,
        or_(stay.c.since.is_(None), stay.c.since <= notices.c.decided_at),
        or_(stay.c.until.is_(None), notices.c.decided_at < stay.c.until),
    )


def _is_one_of(vendor: ColumnElement[str | None], vendors: Collection[str] | None) -> ColumnElement[bool]:
    return vendor.is_not(None) if vendors is None else vendor.in_(vendors)


def forget(connection: Connection, subscriber_ids: Collection[int]) -> None:
    """Forget where these Subscribers belonged before."""
    connection.execute(delete(partings).where(partings.c.subscriber_id.in_(subscriber_ids)))
