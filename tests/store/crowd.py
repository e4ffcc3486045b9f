"""Putting whole Subscribers into a database, as they would be after a life of joining, choosing and leaving."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, delete, insert

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
    everybody = [person for person, _ in people]
    _insert(connection, subscribers, [_row(person, ended_at) for person, ended_at in people])
    _insert(connection, exclusions, [row for person in everybody for row in _excluded(person)])
    _insert(connection, continuations, [row for person in everybody for row in _going_on(person)])
    _insert(connection, subscriptions, [row for person in everybody for row in _followed(person)])


def _insert(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(table), rows)


def _row(person: Subscriber, ended_at: datetime | None) -> dict[str, Any]:
    return {
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


def _excluded(person: Subscriber) -> Iterator[dict[str, Any]]:
    for each in person.exclusions:
        topic = {"scope": each.topic.scope.value, "target": each.topic.target}
        yield {"subscriber_id": person.id, **topic, "lifted_at": each.lifted_at}


def _going_on(person: Subscriber) -> Iterator[dict[str, Any]]:
    for each in person.continuations:
        yield {"subscriber_id": person.id, "change_id": each.change, "since": each.since}


def _followed(person: Subscriber) -> Iterator[dict[str, Any]]:
    """Each Topic once, since the earliest instant."""
    latest_first = sorted(person.subscriptions, key=lambda each: each.since, reverse=True)
    for topic, since in {each.topic: each.since for each in latest_first}.items():
        yield {"subscriber_id": person.id, "scope": topic.scope.value, "target": topic.target, "since": since}


def clear(connection: Connection) -> None:
    """Nobody, and nothing told."""
    for table in (notices, messages, steps, continuations, exclusions, subscriptions, subscribers):
        connection.execute(delete(table))
