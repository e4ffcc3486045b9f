"""Private calendars: whose signed addresses are."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Engine

from notifier.compose.links import Links
from notifier.core.holder import Held
from notifier.core.timing import Timing
from notifier.store import calendars
from notifier.store.engine import reading


def holders_of(*, engine: Engine, links: Links, tokens: Sequence[str], timing: Timing) -> list[Held]:
    """Whose the calendars are that these tokens (the addresses' last parts, without .ics) stand for.

    GONE when it was rotated or they left; None when it was altered or never was.
    """
    named = [links.read_private_calendar(token) for token in tokens]
    asked = [each for each in named if each is not None]
    if not asked:
        return [None] * len(named)
    with reading(engine) as connection:
        found = iter(calendars.holders_of(connection, asked, timing=timing))
    return [None if each is None else next(found) for each in named]
