"""Prune: forget what serves nobody any more, so that the database stays bounded.

Twice is harmless: it only deletes what is past its time.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Engine

from notifier.core.caps import KEEP_DAYS
from notifier.core.letter import FORGET_UNCONFIRMED_AFTER
from notifier.store import bounces, pruning
from notifier.store.engine import writing

KEEP_ATTEMPTS = timedelta(days=400)
KEEP_ALERTS = timedelta(days=30)


def prune(*, engine: Engine, now: datetime) -> int:
    """Delete old attempts, unconfirmed addresses, old counts, resolved Alerts and vanished nodes; forgive
    addresses that work again.

    Answers how many rows.
    """
    with writing(engine) as connection:
        return (
            pruning.forget_attempts(connection, before=now - KEEP_ATTEMPTS)
            + pruning.forget_unconfirmed(connection, before=now - FORGET_UNCONFIRMED_AFTER)
            + pruning.forget_caps(connection, before=now.date() - timedelta(days=KEEP_DAYS))
            + pruning.forget_alerts(connection, before=now - KEEP_ALERTS)
            + pruning.forget_nodes(connection)
            + bounces.forgive(connection, now=now)
        )
