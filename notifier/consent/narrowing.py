"""Telling people that they get less from now on: whoever has a mail that was passed on can choose by its links too."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from notifier.core.letter import LetterKind
from notifier.core.subscription import Subscriber, SubscriberState, Topic
from notifier.store import letters


def tell_of_less(
    connection: Connection,
    found: Subscriber,
    *,
    dropped: Sequence[Topic],
    is_paused: bool = False,
    at_once: bool = False,
    now: datetime,
) -> None:
    """Let a Letter say what they get, and offer to take back what was `dropped`; none where nothing was, and no pause
    began.

    One that would be the fourth within a day waits until it is the third, unless it is told `at_once`. It tells what
    those in whose place it leaves would have told.
    """
    if (dropped or is_paused) and found.state is SubscriberState.ACTIVE:
        free = now if at_once else letters.free_from(connection, found.id, LetterKind.STATUS, now=now)
        letters.put(connection, found.id, LetterKind.STATUS, dropped=dropped, not_before=free, now=now)
