"""Leaving, wholly or in part, and undoing it. Nobody is kept against their will."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import Enum, auto

from sqlalchemy import Connection, Engine

from notifier.consent.narrowing import tell_of_less
from notifier.core.change import ChangeList
from notifier.core.less import dropped_between, without
from notifier.core.letter import UNDO_WITHIN, LetterKind
from notifier.core.subscription import MOVED, Addressee, Subscriber, SubscriberState, Topic
from notifier.logs import Person, log
from notifier.store import asks, choices, joining, letters, subscribers
from notifier.store import leaving as stored
from notifier.store.engine import writing

_log = log("consent")
_FOLLOW_IN = (SubscriberState.ACTIVE, SubscriberState.SUSPENDED)


class Left(Enum):
    """What leaving came to: nothing more is sent but a goodbye, or nothing at all; or they moved, so that nothing goes
    to that mailbox anyway; or nobody is known."""

    NOW = auto()
    SILENTLY = auto()
    MOVED = auto()
    UNKNOWN = auto()


def leave(*, engine: Engine, addressee: Addressee, why: str, now: datetime) -> Left:
    """End all mail to a Subscriber and say goodbye. Twice is harmless.

    A wish that awaits its confirmation is withdrawn with it. No goodbye goes to whoever is suspended, or had left
    already; pressing twice answers the same for as long as it can be undone. Who has moved to another mailbox is not
    ended from the one they left.
    """
    with writing(engine) as connection:
        found = subscribers.addressed(connection, addressee, for_update=True)
        if found is None:
            return Left.UNKNOWN
        if found is MOVED:
            return Left.MOVED
        is_told = end(connection, found, why=why, now=now) or _was_told(connection, found, now)
        return Left.NOW if is_told else Left.SILENTLY


def end(connection: Connection, found: Subscriber, *, why: str, now: datetime) -> bool:
    """The same in the caller's transaction, for a Subscriber that was read for update; answers whether a goodbye is
    to leave."""
    asks.forget(connection, found.id)
    left = stored.leave(connection, subscriber_id=found.id, why=why, now=now)
    if left:
        _log.info("left", why=why, person=Person(found.address))
    is_told = left and found.state is SubscriberState.ACTIVE
    if is_told:
        letters.put(connection, found.id, LetterKind.GOODBYE, now=now)
    return is_told


def _was_told(connection: Connection, found: Subscriber, now: datetime) -> bool:
    """Whether somebody who had left already was sent a goodbye by which they still can undo it."""
    put = letters.times_put(connection, found.id, LetterKind.GOODBYE, after=now - UNDO_WITHIN)
    return found.state is SubscriberState.LEFT and put > 0


def leave_topics(
    *,
    engine: Engine,
    addressee: Addressee,
    topics: Sequence[Topic],
    changes: ChangeList,
    now: datetime,
    at_once: bool = False,
) -> bool:
    """Follow services or Changes no longer, but go on with the rest; answers whether there is any.

    From what is wider these are excluded, so that what is still to come of it is told all the same. When nothing is
    left, all ends. A Letter tells them what is left, if that is less than before, `at_once` or not too often. Twice is
    harmless.
    """
    with writing(engine) as connection:
        found = subscribers.addressed(connection, addressee, for_update=True)
        if found is None or found is MOVED or found.state not in _FOLLOW_IN:
            return False
        rest = found.followed
        for topic in topics:
            rest = without(rest, topic, changes)
        if not rest.topics:
            end(connection, found, why="followed nothing any more", now=now)
            return False
        choices.put(
            connection,
            found.id,
            language=found.language,
            followed=rest,
            cadence=found.cadence,
            vendor=found.vendor,
            now=now,
        )
        tell_of_less(
            connection, found, dropped=dropped_between(found.followed, rest), at_once=at_once, now=now
        )
        return True


def undo(*, engine: Engine, public_id: str, generation: int, now: datetime) -> bool:
    """Undo the leaving that ended this generation, within 30 days; answers whether they subscribe now.

    They follow what they followed, and are told where they stand. Twice is harmless.
    """
    with writing(engine) as connection:
        found = subscribers.by_public_id(connection, public_id, for_update=True)
        if found is None:
            return False
        since = now - UNDO_WITHIN
        if joining.take_back(connection, found.id, generation=generation, left_after=since, now=now):
            _log.info("came back", person=Person(found.address))
        found = subscribers.by_public_id(connection, public_id, for_update=True)
        return found is not None and found.state is SubscriberState.ACTIVE
