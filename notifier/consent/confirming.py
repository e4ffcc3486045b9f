"""Confirming, and saying «I did not ask for this». Both by a link that serves the one wish it was made for."""

from __future__ import annotations

from datetime import datetime
from enum import Enum, auto
from typing import Literal

from sqlalchemy import Connection, Engine

from notifier.consent.leaving import end
from notifier.core.letter import Ask, LetterKind
from notifier.core.pseudonym import Pseudonyms
from notifier.core.subscription import MOVED, Addressee, Moved, Subscriber, SubscriberState
from notifier.logs import Person, log
from notifier.store import asks, joining, letters, pruning, subscribers, suppressions
from notifier.store.engine import writing
from notifier.store.joining import Joiner

Found = Subscriber | Literal[Moved.MOVED] | None
_log = log("consent")
_UNCONFIRMED = (SubscriberState.PENDING, SubscriberState.LEFT)


class Confirmed(Enum):
    """What confirming came to. MOVED is a link in a mailbox that they have left."""

    NOW = auto()
    BEFORE = auto()
    STALE = auto()
    MOVED = auto()


class Denied(Enum):
    """What denying came to: never asked again; nothing goes there any more; a link that serves no more; or one in
    a mailbox that they have left."""

    FOR_EVER = auto()
    STOPPED = auto()
    STALE = auto()
    MOVED = auto()


def confirm(*, engine: Engine, addressee: Addressee, nonce: str, now: datetime) -> Confirmed:
    """Subscribe whoever was asked, in the language and to the Topics of the wish.

    STALE when the link is older than 72 hours or another one took its place; BEFORE for whoever subscribes
    already, so that pressing twice (or after a scanner) is harmless.
    """
    with writing(engine) as connection:
        found, wish = _held(connection, addressee)
        judged = _judged(found, wish, nonce, now)
        if judged is Confirmed.NOW and isinstance(found, Subscriber) and wish is not None:
            joiner = Joiner(
                address=found.address,
                language=wish.language,
                topics=wish.topics,
                vendor=found.vendor,
                basis=f"confirmed by a link; asked by {wish.way} {wish.asked_at:%Y-%m-%d %H:%M} UTC",
            )
            joining.add_many(connection, [joiner], now=now, again=True)
            _log.info("confirmed", way=wish.way, person=Person(found.address))
        return judged


def deny(*, engine: Engine, pseudonyms: Pseudonyms, addressee: Addressee, now: datetime) -> Denied:
    """Never ask this address again, and forget it unless it was there before; whoever subscribes leaves.

    A scanner may have pressed every button before, so whoever reads the mailbox may deny what is confirmed:
    the link carries the right to leave. Only a keyed hash of a denied address is kept. Twice is harmless.
    """
    with writing(engine) as connection:
        found, wish = _held(connection, addressee)
        if found is None:
            return Denied.STOPPED
        if found is MOVED:
            return Denied.MOVED
        if found.state not in _UNCONFIRMED:
            end(connection, found, why="did not ask for it", now=now)
            return Denied.STOPPED
        if found.state is SubscriberState.LEFT and wish is None:
            return Denied.STOPPED
        _silence(connection, found, pseudonyms=pseudonyms, now=now)
        return Denied.FOR_EVER


def deny_help(*, engine: Engine, pseudonyms: Pseudonyms, addressee: Addressee, now: datetime) -> Denied:
    """Never write to this address again, from whose name somebody asked for help; twice is harmless.

    STALE for whoever has come to subscribe: that is theirs to end by the links for it.
    """
    with writing(engine) as connection:
        found, _ = _held(connection, addressee)
        if found is None:
            return Denied.STOPPED
        if found is MOVED:
            return Denied.MOVED
        if found.state not in _UNCONFIRMED:
            return Denied.STALE
        _silence(connection, found, pseudonyms=pseudonyms, now=now)
        return Denied.FOR_EVER


def _silence(connection: Connection, found: Subscriber, *, pseudonyms: Pseudonyms, now: datetime) -> None:
    """Keep a keyed hash of the address; forget what was asked, and the address unless it was there before."""
    _log.info("denied", person=Person(found.address))
    suppressions.suppress(connection, found.address, pseudonyms=pseudonyms, now=now)
    asks.forget(connection, found.id)
    letters.withdraw(connection, found.id, LetterKind.HELP, now=now)
    if found.state is SubscriberState.PENDING:
        pruning.forget_pending(connection, [found.id])


def _held(connection: Connection, addressee: Addressee) -> tuple[Found, Ask | None]:
    found = subscribers.addressed(connection, addressee, for_update=True)
    return found, asks.of_subscriber(connection, found.id) if isinstance(found, Subscriber) else None


def _judged(found: Found, wish: Ask | None, nonce: str, now: datetime) -> Confirmed:
    if found is None:
        return Confirmed.STALE
    if found is MOVED:
        return Confirmed.MOVED
    if found.state is SubscriberState.ACTIVE:
        return Confirmed.BEFORE
    answers = wish is not None and wish.nonce == nonce and now < wish.expires
    return Confirmed.NOW if answers and found.state in _UNCONFIRMED else Confirmed.STALE
