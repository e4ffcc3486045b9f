"""The shelf of Editions: made when the list or the day changes, and kept for all who ask meanwhile.

A single 503 makes Thunderbird drop a calendar until it is restarted, and a 200 with anything but a whole calendar
empties it. So when making one fails, the last good one is served. What is kept is bounded: an Edition that had to
make room is only a join of the events on its Sheet away.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from threading import Lock

from notifier.core.change import ChangeList
from notifier.core.history import Entry
from notifier.core.holder import Mark, Retold
from notifier.core.text import Language
from notifier.feeds.addresses import Variant
from notifier.feeds.reminders import Reminding
from notifier.feeds.sheet import Sheet, sheet_of
from notifier.logs import log
from notifier.web.edition import Edition
from notifier.web.site import Site

# Of the public ones, and of the private ones.
MOST_BYTES = 16 * 2**20
MOST_EDITIONS = 1024
MOST_SHEETS = 24
_PATIENCE = 5.0
_log = log("feeds")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Snapshot:
    """What every Feed is made from: the list in force, since when, its history and the local day.

    `at` is when it was taken.
    """

    changes: ChangeList
    since: datetime | None
    history: Mapping[str, Sequence[Entry]]
    today: date
    at: datetime

    def is_of(
        self,
        changes: ChangeList,
        since: datetime | None,
        history: Mapping[str, Sequence[Entry]],
        today: date,
    ) -> bool:
        """Whether it was taken of these."""
        same = self.changes is changes and self.history is history
        when = (self.today, self.since) == (today, since)
        return when and (same or (self.changes, self.history) == (changes, history))

    def not_ahead(self, instant: datetime | None) -> datetime | None:
        """The instant, but no later than this: a Last-Modified must not lie ahead of its answer (RFC 9110, 8.8.2.1)."""
        return min(instant, self.at) if instant else None


@dataclass(frozen=True, slots=True)
class _Kept:
    snapshot: Snapshot
    edition: Edition


class _Board:
    """Editions by key, the oldest of which make room."""

    def __init__(self) -> None:
        self._editions: OrderedDict[Hashable, _Kept] = OrderedDict()
        self._bytes = 0

    def get(self, key: Hashable) -> _Kept | None:
        return self._editions.get(key)

    def keep(self, key: Hashable, kept: _Kept) -> None:
        before = self._editions.pop(key, None)
        self._editions[key] = kept
        self._bytes += len(kept.edition.body) - (len(before.edition.body) if before else 0)
        while len(self._editions) > 1 and (self._bytes > MOST_BYTES or len(self._editions) > MOST_EDITIONS):
            _, oldest = self._editions.popitem(last=False)
            self._bytes -= len(oldest.edition.body)


class Shelf:
    """Editions by key, each of the Snapshot it was made from; safe to use from several threads.

    Private ones have a board of their own: however many they are, they never push out the last good public ones.
    """

    def __init__(self, site: Site) -> None:
        self._site = site
        self._snapshot: Snapshot | None = None
        self._good: Snapshot | None = None
        self._public = _Board()
        self._private = _Board()
        self._sheets: OrderedDict[Hashable, tuple[Snapshot, Sheet]] = OrderedDict()
        self._lock = Lock()

    def snapshot(self) -> Snapshot | None:
        """The present Snapshot; in trouble the last one, None while there never was a list. Answers at once."""
        known = self._snapshot
        try:
            # The list last: of one that takes force meanwhile the others must not be the later ones.
            since, history, changes, now = (
                self._site.since(),
                self._site.history(),
                self._site.changes(),
                self._site.now(),
            )
        except Exception:  # noqa: BLE001 -- whatever went wrong, calendars must not go empty over it
            _log.exception("the list cannot be had; the feeds stay as they are")
            return known
        if changes is None:
            return known
        today = self._site.timing.today(now)
        if known is None or not known.is_of(changes, since, history, today):
            known = Snapshot(changes=changes, since=since, history=history, today=today, at=now)
            self._snapshot = known
        return known

    def ready(self, key: Hashable, *, is_private: bool = False) -> Edition | None:
        """The Edition, where it is of the present Snapshot. Answers at once."""
        kept = self._board(is_private).get(key)
        return kept.edition if kept and kept.snapshot is self.snapshot() else None

    def take(
        self, key: Hashable, make: Callable[[Snapshot], Edition], *, is_private: bool = False
    ) -> Edition | None:
        """The Edition of the present Snapshot, made where needed; in trouble the last good one, None without any."""
        snapshot = self.snapshot()
        if snapshot is None:
            return None
        if not self._lock.acquire(timeout=_PATIENCE):
            kept = self._board(is_private).get(key)
            return kept.edition if kept else None
        try:
            return self._made(self._board(is_private), key, snapshot, make)
        finally:
            self._lock.release()

    def sheet(
        self,
        snapshot: Snapshot,
        *,
        language: Language,
        variant: Variant,
        reminding: Reminding | None,
        retold: Retold,
        marks: tuple[Mark, ...] = (),
    ) -> Sheet:
        """Every event in one language and variant. To be asked only by what makes an Edition.

        Of somebody's own only the events are made that their `marks` alter; the others are everybody's.
        """
        own = (reminding.own, reminding.since) if reminding else None
        key = (language, variant, own, retold)
        make = partial(
            sheet_of,
            changes=snapshot.changes,
            history=snapshot.history,
            today=snapshot.today,
            feed=self._site.feed(language),
            variant=variant,
            reminding=reminding,
            retold=retold,
        )
        kept = self._sheets.get(key)
        made = kept[1] if kept and kept[0] is snapshot else self._keep_sheet(key, snapshot, make())
        return make(marks=marks, rules=self._site.answer_rules, unmarked=made) if marks else made

    def _board(self, is_private: bool) -> _Board:
        return self._private if is_private else self._public

    def _keep_sheet(self, key: Hashable, snapshot: Snapshot, made: Sheet) -> Sheet:
        self._sheets[key] = (snapshot, made)
        while len(self._sheets) > MOST_SHEETS:
            self._sheets.popitem(last=False)
        return made

    def _made(
        self, board: _Board, key: Hashable, snapshot: Snapshot, make: Callable[[Snapshot], Edition]
    ) -> Edition | None:
        kept = board.get(key)
        if kept and kept.snapshot is snapshot:
            return kept.edition
        try:
            made = make(snapshot)
        except Exception:  # noqa: BLE001 -- as above
            _log.exception("a feed cannot be made; the last good one is served")
            return kept.edition if kept else self._of_good(snapshot, make)
        self._good = snapshot
        board.keep(key, _Kept(snapshot, made))
        return made

    def _of_good(self, snapshot: Snapshot, make: Callable[[Snapshot], Edition]) -> Edition | None:
        """An Edition that nobody asked for before, of the last Snapshot that could be made into one."""
        if self._good is None or self._good is snapshot:
            return None
        try:
            return make(self._good)
        except Exception:  # noqa: BLE001 -- as above
            _log.exception("nor can it be made of the list before")
            return None
