"""How fast Messages may leave, where the relay or its owner wants it slower than it could be."""

from __future__ import annotations

from dataclasses import dataclass, replace

_CLAIM_MINUTES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """`per_minute` Messages, evenly spread; 0 means as fast as the relay takes them.

    `free_at` is when the next may leave, in seconds by the clock that the callers go by.
    """

    per_minute: int
    free_at: float = 0.0

    @property
    def most_at_once(self) -> int | None:
        """How many may leave together: those of one second, and at least one. None: any number."""
        return max(1, self.per_minute // 60) if self.per_minute else None

    @property
    def most_ahead(self) -> int | None:
        """How many are worth taking ahead: what would wait longer is better composed later. None: any number."""
        return _CLAIM_MINUTES * self.per_minute if self.per_minute else None

    def wait(self, at: float) -> float:
        """For how many seconds nothing may leave."""
        return max(0.0, self.free_at - at)

    def after(self, count: int, *, at: float) -> Pace:
        """The same once so many more were let go. Time that nobody used is not saved up."""
        if not self.per_minute:
            return self
        return replace(self, free_at=max(self.free_at, at) + count * 60 / self.per_minute)
