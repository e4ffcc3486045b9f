"""Joining: new Subscribers, what they follow, and the standing Message that tells them where they stand.

All of it in the caller's transaction: nobody is subscribed without being told, and an import is whole or not at
all. Set-based, so that an import of thousands is a few statements.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Integer, bindparam, case, delete, insert, literal, select, update

from notifier.core.address import identity_of, normal_address
from notifier.core.cadence import Cadence
from notifier.core.message import MessageState
from notifier.core.notice import NoticeKind, Outcome
from notifier.core.subscription import Exclusion, SubscriberState, Topic
from notifier.core.text import Language
from notifier.store import partings
from notifier.store.choices import exclusion_row, subscription_row
from notifier.store.tables import (
    asks,
    continuations,
    exclusions,
    messages,
    notices,
    subscribers,
    subscriptions,
)
from notifier.store.upsert import insert_into

CHUNK = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Joiner:
    """Who joins, with their choices. `basis` says on whose word they consent."""

    address: str
    language: Language
    topics: tuple[Topic, ...]
    basis: str
    cadence: Cadence | None = None
    vendor: str | None = None
    excluded: tuple[Topic, ...] = ()


class Joined(StrEnum):
    """What joining came to. All but the first two change nothing; only imports pass the suppressed by."""

    NEW = "new"
    AGAIN = "again"
    LEFT = "left"
    ALREADY = "already"
    SUSPENDED = "suspended"
    SUPPRESSED = "suppressed"


_STAYS = {SubscriberState.LEFT: Joined.LEFT, SubscriberState.SUSPENDED: Joined.SUSPENDED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What joining came to for one address."""

    subscriber_id: int
    address: str
    joined: Joined


def add(connection: Connection, joiner: Joiner, *, now: datetime, again: bool = False) -> Added:
    """Let one address join, as `add_many` does. Raises ValueError when it is no address."""
    return add_many(connection, [joiner], now=now, again=again)[0]


def add_many(
    connection: Connection, people: Sequence[Joiner], *, now: datetime, again: bool = False
) -> tuple[Added, ...]:
    """Let many addresses join; of several rows for one address the first counts.

    Whoever left stays away, unless they come back `again` on a consent given since.

    Answers one Added for each address, in their order. Raises ValueError when one is no address.
    """
    by_identity: dict[str, Joiner] = {}
    for person in people:
        by_identity.setdefault(identity_of(person.address), person)
    identities = list(by_identity)
    added: list[Added] = []
    for start in range(0, len(identities), CHUNK):
        chunk = {identity: by_identity[identity] for identity in identities[start : start + CHUNK]}
        added.extend(_add_chunk(connection, chunk, now, again=again))
    return tuple(added)


def take_back(
    connection: Connection, subscriber_id: int, *, generation: int, left_after: datetime, now: datetime
) -> bool:
    """Undo the leaving that ended this generation, if that was after an instant.

    They follow what they followed, and are told where they stand. Answers whether anything changed; twice is
    harmless.

    What fell due meanwhile is not told again.
    """
    left = (
        subscribers.c.id == subscriber_id,
        subscribers.c.state == SubscriberState.LEFT,
        subscribers.c.generation == generation,
        subscribers.c.ended_at > left_after,
    )
    values = {
        "state": SubscriberState.ACTIVE.value,
        "generation": generation + 1,
        "joined_at": now,
        "ended_at": None,
        "ended_why": None,
        "score": 0,
    }
    if not connection.execute(update(subscribers).where(*left).values(values)).rowcount:
        return False
    connection.execute(delete(asks).where(asks.c.subscriber_id == subscriber_id))
    _tell_where_they_stand(connection, [subscriber_id], now)
    return True


def _add_chunk(
    connection: Connection, chunk: Mapping[str, Joiner], now: datetime, *, again: bool
) -> Iterator[Added]:
    found = _insert_new(connection, chunk, now)
    known = select(subscribers).where(subscribers.c.identity.in_(chunk)).order_by(subscribers.c.id)
    rows = {row.identity: row for row in connection.execute(known.with_for_update())}
    waiting = [identity for identity, row in rows.items() if row.state == SubscriberState.PENDING]
    left = [identity for identity, row in rows.items() if row.state == SubscriberState.LEFT]
    back = {rows[identity].id: chunk[identity] for identity in left if again}
    _revive(connection, {**{rows[identity].id: chunk[identity] for identity in waiting}, **back}, now)
    new = found | frozenset(waiting)
    joined = {**{rows[identity].id: chunk[identity] for identity in new}, **back}
    _follow(connection, joined, now)
    _tell_where_they_stand(connection, list(joined), now)
    for identity, person in chunk.items():
        row = rows[identity]
        if identity in new:
            outcome = Joined.NEW
        elif row.id in back:
            outcome = Joined.AGAIN
        else:
            outcome = _STAYS.get(row.state, Joined.ALREADY)
        yield Added(subscriber_id=row.id, address=normal_address(person.address), joined=outcome)


def _insert_new(connection: Connection, chunk: Mapping[str, Joiner], now: datetime) -> frozenset[str]:
    """Insert whoever is unknown; answers their identities."""
    rows = [
        _choices(person, now)
        | {
            "public_id": secrets.token_urlsafe(18),
            "address": normal_address(person.address),
            "identity": identity,
        }
        for identity, person in chunk.items()
    ]
    statement = insert_into(connection, subscribers).on_conflict_do_nothing(index_elements=["identity"])
    return frozenset(connection.scalars(statement.returning(subscribers.c.identity), rows))


def _revive(connection: Connection, again: Mapping[int, Joiner], now: datetime) -> None:
    """Who left and comes back starts afresh: nothing from before is owed. Who was only asked, joins."""
    if not again:
        return
    names = tuple(_choices(next(iter(again.values())), now))
    values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names}
    was_there = subscribers.c.state != SubscriberState.PENDING
    values |= {
        "generation": subscribers.c.generation + case((was_there, 1), else_=0),
        "ended_at": None,
        "ended_why": None,
        "score": 0,
        "changed_at": None,
        # Their calendar may be in another language now, or tell what another Party answered.
        "retold": subscribers.c.retold + case((was_there, bindparam("raised", type_=Integer)), else_=0),
        "retold_at": case((was_there, literal(now, subscribers.c.retold_at.type)), else_=None),
        "paused_until": None,
    }
    raises = partings.part(connection, {row_id: person.vendor for row_id, person in again.items()}, now=now)
    rows = [
        {"row_id": row_id, "raised": raises.get(row_id, 1)}
        | {f"new_{name}": value for name, value in _choices(person, now).items()}
        for row_id, person in again.items()
    ]
    connection.execute(
        update(subscribers).where(subscribers.c.id == bindparam("row_id")).values(values), rows
    )
    for table in (subscriptions, exclusions, continuations, asks):
        connection.execute(delete(table).where(table.c.subscriber_id.in_(again)))


def _choices(person: Joiner, now: datetime) -> dict[str, Any]:
    return {
        "language": person.language.value,
        "state": SubscriberState.ACTIVE.value,
        "joined_at": now,
        "cadence": str(person.cadence) if person.cadence else None,
        "cadence_since": now if person.cadence else None,
        "vendor_id": person.vendor,
        "basis": person.basis,
    }


def _follow(connection: Connection, joined: Mapping[int, Joiner], now: datetime) -> None:
    rows = [
        subscription_row(row_id, topic, now)
        for row_id, person in joined.items()
        for topic in dict.fromkeys(person.topics)
    ]
    if rows:
        connection.execute(insert(subscriptions), rows)
    excludes = [
        exclusion_row(row_id, Exclusion(topic=topic))
        for row_id, person in joined.items()
        for topic in dict.fromkeys(person.excluded)
    ]
    if excludes:
        connection.execute(insert(exclusions), excludes)


def _tell_where_they_stand(connection: Connection, ids: Sequence[int], now: datetime) -> None:
    """One standing Notice each, in a Message that may leave at any time."""
    if not ids:
        return
    waiting = {
        "state": MessageState.PENDING.value,
        "anytime": True,
        "created_at": now,
        "not_before": now,
        "state_at": now,
    }
    added = insert(messages).returning(messages.c.id, messages.c.subscriber_id)
    rows = connection.execute(added, [{"subscriber_id": row_id, **waiting} for row_id in ids]).all()
    generations = select(subscribers.c.id, subscribers.c.generation).where(subscribers.c.id.in_(ids))
    generation = dict(tuple(row) for row in connection.execute(generations))
    standing = {
        "deadline": "",
        "kind": NoticeKind.STANDING.value,
        "due": now,
        "outcome": Outcome.OWED.value,
        "decided_at": now,
    }
    connection.execute(
        insert(notices),
        [
            {
                "subscriber_id": row.subscriber_id,
                "revision": generation[row.subscriber_id],
                "message_id": row.id,
                **standing,
            }
            for row in rows
        ],
    )
