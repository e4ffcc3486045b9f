"""Leaving, wholly or in part, and undoing it. Nobody is kept against their will."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Engine

from notifier.core.change import ChangeList
from notifier.core.letter import UNDO_WITHIN, LetterKind
from notifier.core.subscription import Subscriber, SubscriberState, Topic, without
from notifier.store import asks, joining, letters, subscribers
from notifier.store import leaving as stored
from notifier.store.engine import writing


def leave(*, engine: Engine, public_id: str, why: str, now: datetime) -> bool:
    """End all mail to a Subscriber and say goodbye; answers whether the id is known. Twice is harmless.

    A wish that awaits its confirmation is withdrawn with it. No goodbye goes to whoever is suspended.
    """
    with writing(engine) as connection:
        found = subscribers.by_public_id(connection, public_id, for_update=True)
        if found is None:
            return False
        end(connection, found, why=why, now=now)
        return True


def end(connection: Connection, found: Subscriber, *, why: str, now: datetime) -> None:
    """The same in the caller's transaction, for a Subscriber that was read for update."""
    asks.forget(connection, found.id)
    left = stored.leave(connection, subscriber_id=found.id, why=why, now=now)
    if left and found.state is SubscriberState.ACTIVE:
        letters.put(connection, found.id, LetterKind.GOODBYE, now=now)


def leave_topic(
    *,
    engine: Engine,
    public_id: str,
    topic: Topic,
    changes: ChangeList,
    now: datetime,
    is_told: bool = False,
) -> bool:
    """Follow a service or a Change no longer, but go on with the rest; answers whether there is any.

    Whoever follows everything then follows each of the other services. When nothing is left, all ends. With
    `is_told` a Letter tells them what is left, if that is less than before.
    """
    with writing(engine) as connection:
        found = subscribers.by_public_id(connection, public_id, for_update=True)
        if found is None or found.state not in (SubscriberState.ACTIVE, SubscriberState.SUSPENDED):
            return False
        followed = [each.topic for each in found.subscriptions]
        rest = without(followed, topic, changes)
        if rest:
            if is_told and found.state is SubscriberState.ACTIVE and {*rest} != {*followed}:
                letters.put(connection, found.id, LetterKind.STATUS, now=now)
            subscribers.set_choices(
                connection,
                found.id,
                language=found.language,
                topics=rest,
                cadence=found.cadence,
                vendor=found.vendor,
                now=now,
                changes=changes,
            )
            return True
    leave(engine=engine, public_id=public_id, why="followed nothing any more", now=now)
    return False


def undo(*, engine: Engine, public_id: str, generation: int, now: datetime) -> bool:
    """Undo the leaving that ended this generation, within 30 days; answers whether they subscribe now.

    They follow what they followed, and are told where they stand. Twice is harmless.
    """
    with writing(engine) as connection:
        found = subscribers.by_public_id(connection, public_id, for_update=True)
        if found is None:
            return False
        since = now - UNDO_WITHIN
        joining.take_back(connection, found.id, generation=generation, left_after=since, now=now)
        found = subscribers.by_public_id(connection, public_id, for_update=True)
        return found is not None and found.state is SubscriberState.ACTIVE
