"""Putting whole Subscribers into a database, as they would be after a life of joining, choosing and leaving."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, insert

from notifier.core.subscription import Subscriber
from notifier.store.tables import (
    continuations,
    exclusions,
    messages,
    notices,
    steps,
    subscribers,
    subscriptions,
)


def put(connection: Connection, people: Sequence[tuple[Subscriber, datetime | None]]) -> None:
    """Subscribers, each with the instant at which they left or were suspended."""
    rows = [
        {
            "id": person.id,
            "public_id": f"public-{person.id}",
            "address": f"person{person.id}@leverandor.example",
            "identity": f"person{person.id}@leverandor.example",
            "language": person.language.value,
            "state": person.state.value,
            "joined_at": person.joined_at,
            "generation": person.generation,
            "cadence": str(person.cadence) if person.cadence else None,
            "cadence_since": person.cadence_since,
            "basis": "test",
            "ended_at": ended_at,
        }
        for person, ended_at in people
    ]
    if rows:
        connection.execute(insert(subscribers), rows)
    excludes = [
        {
            "subscriber_id": person.id,
            "scope": each.topic.scope.value,
            "target": each.topic.target,
            "lifted_at": each.lifted_at,
        }
        for person, _ in people
        for each in person.exclusions
    ]
    if excludes:
        connection.execute(insert(exclusions), excludes)
    going_on = [
        {"subscriber_id": person.id, "change_id": each.change, "since": each.since}
        for person, _ in people
        for each in person.continuations
    ]
    if going_on:
        connection.execute(insert(continuations), going_on)
    follows = {
        (person.id, each.topic.scope.value, each.topic.target): each.since
        for person, _ in people
        for each in sorted(person.subscriptions, key=lambda each: each.since, reverse=True)
    }
    if follows:
        names = ("subscriber_id", "scope", "target")
        connection.execute(
            insert(subscriptions),
            [dict(zip(names, key, strict=True)) | {"since": since} for key, since in follows.items()],
        )


def clear(connection: Connection) -> None:
    """Nobody, and nothing told."""
    for table in (notices, messages, steps, continuations, exclusions, subscriptions, subscribers):
        connection.execute(delete(table))
