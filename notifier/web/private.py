"""A Subscriber's own calendar: exactly what they follow, in their language.

The bytes hold nothing of whose they are, so all who follow the same share them. For each of a hundred thousand
Subscribers nothing is kept, but for those who asked last what they were answered: it holds while nothing was written to
the database, and not a moment longer.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from functools import lru_cache, partial

from starlette.concurrency import run_in_threadpool

from notifier.core.holder import GONE, Holder
from notifier.errors import NotifierError
from notifier.feeds.addresses import Variant
from notifier.feeds.asking import AskedPrivate, UnknownFeedError
from notifier.feeds.selection import selected
from notifier.web.calendar import Shown, private_edition
from notifier.web.edition import Edition, dated
from notifier.web.holders import Holders
from notifier.web.shelf import Shelf, Snapshot
from notifier.web.site import Site

MOST_ANSWERED = 4096


class RevokedError(NotifierError):
    """A private calendar that is no more."""


class Private:
    """The private calendars of one Site."""

    def __init__(self, site: Site, shelf: Shelf) -> None:
        self._site = site
        self._shelf = shelf
        self._holders = Holders(site.holders)
        self._answered: dict[str, _Answered] = {}

    def ready(self, path: str) -> Edition | None:
        """What was answered at this address, where that still holds. Answers at once."""
        last = self._answered.get(path)
        if (
            last is None
            or last.version != self._site.version()
            or last.snapshot is not self._shelf.snapshot()
        ):
            return None
        return last.edition

    async def edition(self, path: str, asked: AskedPrivate) -> Edition | None:
        """The calendar at a private address, which asks for this; None while there is no list.

        Raises UnknownFeedError for an address that never was, RevokedError for one that is no more, and
        UnavailableError.
        """
        # Taken before the answer, so that whatever is written meanwhile makes another one.
        version, snapshot = self._site.version(), self._shelf.snapshot()
        found = await self._holders.of(asked.token)
        holder = found.held
        if holder is None:
            raise UnknownFeedError("There is no such calendar. Copy its whole address from your latest mail.")
        if holder is GONE:
            raise RevokedError(
                "This calendar’s address is no longer valid. Your latest mail has the present one."
            )
        shown = shown_to(holder, asked.variant)
        made = self._shelf.ready(shown)
        if made is None:
            make = partial(private_edition, self._site, self._shelf, shown=shown)
            made = await run_in_threadpool(self._shelf.take, shown, make)
        if made is None or made.changed_at is None:
            return made
        # What they follow is part of what they see.
        theirs = dated(made, max(made.changed_at, min(holder.since, self._site.now())))
        if version is not None and snapshot is not None and found.is_certain:
            self._remember(path, _Answered(version, snapshot, theirs))
        return theirs

    def _remember(self, path: str, answered: _Answered) -> None:
        self._answered.pop(path, None)
        self._answered[path] = answered
        while len(self._answered) > MOST_ANSWERED:
            del self._answered[next(iter(self._answered))]


@dataclass(frozen=True, slots=True)
class _Answered:
    """An answer, and what the database and the list were like just before it."""

    version: Hashable
    snapshot: Snapshot
    edition: Edition


@lru_cache(maxsize=4096)
def shown_to(holder: Holder, variant: Variant) -> Shown:
    """What their calendar shows in that variant. All for whom it is the same share its bytes."""
    plain = variant is Variant.PLAIN
    return Shown(
        selection=selected(holder.topics),
        variant=variant,
        language=holder.language,
        own=None if plain else holder.cadence,
        since=None if plain else holder.cadence_since,
        retold=holder.retold,
    )
