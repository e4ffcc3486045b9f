"""Pausing, and telling operators when thereby nobody of a Vendor hears of a date in time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from notifier.core.answer import AnswerKind, Party
from notifier.core.pause import unheard
from notifier.core.subscription import Subscriber
from notifier.core.timing import Timing
from notifier.store import alerts, answers, changes, pausing, subscribers

_READY = (AnswerKind.DONE, AnswerKind.NOT_AFFECTED)


def pause(
    connection: Connection, found: Subscriber, *, until: datetime, timing: Timing, now: datetime
) -> None:
    """Let nothing but Letters leave before `until`. What they follow from now on is written down already."""
    pausing.pause(connection, found, until=until, now=now)
    _tell(connection, found.vendor, timing=timing, now=now)


def end(connection: Connection, found: Subscriber, *, timing: Timing, now: datetime) -> None:
    """Let what waits leave, within the hours."""
    pausing.end(connection, found, now=now)
    _tell(connection, found.vendor, timing=timing, now=now)


def _tell(connection: Connection, vendor: str | None, *, timing: Timing, now: datetime) -> None:
    if vendor is None:
        return
    missed = _missed(connection, vendor, timing=timing, now=now)
    if not missed:
        alerts.resolve(connection, key=_key(vendor), now=now)
        return
    text = (
        f"Of the vendor {vendor}, all who follow {', '.join(missed)} have paused beyond it and hear nothing before."
        f" Tell them another way, or find another contact: notifier subscribers add ADDRESS --vendor {vendor}"
    )
    alerts.raise_alert(connection, key=_key(vendor), text=text, now=now)


def _missed(connection: Connection, vendor: str, *, timing: Timing, now: datetime) -> list[str]:
    """The Deadlines of which nobody of the Vendor hears before and it has not said that it is ready, each with its
    date."""
    current = changes.in_force(connection)
    if current is None:
        return []
    people = subscribers.load(connection, pausing.contact_ids(connection, vendor)).values()
    until = {each.id: each.paused_until for each in people if each.paused_until and each.paused_until > now}
    contacts = [
        (each.followed, timing.today(until[each.id]) if each.id in until else None) for each in people
    ]
    said = answers.last_counting(connection, [Party(vendor=vendor)])
    ready = {change_id for (_, change_id), answer in said.items() if answer.kind in _READY}
    return [
        f"{change.key(deadline)} ({deadline.when.written})"
        for change, deadline in unheard(current.changes, contacts, today=timing.today(now))
        if change.id not in ready
    ]


def _key(vendor: str) -> str:
    return f"paused:{vendor}"
