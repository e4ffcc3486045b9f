"""Arming: just before a few composed Messages are written to the wire, which of them still may be.

Twice is harmless: only what this node holds under its token is armed, or given back (see `store.outbox`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from notifier.core.timing import Timing
from notifier.jobs.sender import Sender
from notifier.jobs.taking import Ready, Taken
from notifier.store import outbox
from notifier.store.engine import writing


def arm(sender: Sender, taken: Taken, batch: Sequence[Ready]) -> list[Ready]:
    """Arm what of a batch may still leave, in a transaction of its own; the rest waits to be composed anew."""
    now = sender.clock()
    messages = [ready.message for ready in batch]
    renderings = {ready.message.id: ready.renderings for ready in batch}
    armed: frozenset[int] = frozenset()
    with writing(sender.engine) as connection:
        if _still_true(sender.timing, taken.at, now):
            armed = outbox.arm(
                connection,
                messages,
                renderings=renderings,
                reading=taken.reading,
                id_suffix=sender.id_suffix,
                now=now,
            )
        outbox.release(connection, [message for message in messages if message.id not in armed], now=now)
    return [ready for ready in batch if ready.message.id in armed]


def give_back(sender: Sender, left: Sequence[Ready]) -> None:
    """Let whoever claims next have what was composed and not armed."""
    with writing(sender.engine) as connection:
        outbox.release(connection, [ready.message for ready in left], now=sender.clock())


def _still_true(timing: Timing, then: datetime, now: datetime) -> bool:
    """Whether the days left that were composed `then` still hold, and the hours are as they were."""
    return timing.today(then) == timing.today(now) and timing.is_open(then) == timing.is_open(now)
