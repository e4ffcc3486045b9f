"""Asking: somebody wants an address to be mailed. Whoever reads that mailbox decides.

Whatever the address's state, the caller learns nothing from it; every request costs the same statements up to
the caps, and a refused one leaves no row. Where a Cap is reached already that is only read: a flood takes no
lock that somebody's reminder needs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, Engine

from notifier.core.caps import CapScope, Entrance, cap_identity, network_of, shared_by
from notifier.core.letter import LetterKind
from notifier.core.pseudonym import Pseudonyms
from notifier.core.subscription import EVERYTHING, SubscriberState, Topic
from notifier.core.text import Language
from notifier.logs import Person, log
from notifier.store import asks, caps, letters, subscribers, suppressions
from notifier.store.engine import reading, writing

_log = log("consent")


def ask(
    *,
    engine: Engine,
    pseudonyms: Pseudonyms,
    address: str,
    language: Language,
    topics: Sequence[Topic],
    entrance: Entrance,
    client: str,
    now: datetime,
) -> None:
    """Send the address a confirmation, unless caps, a suppression or its state forbid; never says which.

    `client` is from which IP address it was asked ("" when that is unknown). Raises ValueError when it is no
    address.
    """
    counted = counted_by(address=address, client=client, entrance=entrance)
    if is_refused(engine=engine, counted=counted, entrance=entrance, pseudonyms=pseudonyms, now=now):
        return
    with writing(engine) as connection:
        if not may_cause_letter(
            connection, counted=counted, entrance=entrance, pseudonyms=pseudonyms, now=now
        ):
            return
        if not suppressions.is_suppressed(connection, address, pseudonyms=pseudonyms):
            _note(
                connection,
                address=address,
                known_as=suppressions.known_as(address, pseudonyms=pseudonyms),
                language=language,
                topics=topics,
                way=entrance.value,
                now=now,
            )
            _log.info("asked", way=entrance.value, person=Person(address))


def counted_by(*, address: str, client: str, entrance: Entrance) -> dict[CapScope, str]:
    """What a Letter that a stranger causes is counted by. Raises ValueError when it is no address."""
    counted = {CapScope.ADDRESS: cap_identity(address), **shared_by(address, entrance)}
    network = network_of(client)
    return {**counted, CapScope.NETWORK: network} if network else counted


def is_refused(
    *,
    engine: Engine,
    counted: Mapping[CapScope, str],
    entrance: Entrance,
    pseudonyms: Pseudonyms,
    now: datetime,
) -> bool:
    """Whether a Cap is reached already, which operators are told once a day."""
    with reading(engine) as connection:
        refusing = caps.reached(connection, counted, pseudonyms=pseudonyms, today=now.date())
        told = refusing is None or caps.is_told(connection, refusing, entrance=entrance, now=now)
    if refusing is not None and not told:
        with writing(engine) as connection:
            caps.tell(connection, refusing, entrance=entrance, now=now)
    return refusing is not None


def may_cause_letter(
    connection: Connection,
    *,
    counted: Mapping[CapScope, str],
    entrance: Entrance,
    pseudonyms: Pseudonyms,
    now: datetime,
) -> bool:
    """Whether the caps let a stranger cause one more Letter; if so, it is counted."""
    refusing = caps.spend(connection, counted, pseudonyms=pseudonyms, today=now.date())
    if refusing is not None:
        caps.tell(connection, refusing, entrance=entrance, now=now)
    return refusing is None


def _note(
    connection: Connection,
    *,
    address: str,
    known_as: str,
    language: Language,
    topics: Sequence[Topic],
    way: str,
    now: datetime,
) -> None:
    asks.add_pending(connection, address=address, language=language, now=now)
    found = subscribers.find(connection, address)
    if found is None:
        raise LookupError("an address that was just noted is gone")
    match found.state:
        case SubscriberState.PENDING | SubscriberState.LEFT:
            wish = topics or (EVERYTHING,)
            asks.put(
                connection,
                found.id,
                language=language,
                topics=wish,
                way=way,
                known_as=known_as,
                now=now,
            )
            letters.put(connection, found.id, LetterKind.CONFIRMATION, now=now)
        case SubscriberState.ACTIVE:
            letters.put(connection, found.id, LetterKind.ALREADY, now=now)
        case _:
            # Nothing leaves to whoever is suspended; only an operator resumes them.
            pass
