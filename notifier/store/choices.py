"""Choices: what a Subscriber follows, how early, in which language and for which Vendor, written down."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, delete, insert, or_, tuple_, update

from notifier.core.cadence import Cadence
from notifier.core.choose import chosen
from notifier.core.subscription import Exclusion, Followed, Subscriber, Topic
from notifier.core.text import Language
from notifier.store import partings
from notifier.store.changes import in_force
from notifier.store.outbox import recall
from notifier.store.subscribers import load
from notifier.store.tables import continuations, exclusions, subscribers, subscriptions
from notifier.store.upsert import insert_into


def put(
    connection: Connection,
    subscriber_id: int,
    *,
    language: Language,
    followed: Followed,
    cadence: Cadence | None,
    vendor: str | None,
    now: datetime,
) -> None:
    """Replace all that a Subscriber chose. What they followed already goes on as before, by whatever Topic: see
    `core.choose`. A new Cadence and what they follow anew take effect now. What was composed for them and is not on the
    wire is composed anew."""
    recall(connection, [subscriber_id], now=now)
    _change_party(connection, subscriber_id, vendor, now)
    own = str(cadence) if cadence else None
    here = subscribers.c.id == subscriber_id
    other_leads = subscribers.c.cadence.is_distinct_from(own)
    retold = or_(other_leads, subscribers.c.language != language.value)
    connection.execute(
        update(subscribers).where(here, retold).values(retold=subscribers.c.retold + 1, retold_at=now)
    )
    connection.execute(update(subscribers).where(here, other_leads).values(cadence=own, cadence_since=now))
    values = {"language": language.value, "changed_at": now}
    connection.execute(update(subscribers).where(here).values(values))
    before = load(connection, [subscriber_id]).get(subscriber_id)
    if before is not None:
        # Not as a page showed it: what took force since then may have fallen due as well.
        current = in_force(connection)
        _follow(connection, chosen(before, followed, current.changes if current else None, now=now))


def _follow(connection: Connection, after: Subscriber) -> None:
    """Write down what they follow from now on."""
    theirs = subscriptions.c.subscriber_id == after.id
    connection.execute(delete(subscriptions).where(theirs, _is_none_of(subscriptions, after.followed.topics)))
    rows = [subscription_row(after.id, each.topic, each.since) for each in after.subscriptions]
    if rows:
        connection.execute(insert_into(connection, subscriptions).on_conflict_do_nothing(), rows)
    excludes = [exclusion_row(after.id, each) for each in after.exclusions]
    if excludes:
        excluding = insert_into(connection, exclusions)
        again = excluding.on_conflict_do_update(
            index_elements=exclusions.primary_key.columns, set_={"lifted_at": excluding.excluded.lifted_at}
        )
        connection.execute(again, excludes)
    connection.execute(delete(continuations).where(continuations.c.subscriber_id == after.id))
    going_on = [
        {"subscriber_id": after.id, "change_id": each.change, "since": each.since}
        for each in after.continuations
    ]
    if going_on:
        connection.execute(insert(continuations), going_on)


def _is_none_of(table: Table, topics: Collection[Topic]) -> ColumnElement[bool]:
    kept = [(topic.scope.value, topic.target) for topic in topics]
    return tuple_(table.c.scope, table.c.target).not_in(kept)


def subscription_row(subscriber_id: int, topic: Topic, since: datetime) -> dict[str, Any]:
    """A Subscription as a row."""
    return {
        "subscriber_id": subscriber_id,
        "scope": topic.scope.value,
        "target": topic.target,
        "since": since,
    }


def exclusion_row(subscriber_id: int, exclusion: Exclusion) -> dict[str, Any]:
    """An Exclusion as a row."""
    return {
        "subscriber_id": subscriber_id,
        "scope": exclusion.topic.scope.value,
        "target": exclusion.topic.target,
        "lifted_at": exclusion.lifted_at,
    }


def _change_party(connection: Connection, subscriber_id: int, vendor: str | None, now: datetime) -> None:
    """Give somebody that Vendor or none; where it is another than before, all their events are other ones."""
    for row_id, raised in partings.part(connection, {subscriber_id: vendor}, now=now).items():
        values = {"vendor_id": vendor, "retold": subscribers.c.retold + raised, "retold_at": now}
        connection.execute(update(subscribers).where(subscribers.c.id == row_id).values(values))
