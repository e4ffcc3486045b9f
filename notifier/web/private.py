"""A Subscriber's own calendar: exactly what they follow, in their language.

The bytes hold nothing of whose they are, so all who follow the same share them, and nothing is kept for each of a
hundred thousand Subscribers but a few of those who asked last: should the database fail, these are served as before.
"""

from __future__ import annotations

from collections import OrderedDict
from functools import partial
from threading import Lock

from notifier.errors import NotifierError
from notifier.feeds.addresses import Variant
from notifier.feeds.asking import AskedPrivate, UnknownFeedError
from notifier.feeds.selection import selected
from notifier.logs import log
from notifier.web.calendar import private_edition
from notifier.web.edition import Edition, dated
from notifier.web.shelf import Shelf
from notifier.web.site import Holder, Revoked, Site

MOST_HOLDERS = 4096
_log = log("feeds")


class RevokedError(NotifierError):
    """A private calendar that is no more."""


class UnavailableError(NotifierError):
    """Whose a private calendar is cannot be had now, and was not known before."""


class Private:
    """The private calendars of one Site."""

    def __init__(self, site: Site, shelf: Shelf) -> None:
        self._site = site
        self._shelf = shelf
        self._holders: OrderedDict[str, Holder] = OrderedDict()
        self._lock = Lock()

    def edition(self, asked: AskedPrivate) -> Edition | None:
        """The calendar at a private address; None while there is no list.

        Raises UnknownFeedError for an address that never was, RevokedError for one that is no more, and
        UnavailableError.
        """
        holder = self._holder(asked.token)
        if holder is None:
            raise UnknownFeedError("There is no such calendar. Copy its whole address from your latest mail.")
        if isinstance(holder, Revoked):
            raise RevokedError(
                "This calendar’s address is no longer valid. Your latest mail has the present one."
            )
        selection = selected(holder.topics)
        is_plain = asked.variant is Variant.PLAIN
        own, since = (None, None) if is_plain else (holder.cadence, holder.cadence_since)
        key = ("private", asked.variant, holder.language, selection, own, since)
        make = partial(
            private_edition,
            self._site,
            self._shelf,
            selection=selection,
            variant=asked.variant,
            language=holder.language,
            own=own,
            since=since,
        )
        made = self._shelf.take(key, make)
        if made is None or made.changed_at is None:
            return made
        # What they follow is part of what they see.
        return dated(made, max(made.changed_at, min(holder.since, self._site.now())))

    def _holder(self, token: str) -> Holder | Revoked | None:
        try:
            found = self._site.holder(token)
        except Exception as error:
            _log.exception("whose a calendar is cannot be had; it is served as before where it is known")
            with self._lock:
                last = self._holders.get(token)
            if last is None:
                raise UnavailableError(
                    "The calendar cannot be had just now. Please try again soon."
                ) from error
            return last
        with self._lock:
            self._holders.pop(token, None)
            if isinstance(found, Holder):
                self._holders[token] = found
                if len(self._holders) > MOST_HOLDERS:
                    self._holders.popitem(last=False)
        return found
