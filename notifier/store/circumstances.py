"""What decides whether Answers still hold: read in one go for any number of Vendors."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection

from notifier.core.answer import AnswerRules, Party
from notifier.core.stance import Circumstances
from notifier.core.timing import Timing
from notifier.store import changes, evidence


def circumstances(
    connection: Connection, parties: Collection[Party], *, timing: Timing, rules: AnswerRules, now: datetime
) -> Circumstances:
    """The circumstances of these Parties' Answers on the local day of `now`."""
    vendors = {party.vendor for party in parties if party.vendor}
    return Circumstances(
        history=changes.history(connection),
        evidence=evidence.last_of_each(connection, vendors) if vendors else {},
        timing=timing,
        today=timing.today(now),
        rules=rules,
    )
