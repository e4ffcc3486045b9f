"""Subscribers: finding them, what they chose, and how many follow what."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, Literal

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
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
from notifier.store.columns import Members
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
    wanted = select(*_COLUMNS).where(condition)
    if for_update:
        # The weaker lock: rows that only refer to the Subscriber, as planning inserts them, need not wait.
        wanted = wanted.with_for_update(key_share=True)
    rows = connection.execute(wanted).all()
    followed: dict[int, list[Subscription]] = {}
    excluded: dict[int, list[Exclusion]] = {}
    continued: dict[int, list[Continuation]] = {}
    ids = [row[0] for row in rows]
    for of, scope, target, since in _rows_of(connection, subscriptions, ids):
        followed.setdefault(of, []).append(Subscription(topic=_topic(scope, target), since=since))
    for of, scope, target, lifted_at in _rows_of(connection, exclusions, ids):
        excluded.setdefault(of, []).append(Exclusion(topic=_topic(scope, target), lifted_at=lifted_at))
    for of, change_id, since in _rows_of(connection, continuations, ids):
        continued.setdefault(of, []).append(Continuation(change=change_id, since=since))
    return [
        _subscriber(row, followed.get(row[0], ()), excluded.get(row[0], ()), continued.get(row[0], ()))
        for row in rows
    ]


@lru_cache(maxsize=1_000)
def _topic(scope: str, target: str) -> Topic:
    """What many rows say, made once."""
    return Topic(Scope(scope), target)


def _rows_of(connection: Connection, table: Table, ids: Sequence[int]) -> Sequence[Row[*tuple[Any, ...]]]:
    """The rows of these Subscribers, with the columns in the order of the table."""
    if not ids:
        return ()
    theirs = select(table).where(among(connection, table.c.subscriber_id, ids))
    return connection.execute(theirs.order_by(*table.primary_key.columns)).all()


# What `_subscriber` reads, in its order.
_COLUMNS: Final = tuple(
    subscribers.c[name]
    for name in (
        *("id", "public_id", "address", "language", "state", "joined_at", "generation", "cadence"),
        *("cadence_since", "vendor_id", "calendar_serial", "moves", "paused_until"),
    )
)
_LANGUAGES: Final = Members(Language)
_STATES: Final = Members(SubscriberState)


def _subscriber(
    row: Row[*tuple[Any, ...]],
    followed: Collection[Subscription],
    excluded: Collection[Exclusion],
    continued: Collection[Continuation],
) -> Subscriber:
    # Taken apart at once: to ask a row for each column by its name takes longer than all else here.
    number, public_id, address, language, state, joined_at, generation, cadence, *more = row
    cadence_since, vendor, calendar_serial, moves, paused_until = more
    return Subscriber(
        id=number,
        public_id=public_id,
        address=address,
        language=_LANGUAGES[language],
        state=_STATES[state],
        joined_at=joined_at,
        generation=generation,
        cadence=parse_cadence(cadence.split()) if cadence else None,
        cadence_since=cadence_since,
        vendor=vendor,
        calendar_serial=calendar_serial,
        moves=moves,
        paused_until=paused_until,
        subscriptions=tuple(followed),
        exclusions=tuple(excluded),
        continuations=tuple(continued),
    )
