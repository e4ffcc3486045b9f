"""Belonging: to which Vendor a Subscriber belonged when, as their partings tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Parting:
    """The Vendor (None: no Vendor) that somebody belonged to until an instant, and no more."""

    vendor: str | None
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """While a Subscriber was a Vendor's: from `since` (None: from the first) up to `until` (None: still).

    `came_at` is when they were given the Vendor, None where it was theirs from the first. It lies after `since` for
    who had none before: what they were told in that time is held to be told to the Vendor they came to.
    """

    since: datetime | None
    came_at: datetime | None
    until: datetime | None

    def covers(self, at: datetime) -> bool:
        """Whether what happened at that instant happened to one of the Vendor's."""
        return (self.since is None or self.since <= at) and (self.until is None or at < self.until)


def stays_with(vendor: str, *, partings: Iterable[Parting], present: str | None) -> Iterator[Stay]:
    """Every stay of a Subscriber with one Vendor, oldest first: `partings` are theirs in the order of time,
    `present` is the Vendor they belong to now."""
    since: datetime | None = None
    came_at: datetime | None = None
    for owner, until in (*((each.vendor, each.until) for each in partings), (present, None)):
        if owner == vendor:
            yield Stay(since=since, came_at=came_at, until=until)
        if owner is not None:
            since = until
        came_at = until
