"""A Subscriber's own calendar: exactly what they follow, in their language.

The bytes hold nothing of whose they are, so all who follow the same share them, and nothing is kept for each of a
hundred thousand Subscribers.
"""

from __future__ import annotations

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
from notifier.web.shelf import Shelf
from notifier.web.site import Site


class RevokedError(NotifierError):
    """A private calendar that is no more."""


class Private:
    """The private calendars of one Site."""

    def __init__(self, site: Site, shelf: Shelf) -> None:
        self._site = site
        self._shelf = shelf
        self._holders = Holders(site.holders, site.version)

    async def edition(self, asked: AskedPrivate) -> Edition | None:
        """The calendar at a private address; None while there is no list.

        Raises UnknownFeedError for an address that never was, RevokedError for one that is no more, and
        UnavailableError.
        """
        holder = await self._holders.of(asked.token)
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
        return dated(made, max(made.changed_at, min(holder.since, self._site.now())))


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
