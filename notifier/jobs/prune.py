"""Prune: forget what serves nobody any more, so that the database stays bounded and nobody is known for ever.

In slices, each in a transaction of its own, so that sending never waits long for it. Twice is harmless: it only
deletes what is past its time.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Engine

from notifier.core.caps import KEEP_DAYS
from notifier.core.letter import FORGET_UNCONFIRMED_AFTER
from notifier.core.pseudonym import Pseudonyms
from notifier.core.retention import Retention
from notifier.store import bounces, erasing, pruning, writers
from notifier.store.engine import writing

SLICE = 500
# What is left after so many waits for the next time.
MOST_SLICES = 100
# A server's word on what was on the wire while somebody was erased may come after it.
LATE = timedelta(days=7)


def prune(*, engine: Engine, retention: Retention, pseudonyms: Pseudonyms, now: datetime) -> int:
    """Delete Messages, transmissions, what servers replied, unconfirmed addresses, Answers that never counted, counts,
    Alerts and nodes whose time is over; erase whoever ended long ago, or wrote in reply to what somebody else was sent;
    forgive addresses that work again.

    Answers how many rows.
    """
    many = (
        partial(pruning.forget_attempts, before=now - retention.attempts),
        partial(pruning.forget_replies, before=now - retention.attempts),
        partial(pruning.forget_messages, before=now - retention.messages),
        partial(erasing.erase_ended, before=now - retention.ended, pseudonyms=pseudonyms, now=now),
        partial(erasing.forget_pseudonyms, before=now - retention.erased),
        partial(writers.forget_uncounted, before=now - retention.ended),
        partial(writers.forget_old, before=now - retention.ended),
    )
    done = sum(_in_slices(engine, forget) for forget in many)
    with writing(engine) as connection:
        return (
            done
            + pruning.forget_unconfirmed(connection, before=now - FORGET_UNCONFIRMED_AFTER)
            + pruning.forget_caps(connection, before=now.date() - timedelta(days=KEEP_DAYS))
            + pruning.forget_alerts(connection, before=now - retention.alerts)
            + pruning.forget_nodes(connection)
            + erasing.forget_late_replies(connection, since=now - LATE)
            + bounces.forgive(connection, now=now)
        )


def _in_slices(engine: Engine, forget: Callable[..., int]) -> int:
    """How many rows `forget(connection, limit=…)` deleted, until there are no more or it has been often enough."""
    done = 0
    for _ in range(MOST_SLICES):
        with writing(engine) as connection:
            found = forget(connection, limit=SLICE)
        done += found
        if found < SLICE:
            break
    return done
