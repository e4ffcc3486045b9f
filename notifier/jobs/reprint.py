"""Reprint: notice that another release or other settings word the calendars' events anew.

Clients then see a higher SEQUENCE and take the new words in. Twice is harmless: what is printed as before makes no
reprint.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine

from notifier.core.imprint import Step
from notifier.logs import log
from notifier.store import alerts, imprints
from notifier.store.engine import reading, writing

_TEXT = (
    "All events in the calendars are worded as they were before, once more. Either this is an earlier release, or has"
    " earlier settings, on purpose: then there is nothing to do. Or nodes differ: give all of them the same release and"
    " the same settings (publisher, web.base_url, reminders, list.time_zone, answers.reconfirm_after_days). Until then"
    " the events stay as they were printed last. This ends by itself when all nodes have agreed for a day"
)
_log = log("reprint")


def reprint(*, engine: Engine, imprint: str, now: datetime) -> bool:
    """Whether all events count as changed from now on. `imprint` stands for how this node words them.

    Operators are told where that was so before.
    """
    with reading(engine) as connection:
        if not imprints.has_news(connection, imprint, now=now):
            return False
    with writing(engine) as connection:
        step = imprints.keep(connection, imprint, now=now)
        if step is Step.RETURNED:
            alerts.raise_alert(connection, key="imprint", text=_TEXT, now=now)
        elif step is Step.SETTLED:
            alerts.resolve(connection, key="imprint", now=now)
    is_reprinted = step in (Step.REPRINTED, Step.RETURNED)
    if is_reprinted:
        _log.info("reprinted", imprint=imprint[:12], returned=step is Step.RETURNED)
    return is_reprinted
