"""How many connections the relay admits at once, learnt from those that it refuses while others work."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from notifier.core.reply import Fault, Verdict

# One more is tried again after so long: what the relay admits, it shares out among all its clients.
WIDEN_SECONDS = 60.0

# A connection that has not got on for so long is stuck, and tells nothing of the relay.
WORKING_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """`most` connections at once, or fewer: `known` were admitted at the instant `since` when one more was refused.

    Instants are seconds by the clock that the callers go by.
    """

    most: int
    known: int | None = None
    since: float = 0.0

    def at(self, at: float) -> int:
        """How many may be open: those that were admitted, and one more for each minute since."""
        if self.known is None:
            return self.most
        return min(self.most, self.known + int(max(0.0, at - self.since) / WIDEN_SECONDS))

    def refused(self, beside: int, *, at: float) -> Admission:
        """The same once a connection was refused `beside` others, of which there must be one at least."""
        return replace(self, known=max(1, beside), since=at)

    def anew(self) -> Admission:
        """The same with nothing learnt: what a relay refuses while it goes down says nothing of how many it admits."""
        return replace(self, known=None)


def is_surplus(verdict: Verdict, others: Collection[float], *, at: float) -> bool:
    """Whether a connection was refused only for being one too many; else the relay is down, or we are not welcome.

    `others` says of each other connection when it last got on.
    """
    return verdict.fault is Fault.RELAY and any(at - moved < WORKING_SECONDS for moved in others)
