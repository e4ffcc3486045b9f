"""Holding Parties: while somebody answers for one, no other does, and nobody is spared a reminder by what it said.

So that nobody waits in a circle, Subscribers are held before Vendors, both by id, and both before Messages; who
changes Messages first, as arming and planning do, changes no Subscriber afterwards. The locks are the weaker ones:
rows that only refer to these, as joining and planning insert them, need not wait. SQLite has one writer at a time and
ignores them.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, select

from notifier.core.answer import Party
from notifier.store.given import among
from notifier.store.tables import subscribers, vendors


def hold(connection: Connection, party: Party) -> bool:
    """Let others who answer for the Party wait until this transaction is over; False when nobody is known by it."""
    of_vendor = select(vendors.c.id).where(vendors.c.id == party.vendor)
    of_person = select(subscribers.c.id).where(subscribers.c.id == party.subscriber_id)
    held = (of_vendor if party.vendor else of_person).with_for_update(key_share=True)
    return connection.execute(held).one_or_none() is not None


def hold_people(connection: Connection, subscriber_ids: Collection[int]) -> None:
    """Let others who change these Subscribers wait, before anything is done to their Messages."""
    theirs = select(subscribers.c.id).where(subscribers.c.id.in_(subscriber_ids)).order_by(subscribers.c.id)
    connection.execute(theirs.with_for_update(key_share=True))


def hold_vendors(connection: Connection, vendor_ids: Collection[str]) -> None:
    """Let others who answer for these Vendors wait until this transaction is over."""
    theirs = select(vendors.c.id).where(vendors.c.id.in_(vendor_ids)).order_by(vendors.c.id)
    connection.execute(theirs.with_for_update(key_share=True))


def hold_answers(connection: Connection, subscriber_ids: Collection[int]) -> None:
    """Let what these Subscribers belong to, and what was answered for them, stay as it is until this transaction is
    over.

    Whoever is changing it is waited for: only what is read after this is what they made of it.
    """
    people = select(subscribers.c.vendor_id).where(among(connection, subscribers.c.id, subscriber_ids))
    held = connection.scalars(people.order_by(subscribers.c.id).with_for_update(read=True))
    theirs = {vendor for vendor in held if vendor is not None}
    if theirs:
        chosen = select(vendors.c.id).where(vendors.c.id.in_(theirs)).order_by(vendors.c.id)
        connection.execute(chosen.with_for_update(read=True))
