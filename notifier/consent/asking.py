"""Asking: somebody wants an address to be mailed. Whoever reads that mailbox decides.

Whatever the address's state, the caller learns nothing from it; every request costs the same statements up to
the caps, and a refused one leaves no row.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Engine

from notifier.core.caps import CapScope, cap_identity, network_of
from notifier.core.letter import LetterKind
from notifier.core.pseudonym import Pseudonyms
from notifier.core.subscription import EVERYTHING, SubscriberState, Topic
from notifier.core.text import Language
from notifier.store import asks, letters, subscribers, suppressions
from notifier.store.caps import spend
from notifier.store.engine import writing


def ask(
    *,
    engine: Engine,
    pseudonyms: Pseudonyms,
    address: str,
    language: Language,
    topics: Sequence[Topic],
    way: str,
    client: str,
    now: datetime,
) -> None:
    """Send the address a confirmation, unless caps, a suppression or its state forbid; never says which.

    `way` says how it was asked (`page`, `mail`), `client` from which IP address ("" when that is unknown).
    Raises ValueError when it is no address.
    """
    identity = cap_identity(address)
    with writing(engine) as connection:
        if not may_cause_letter(connection, address=address, client=client, pseudonyms=pseudonyms, now=now):
            return
        if not suppressions.is_suppressed(connection, identity, pseudonyms=pseudonyms):
            _note(
                connection,
                address=address,
                known_as=suppressions.known_as(address, pseudonyms=pseudonyms),
                language=language,
                topics=topics,
                way=way,
                now=now,
            )


def may_cause_letter(
    connection: Connection, *, address: str, client: str, pseudonyms: Pseudonyms, now: datetime
) -> bool:
    """Whether the caps let a stranger cause one more Letter to this address; if so, it is counted.

    Raises ValueError when it is no address.
    """
    identity = cap_identity(address)
    counted = {
        CapScope.OVERALL: "",
        CapScope.DOMAIN: identity.rpartition("@")[2],
        CapScope.ADDRESS: identity,
    }
    network = network_of(client)
    if network:
        counted[CapScope.NETWORK] = network
    return spend(connection, counted, pseudonyms=pseudonyms, today=now.date())


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
