"""The list that people choose from: the one in force or, before any is, the one on disk."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine

from notifier.core.change import ChangeList
from notifier.core.timing import Timing
from notifier.sources.parse import parse_list
from notifier.sources.source import Source
from notifier.store import changes
from notifier.store.engine import reading


def known_list(*, engine: Engine, source: Source, timing: Timing, wall: datetime) -> ChangeList:
    """The list in force, else the one `source` holds, read on the real day. Raises ListRefusedError."""
    with reading(engine) as connection:
        current = changes.in_force(connection)
    return current.changes if current else parse_list(source.read(), today=timing.today(wall))
