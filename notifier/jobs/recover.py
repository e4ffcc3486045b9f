"""Recover: take back what dead owners left in the Outbox, and what is owed but travels in nothing.

Twice is harmless: each row changes state under its own condition and gets a new token, so an owner that was
only slow finds its token gone and records nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Engine

from notifier.core.notice import Outcome
from notifier.jobs.losses import alert_unknown
from notifier.logs import log
from notifier.store import notices, recovering
from notifier.store.engine import reading, writing

_log = log("recover")


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


def free_stranded(*, engine: Engine) -> int:
    """Free owed Notices whose Message ended without them; answers of how many Messages. The next run bundles them.

    On PostgreSQL planning may put a Notice into a Message that was released a moment ago, while another node sends it
    without. That is seen when neither is at work any more.
    """
    with reading(engine) as connection:
        ended = notices.stranded(connection)
    if ended:
        with writing(engine) as connection:
            notices.loosen(connection, ended)
        _log.warning("notices freed", messages=len(ended))
    return len(ended)
