"""Subscribers: finding them, what they chose, and how many follow what."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    and_,
    func,
    or_,
    select,
)

from notifier.core.address import identity_of
from notifier.core.cadence import parse_cadence
from notifier.core.subscription import (
    MOVED,
    Addressee,
    Continuation,
    Exclusion,
    Moved,
    Scope,
    Subscriber,
    SubscriberState,
    Subscription,
    Topic,
)
from notifier.core.text import Language
from notifier.store.following import follows_any
from notifier.store.given import among
from notifier.store.tables import continuations, exclusions, subscribers, subscriptions


def find(connection: Connection, address: str, *, for_update: bool = False) -> Subscriber | None:
    """The Subscriber with that address, whatever their state; `for_update` as in `by_public_id`.

    Raises ValueError when it is no address.
    """
    return _one(connection, subscribers.c.identity == identity_of(address), for_update=for_update)


def by_public_id(connection: Connection, public_id: str, *, for_update: bool = False) -> Subscriber | None:
    """The Subscriber that a link speaks of.

    Whoever writes what follows from it reads `for_update`, so that others wait and then see what became of it.
    """
    return _one(connection, subscribers.c.public_id == public_id, for_update=for_update)


def addressed(
    connection: Connection, addressee: Addressee, *, for_update: bool = False
) -> Subscriber | Literal[Moved.MOVED] | None:
    """The Subscriber whom a link in a mail was written to, None when nobody is known; else as `by_public_id`.

    MOVED for a link in a mailbox that they have left: it has no right over what goes to the new one.
    """
    found = by_public_id(connection, addressee.public_id, for_update=for_update)
    return MOVED if found is not None and found.moves != addressee.moves else found


def load(connection: Connection, ids: Collection[int]) -> dict[int, Subscriber]:
    """These Subscribers by id, with what they follow, in four queries."""
    return {found.id: found for found in _read(connection, among(connection, subscribers.c.id, ids))}


def listing(
    connection: Connection, *, states: Collection[SubscriberState] = (), vendor: str | None = None
) -> tuple[Subscriber, ...]:
    """Subscribers in these states (all but erased when none is named), of one Vendor or all, by address."""
    wanted = [*states] or [state for state in SubscriberState if state is not SubscriberState.ERASED]
    conditions: list[ColumnElement[bool]] = [subscribers.c.state.in_(wanted)]
    if vendor is not None:
        conditions.append(subscribers.c.vendor_id == vendor)
    return tuple(sorted(_read(connection, and_(*conditions)), key=lambda found: found.address.casefold()))


def similar(connection: Connection, address: str) -> tuple[str, ...]:
    """Addresses with the same local part or the same domain, for whoever mistyped one."""
    local, _, domain = identity_of(address).partition("@")
    alike = or_(
        subscribers.c.identity.startswith(f"{local}@", autoescape=True),
        subscribers.c.identity.endswith(f"@{domain}", autoescape=True),
    )
    chosen = select(subscribers.c.address).where(alike).order_by(subscribers.c.identity).limit(500)
    return tuple(connection.scalars(chosen))


def states_of(connection: Connection, identities: Collection[str]) -> dict[str, SubscriberState]:
    """The state of whoever is known among these identities (at most 30,000 of them)."""
    known = select(subscribers.c.identity, subscribers.c.state).where(subscribers.c.identity.in_(identities))
    return {row.identity: SubscriberState(row.state) for row in connection.execute(known)}


def left_among(connection: Connection, addresses: Collection[str]) -> dict[str, datetime]:
    """Who left of these addresses (at most 30,000), as they stand here, and when."""
    here = subscribers.c.identity.in_([identity_of(address) for address in addresses])
    gone = select(subscribers.c.address, subscribers.c.ended_at).where(
        here, subscribers.c.state == SubscriberState.LEFT
    )
    return {row.address: row.ended_at for row in connection.execute(gone)}


def count_by_state(connection: Connection) -> dict[SubscriberState, int]:
    """How many Subscribers are in each state."""
    grouped = select(subscribers.c.state, func.count()).group_by(subscribers.c.state)
    return {SubscriberState(state): count for state, count in connection.execute(grouped)}


def people_following(connection: Connection, changes: Collection[tuple[str, str]]) -> int:
    """How many active Subscribers follow any of these Changes, given as (Change id, service id)."""
    if not changes:
        return 0
    active = subscribers.c.state == SubscriberState.ACTIVE
    counted = select(func.count()).select_from(subscribers).where(active, follows_any(connection, changes))
    return connection.scalar(counted) or 0


def _one(connection: Connection, condition: Any, *, for_update: bool = False) -> Subscriber | None:
    return next(iter(_read(connection, condition, for_update=for_update)), None)


def _read(connection: Connection, condition: Any, *, for_update: bool = False) -> Iterable[Subscriber]:
    wanted = select(subscribers).where(condition)
    if for_update:
        # The weaker lock: rows that only refer to the Subscriber, as planning inserts them, need not wait.
        wanted = wanted.with_for_update(key_share=True)
    rows = connection.execute(wanted).all()
    followed: dict[int, list[Subscription]] = {}
    excluded: dict[int, list[Exclusion]] = {}
    continued: dict[int, list[Continuation]] = {}
    ids = select(subscribers.c.id).where(condition)
    for row in connection.execute(_rows_of(ids, subscriptions)).all():
        subscription = _subscription(row.scope, row.target, row.since)
        followed.setdefault(row.subscriber_id, []).append(subscription)
    for row in connection.execute(_rows_of(ids, exclusions)).all():
        exclusion = Exclusion(topic=Topic(Scope(row.scope), row.target), lifted_at=row.lifted_at)
        excluded.setdefault(row.subscriber_id, []).append(exclusion)
    for row in connection.execute(_rows_of(ids, continuations)).all():
        continuation = Continuation(change=row.change_id, since=row.since)
        continued.setdefault(row.subscriber_id, []).append(continuation)
    return [
        _subscriber(row, followed.get(row.id, ()), excluded.get(row.id, ()), continued.get(row.id, ()))
        for row in rows
    ]


@lru_cache(maxsize=1_000)
def _subscription(scope: str, target: str, since: datetime) -> Subscription:
    """What many rows say, made once."""
    return Subscription(topic=Topic(Scope(scope), target), since=since)


def _rows_of(ids: Select[Any], table: Table) -> Select[Any]:
    return select(table).where(table.c.subscriber_id.in_(ids)).order_by(*table.primary_key.columns)


def _subscriber(
    row: Any,
    followed: Collection[Subscription],
    excluded: Collection[Exclusion],
    continued: Collection[Continuation],
) -> Subscriber:
    return Subscriber(
        id=row.id,
        public_id=row.public_id,
        address=row.address,
        language=Language(row.language),
        state=SubscriberState(row.state),
        joined_at=row.joined_at,
        generation=row.generation,
        cadence=parse_cadence(row.cadence.split()) if row.cadence else None,
        cadence_since=row.cadence_since,
        vendor=row.vendor_id,
        calendar_serial=row.calendar_serial,
        moves=row.moves,
        paused_until=row.paused_until,
        subscriptions=tuple(followed),
        exclusions=tuple(excluded),
        continuations=tuple(continued),
    )
