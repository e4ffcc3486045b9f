"""How long to wait before trying again, for one Message and for the relay as a whole."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from notifier.core.reply import Fault

RETRY_MINUTES = (5, 10, 20, 40, 60)
RETRY_FOR = timedelta(days=5)
AMBIGUOUS_WAIT = timedelta(minutes=15)
RELAY_MINUTES = (1, 2, 5, 10, 20, 30)
POLICY_STREAK = 3
POLICY_TRIES = 5


def retry_delay(tries: int, spread: float) -> timedelta:
    """Wait after the `tries`th temporary failure (from 1): 5, 10, 20, 40, then 60 minutes.

    `spread` from -1 to 1 moves it by up to 20 %, so that a thousand Messages do not return at once.
    """
    minutes = RETRY_MINUTES[min(max(tries, 1), len(RETRY_MINUTES)) - 1]
    return timedelta(minutes=minutes * (1 + 0.2 * max(-1.0, min(1.0, spread))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaker:
    """The relay's health. Closed while `open_until` is None; else nothing leaves before that instant,
    and then a single Message is sent to probe. `streak` counts policy refusals in a row."""

    failures: int = 0
    open_until: datetime | None = None
    streak: int = 0
    since: datetime | None = None
    reason: str = ""

    def allows(self, now: datetime) -> int | None:
        """How many Messages may be sent now: 0 none, 1 a probe, None as many as there are."""
        if self.open_until is None:
            return None
        return 1 if now >= self.open_until else 0


CLOSED = Breaker()


def after_fault(breaker: Breaker, fault: Fault, *, now: datetime, reason: str) -> Breaker:
    """The breaker after one Verdict. Anything the relay took or blamed on one address closes it."""
    match fault:
        case Fault.RELAY | Fault.OURS:
            return _opened(breaker, now=now, reason=reason)
        case Fault.POLICY:
            streak = breaker.streak + 1
            if streak >= POLICY_STREAK:
                return replace(_opened(breaker, now=now, reason=reason), streak=streak)
            return replace(breaker, streak=streak)
        case Fault.AMBIGUOUS:
            return breaker
        case _:
            return CLOSED


def _opened(breaker: Breaker, *, now: datetime, reason: str) -> Breaker:
    minutes = RELAY_MINUTES[min(breaker.failures, len(RELAY_MINUTES) - 1)]
    return replace(
        breaker,
        failures=breaker.failures + 1,
        open_until=now + timedelta(minutes=minutes),
        since=breaker.since or now,
        reason=reason,
    )
