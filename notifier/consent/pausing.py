"""Pausing, and telling operators when thereby nobody of a Vendor hears of a date in time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from notifier.core.answer import AnswerKind, Party
from notifier.core.pause import dates_within
from notifier.core.subscription import Followed, Subscriber
from notifier.core.timing import Timing
from notifier.store import alerts, answers, changes, pausing

_READY = (AnswerKind.DONE, AnswerKind.NOT_AFFECTED)


def pause(
    connection: Connection,
    found: Subscriber,
    *,
    followed: Followed,
    until: datetime,
    timing: Timing,
    now: datetime,
) -> None:
    """Let nothing but Letters leave before `until`. `followed` is what they follow from now on."""
    pausing.pause(connection, found, until=until, now=now)
    if found.vendor is None:
        return
    missed = _missed(connection, found.vendor, followed, until=until, timing=timing, now=now)
    if not missed or pausing.is_another_told(connection, found.vendor, now=now):
        alerts.resolve(connection, key=_key(found.vendor), now=now)
        return
    text = (
        f"Whoever is still mailed of the vendor {found.vendor} has paused until {timing.today(until)} and hears nothing"
        f" before then of {', '.join(missed)}. Tell them another way, or find another contact: notifier subscribers"
        f" add ADDRESS --vendor {found.vendor}"
    )
    alerts.raise_alert(connection, key=_key(found.vendor), text=text, now=now)


def end(connection: Connection, found: Subscriber, *, now: datetime) -> None:
    """Let what waits leave, within the hours."""
    pausing.end(connection, found, now=now)
    if found.vendor is not None:
        alerts.resolve(connection, key=_key(found.vendor), now=now)


def _missed(
    connection: Connection, vendor: str, followed: Followed, *, until: datetime, timing: Timing, now: datetime
) -> list[str]:
    """The Deadlines within the pause of which the Vendor has not said that it is ready, each with its date."""
    current = changes.in_force(connection)
    if current is None:
        return []
    party = Party(vendor=vendor)
    said = answers.last_counting(connection, [party])
    ready = {change_id for (_, change_id), answer in said.items() if answer.kind in _READY}
    dates = dates_within(current.changes, followed, today=timing.today(now), last=timing.today(until))
    return [
        f"{change.key(deadline)} ({deadline.when.written})"
        for change, deadline in dates
        if change.id not in ready
    ]


def _key(vendor: str) -> str:
    return f"paused:{vendor}"
