"""The canary: a mail that is sent once a day and must come back, so that silence is noticed.

What relays answer and what monitoring sees may all be fine while no mail arrives anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

EVERY = timedelta(hours=24)
RETRY = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Canary:
    """The last one. `number` is signed in it. `next_at` is when another one flies.

    `missed_since` is when the first one flew of those that have not come back; None once one has.
    """

    number: int
    sent_at: datetime
    next_at: datetime
    missed_since: datetime | None


def flies(canary: Canary | None, *, now: datetime) -> bool:
    """Whether it is time for another one; also when the clock was set back by more than a day."""
    return canary is None or now >= canary.next_at or now < canary.sent_at - EVERY


def after_start(canary: Canary | None, *, now: datetime) -> Canary:
    """The next one, on its way. Its number is higher than that of the one before."""
    number = max(int(now.timestamp()), canary.number + 1 if canary else 0)
    missed_since = canary.missed_since if canary else None
    return Canary(number=number, sent_at=now, next_at=now + EVERY, missed_since=missed_since or now)


def after_refusal(canary: Canary) -> Canary:
    """The relay did not take it: another one is tried soon."""
    return Canary(
        number=canary.number,
        sent_at=canary.sent_at,
        next_at=canary.sent_at + RETRY,
        missed_since=canary.missed_since,
    )


def after_return(canary: Canary | None, number: int) -> Canary | None:
    """What it is once one came back; None when that one says nothing: never sent, or older than the last."""
    if canary is None or canary.missed_since is None or number != canary.number:
        return None
    return Canary(number=canary.number, sent_at=canary.sent_at, next_at=canary.next_at, missed_since=None)


def is_missed(canary: Canary | None, *, within: timedelta, now: datetime) -> bool:
    """Whether one should have come back by now."""
    return canary is not None and canary.missed_since is not None and now - canary.missed_since > within
