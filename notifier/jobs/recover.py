"""Recover: take back what dead owners left in the Outbox.

Twice is harmless: each row changes state under its own condition and gets a new token, so an owner that was
only slow finds its token gone and records nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Engine

from notifier.core.notice import Outcome
from notifier.jobs.losses import alert_unknown
from notifier.store import notices, recovering
from notifier.store.engine import writing


def recover(*, engine: Engine, dead: Collection[int] | None, mine: int, now: datetime) -> int:
    """Free Messages of dead owners; answers how many wait again. See `store.recovering` for `dead`."""
    with writing(engine) as connection:
        again, unknown = recovering.recover(connection, dead=dead, mine=mine, now=now)
        if unknown:
            lost = notices.owed_by_message(connection, unknown)
            reason = "sent without an answer; whether it arrived is not known"
            notices.close(connection, [(notice.id, Outcome.UNKNOWN, reason) for notice in lost], now)
            alert_unknown(connection, unknown, now=now)
    return again
