"""A Subscriber's own calendar: exactly what they follow, in their language.

The bytes hold nothing of whose they are, so all who follow the same share them: everybody who answered nothing, and the
people of one Vendor. For each of a hundred thousand Subscribers nothing is kept, but for those who asked last what they
were answered: it holds while nothing was written to the database, and not a moment longer.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from weakref import ref

from starlette.concurrency import run_in_threadpool

from notifier.core.holder import GONE, Holder
from notifier.errors import NotifierError
from notifier.feeds.addresses import Variant
from notifier.feeds.asking import AskedPrivate, UnknownFeedError
from notifier.feeds.selection import selected
from notifier.web.calendar import Shown, private_edition
from notifier.web.edition import Edition, Print, dated
from notifier.web.holders import Holders
from notifier.web.shelf import Shelf, Snapshot
from notifier.web.site import Site
from notifier.web.turn import once_a_turn

# Some 300 bytes each, so 5 MB; the calendars themselves are the Shelf's, which keeps as many as it has room for.
MOST_ANSWERED = 16_384


class RevokedError(NotifierError):
    """A private calendar that is no more."""


@dataclass(frozen=True, slots=True)
class _Answered:
    """What somebody was given, while it is kept, and when it last changed for them."""

    print: ref[Print]
    changed_at: datetime


class Private:
    """The private calendars of one Site."""

    def __init__(self, site: Site, shelf: Shelf) -> None:
        self._site = site
        self._shelf = shelf
        self._holders = Holders(site.holders)
        self._version = once_a_turn(site.version)
        self._as_of: tuple[Hashable | None, Snapshot | None] = (None, None)
        self._answered: OrderedDict[str, _Answered] = OrderedDict()

    def ready(self, path: str) -> Edition | None:
        """What was answered at this address, where that still holds. Answers at once."""
        last = self._answered.get(path)
        made = last.print() if last else None
        if last is None or made is None or self._as_of != self._now():
            return None
        self._answered.move_to_end(path)
        return Edition(made, last.changed_at)

    async def edition(self, path: str, asked: AskedPrivate) -> Edition | None:
        """The calendar at a private address, which asks for this; None while there is no list.

        Raises UnknownFeedError for an address that never was, RevokedError for one that is no more, and
        UnavailableError.
        """
        # Taken before the answer, so that whatever is written meanwhile makes another one.
        as_of = self._now()
        found = await self._holders.of(asked.token)
        holder = found.held
        if holder is None:
            raise UnknownFeedError("There is no such calendar. Copy its whole address from your latest mail.")
        if holder is GONE:
            raise RevokedError(
                "This calendar’s address is no longer valid. Your latest mail has the present one."
            )
        shown = shown_to(holder, asked.variant)
        made = self._shelf.ready(shown, is_private=True)
        if made is None:
            make = partial(private_edition, self._site, self._shelf, shown=shown)
            made = await run_in_threadpool(self._shelf.take, shown, make, is_private=True)
        if made is None or made.changed_at is None:
            return made
        # What they follow and what they answered is part of what they see; the Snapshot may be older.
        theirs = dated(made.print, max(made.changed_at, min(holder.changed_at, self._site.now())))
        # In trouble both may be older than what there is now.
        if found.is_certain and made is self._shelf.ready(shown, is_private=True):
            self._remember(path, theirs, as_of)
        return theirs

    def _now(self) -> tuple[Hashable | None, Snapshot | None]:
        """The state of the database and the list; all answers are forgotten with the one they were given in."""
        return self._version(), self._shelf.snapshot()

    def _remember(self, path: str, theirs: Edition, as_of: tuple[Hashable | None, Snapshot | None]) -> None:
        if None in as_of or theirs.changed_at is None:
            return
        if as_of != self._as_of:
            self._answered.clear()
            self._as_of = as_of
        self._answered[path] = _Answered(ref(theirs.print), theirs.changed_at)
        if len(self._answered) > MOST_ANSWERED:
            self._answered.popitem(last=False)


@lru_cache(maxsize=4096)
def shown_to(holder: Holder, variant: Variant) -> Shown:
    """What their calendar shows in that variant. All for whom it is the same share its bytes."""
    plain = variant is Variant.PLAIN
    return Shown(
        selection=selected(holder.followed.topics, holder.followed.excluded),
        variant=variant,
        language=holder.language,
        own=None if plain else holder.cadence,
        since=None if plain else holder.cadence_since,
        retold=holder.retold,
        marks=holder.marks,
    )
