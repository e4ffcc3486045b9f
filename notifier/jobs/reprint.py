"""Reprint: notice that another release or other settings word the calendars' events anew.

Clients then see a higher SEQUENCE and take the new words in. Twice is harmless: what is printed as before makes no
reprint.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine

from notifier.store import imprints
from notifier.store.engine import reading, writing


def reprint(*, engine: Engine, imprint: str, now: datetime) -> bool:
    """Whether all events count as changed from now on. `imprint` stands for how this node words them."""
    with reading(engine) as connection:
        if imprints.is_kept(connection, imprint):
            return False
    with writing(engine) as connection:
        return imprints.keep(connection, imprint, now=now)
