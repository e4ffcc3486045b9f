"""Access: reading, moving and deleting what is stored, by a fresh link mailed to the current address.

The link names the Subscriber's generation, so that it is useless after leaving.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, Engine

from notifier.consent.asking import counted_by, is_refused, may_cause_letter
from notifier.consent.confirming import Confirmed, Denied
from notifier.consent.leaving import end
from notifier.core.address import normal_address
from notifier.core.caps import Entrance
from notifier.core.letter import LetterKind
from notifier.core.pseudonym import Pseudonyms
from notifier.core.subscription import MOVED, Addressee, Subscriber, SubscriberState
from notifier.logs import Person, log
from notifier.store import asks, calendars, erasing, exporting, letters, moving, subscribers, suppressions
from notifier.store.engine import reading, writing

_log = log("consent")

# A link that is forwarded lets its reader ask for this Letter; not again and again.
AGAIN_AFTER = timedelta(hours=1)
MOST_A_DAY = 3


def request_access(*, engine: Engine, addressee: Addressee, now: datetime) -> None:
    """Mail the Subscriber a fresh link, at most once an hour and three times in a day, if they are active."""
    with writing(engine) as connection:
        found = subscribers.addressed(connection, addressee, for_update=True)
        if found is None or found is MOVED or found.state is not SubscriberState.ACTIVE:
            return
        put = partial(letters.times_put, connection, found.id, LetterKind.ACCESS)
        if not put(after=now - AGAIN_AFTER) and put(after=now - timedelta(days=1)) < MOST_A_DAY:
            letters.put(connection, found.id, LetterKind.ACCESS, now=now)


def look_up(*, engine: Engine, public_id: str, generation: int) -> Subscriber | None:
    """Whom a fresh link lets in; None once they have left."""
    with reading(engine) as connection:
        return _let_in(connection, public_id, generation)


def ask_new_address(
    *,
    engine: Engine,
    pseudonyms: Pseudonyms,
    public_id: str,
    generation: int,
    address: str,
    client: str,
    now: datetime,
) -> None:
    """Ask a new address whether it wants the mail, within the caps; never says what became of it.

    Raises ValueError when it is no address.
    """
    counted = counted_by(address=address, client=client, entrance=Entrance.PAGE)
    if is_refused(engine=engine, counted=counted, entrance=Entrance.PAGE, pseudonyms=pseudonyms, now=now):
        return
    with writing(engine) as connection:
        # Caps are counted before the row is held, as asking does: in one order, nobody waits in a circle.
        if _let_in(connection, public_id, generation) is None or not may_cause_letter(
            connection, counted=counted, entrance=Entrance.PAGE, pseudonyms=pseudonyms, now=now
        ):
            return
        found = _let_in(connection, public_id, generation, for_update=True)
        if found is None:
            return
        suppressed = suppressions.is_suppressed(connection, address, pseudonyms=pseudonyms)
        if suppressed or moving.is_taken(connection, address):
            return
        asks.put(
            connection,
            found.id,
            language=found.language,
            topics=(),
            way="new address",
            known_as=suppressions.known_as(address, pseudonyms=pseudonyms),
            address=normal_address(address),
            now=now,
        )
        letters.put(connection, found.id, LetterKind.NEW_ADDRESS, now=now)


def confirm_new_address(*, engine: Engine, public_id: str, nonce: str, now: datetime) -> Confirmed:
    """Write to the new address from now on, give it its own links, and tell the old one.

    BEFORE for a link that did so already: pressing twice is harmless. STALE for one that is older than 72 hours,
    or whose address subscribes by itself by now.
    """
    with writing(engine) as connection:
        found = subscribers.by_public_id(connection, public_id, for_update=True)
        wish = asks.of_subscriber(connection, found.id) if found else None
        if found is None or wish is None or wish.address is None or found.state is not SubscriberState.ACTIVE:
            return Confirmed.STALE
        if wish.nonce != nonce or now >= wish.expires:
            return Confirmed.STALE
        if wish.address == found.address:
            return Confirmed.BEFORE
        # The wish stays until it is pruned: by it, a second press is known.
        if not moving.move(connection, found.id, address=wish.address, now=now):
            return Confirmed.STALE
        _log.info("moved", before=Person(found.address), person=Person(wish.address))
        letters.put(connection, found.id, LetterKind.ADDRESS_CHANGED, to=found.address, now=now)
        letters.put(connection, found.id, LetterKind.STATUS, now=now)
        return Confirmed.NOW


def deny_new_address(
    *, engine: Engine, pseudonyms: Pseudonyms, public_id: str, nonce: str, now: datetime
) -> Denied:
    """Never ask this new address again; where it was confirmed already, as a scanner may, end its mails.

    STALE for a link whose wish is gone: it says nothing about where the Subscriber's mails go now.
    """
    with writing(engine) as connection:
        found = subscribers.by_public_id(connection, public_id, for_update=True)
        wish = asks.of_subscriber(connection, found.id) if found else None
        if found is None or wish is None or wish.address is None or wish.nonce != nonce:
            return Denied.STALE
        if wish.address == found.address:
            end(connection, found, why="the new address did not ask for it", now=now)
            return Denied.STOPPED
        _log.info("denied", person=Person(wish.address))
        suppressions.suppress(connection, wish.address, pseudonyms=pseudonyms, now=now)
        asks.forget(connection, found.id)
        return Denied.FOR_EVER


def rotate_calendar(*, engine: Engine, public_id: str, generation: int, serial: int) -> bool:
    """Give the private calendar its next address, if the one with this serial still works."""
    with writing(engine) as connection:
        found = _let_in(connection, public_id, generation, for_update=True)
        return found is not None and calendars.rotate(connection, found.id, serial=serial)


def download(
    *, engine: Engine, pseudonyms: Pseudonyms, public_id: str, generation: int
) -> dict[str, Any] | None:
    """Everything stored about them, ready for JSON; None once they have left."""
    with reading(engine) as connection:
        found = _let_in(connection, public_id, generation)
        return exporting.export(connection, found.id, pseudonyms=pseudonyms) if found else None


def erase(*, engine: Engine, pseudonyms: Pseudonyms, public_id: str, generation: int, now: datetime) -> bool:
    """Forget them; answers whether anything changed. No goodbye: there is nobody left to tell."""
    with writing(engine) as connection:
        found = _let_in(connection, public_id, generation, for_update=True)
        if found is None or not erasing.erase(
            connection, subscriber_id=found.id, pseudonyms=pseudonyms, now=now
        ):
            return False
        _log.info("erased", person=Person(found.address))
        return True


def _let_in(
    connection: Connection, public_id: str, generation: int, *, for_update: bool = False
) -> Subscriber | None:
    found = subscribers.by_public_id(connection, public_id, for_update=for_update)
    fits = found is not None and found.generation == generation and found.state is SubscriberState.ACTIVE
    return found if fits else None
