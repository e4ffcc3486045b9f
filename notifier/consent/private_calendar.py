"""Private calendars: whose a signed address is, and giving a calendar another one."""

from __future__ import annotations

from typing import Literal

from sqlalchemy import Engine

from notifier.compose.links import Links
from notifier.store import calendars
from notifier.store.calendars import Gone, Holder
from notifier.store.engine import reading


def holder_of(*, engine: Engine, links: Links, token: str) -> Holder | Literal[Gone.GONE] | None:
    """Whose the calendar is that this token (the address's last part, without .ics) stands for.

    GONE when it was rotated or they left; None when it was altered or never was.
    """
    named = links.read_private_calendar(token)
    if named is None:
        return None
    with reading(engine) as connection:
        return calendars.holder_of(connection, public_id=named[0], serial=named[1])
