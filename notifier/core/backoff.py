"""How long to wait before trying again, for one Message and for the relay as a whole."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from notifier.core.letter import TO_TYPED_ADDRESS, LetterKind
from notifier.core.message import Message
from notifier.core.reply import IN_TRANSACTION, Fault, Verdict

RETRY_MINUTES = (5, 10, 20, 40, 60)
RETRY_FOR = timedelta(days=5)
# What should have left so long ago, and has not, is trouble.
OVERDUE = timedelta(hours=2)
AMBIGUOUS_WAIT = timedelta(minutes=15)
RELAY_MINUTES = (1, 2, 5, 10, 20, 30)
# Where it may after all be a few addresses that do not exist, nothing that falls due should wait for longer.
UNCLEAR_MINUTES = RELAY_MINUTES[:3]
# So many suspicions in a row open the breaker; of mails that were never answered so many.
STREAK, UNANSWERED_STREAK = 3, 12
_WEIGHT = UNANSWERED_STREAK // STREAK
POLICY_TRIES = 5
UNCLEAR_TRIES = 2


def retry_delay(tries: int, spread: float) -> timedelta:
    """Wait after the `tries`th temporary failure (from 1): 5, 10, 20, 40, then 60 minutes.

    `spread` from -1 to 1 moves it by up to 20 %, so that a thousand Messages do not return at once.
    """
    minutes = RETRY_MINUTES[min(max(tries, 1), len(RETRY_MINUTES)) - 1]
    return timedelta(minutes=minutes * (1 + 0.2 * max(-1.0, min(1.0, spread))))


def spread_of(message: Message) -> float:
    """A number from -1 to 1 that differs between Messages and tries, the same each time it is asked."""
    return ((message.id * 2_654_435_761 + message.tries * 40_503) % 2_001) / 1_000 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaker:
    """The relay's health. Closed while `open_until` is None; else nothing leaves before that instant,
    and then a single Message is sent to probe. `streak` adds up, in a row, what may be one Message's own
    trouble or the relay's: refusals for policy or for no reason given, transactions cut short, and mails that were
    never answered, lest a relay that loses every answer be given every mail twice."""

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


def after_fault(
    breaker: Breaker, verdict: Verdict, *, now: datetime, letter: LetterKind | None = None
) -> Breaker:
    """The breaker after one Verdict of a Message, which may be a Letter. Anything the relay took or blamed on one
    address closes it.

    While it is open, the Verdicts of Messages that were already on their way change nothing. That an address which
    somebody typed is refused without a reason opens nothing: most likely it does not exist.
    """
    if verdict.fault is Fault.UNCLEAR and letter in TO_TYPED_ADDRESS and breaker.open_until is None:
        return breaker
    if verdict.fault in (Fault.NONE, Fault.TEMPORARY, Fault.ADDRESS, Fault.MESSAGE):
        return CLOSED
    if breaker.open_until is not None and now < breaker.open_until:
        return breaker
    streak = breaker.streak + (1 if verdict.fault is Fault.AMBIGUOUS else _WEIGHT)
    if is_suspicion(verdict) and streak < UNANSWERED_STREAK:
        return replace(breaker, streak=streak)
    waits = UNCLEAR_MINUTES if verdict.fault is Fault.UNCLEAR else RELAY_MINUTES
    minutes = waits[min(breaker.failures, len(waits) - 1)]
    return Breaker(
        failures=breaker.failures + 1,
        open_until=now + timedelta(minutes=minutes),
        streak=streak,
        since=breaker.since or now,
        reason=f"{verdict.phase}: {verdict.code or ''} {verdict.reply}".replace("  ", " ").strip(),
    )


def is_suspicion(verdict: Verdict) -> bool:
    """Whether the trouble may be this Message's own: refused for policy or for no reason given, cut short in its
    transaction, or never answered."""
    own = verdict.fault in (Fault.POLICY, Fault.UNCLEAR, Fault.AMBIGUOUS)
    return own or (verdict.fault is Fault.RELAY and verdict.phase in IN_TRANSACTION)
