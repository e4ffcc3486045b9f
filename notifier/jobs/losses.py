"""Losses: Alerts about what was not told in time, and about what may or may not have arrived."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time

from sqlalchemy import Connection

from notifier.core.text import count
from notifier.core.timing import Timing
from notifier.store import alerts, expiring


def alert_expired(connection: Connection, *, timing: Timing, now: datetime) -> None:
    """Tell of every Notice that came too late on this local day, as one Alert that grows with their number."""
    today = timing.today(now)
    expired = expiring.count_expired(connection, since=timing.instant(today, time(0)))
    if expired:
        text = f"{count(expired, 'notice')} could not be sent in time; see notifier why"
        alerts.raise_alert(connection, key=f"expired:{today}", text=text, now=now)


def alert_unknown(connection: Connection, message_ids: Iterable[int], *, now: datetime) -> None:
    """Tell of Messages that may or may not have arrived."""
    for message_id in message_ids:
        text = (
            f"Message {message_id} was transmitted without an answer; it may or may not have arrived. Look"
            f" with: notifier outbox show {message_id}. To send it again: notifier outbox retry {message_id}"
        )
        alerts.raise_alert(connection, key=f"unknown:{message_id}", text=text, now=now)
