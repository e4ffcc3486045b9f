"""What the pages and feeds need, as plain values and questions: the web opens no files and no clocks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from notifier.compose.links import Links
from notifier.compose.templates import Templates
from notifier.core.change import ChangeList
from notifier.core.history import Entry
from notifier.core.text import Language
from notifier.core.timing import Timing
from notifier.feeds.feed import Feed


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthProblem:
    """One thing that is wrong, in a sentence without addresses or secrets, and since when."""

    what: str
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """`live`: the daemon's loops turn. `ready`: everything owed can be done on time."""

    live: bool
    ready: bool
    problems: tuple[HealthProblem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Everything the web shows or does. All callables may block; they are called in worker threads.

    `changes` is the list in force (None before the first), `history` each Deadline's Entries by key, oldest
    first. `leave` ends the Subscription of a Subscriber's public id, and answers whether it knows them;
    asking twice is harmless. `privacy_url` and `accessibility_url` are the publisher's own statements, where
    it has some.
    """

    changes: Callable[[], ChangeList | None]
    history: Callable[[], Mapping[str, Sequence[Entry]]]
    now: Callable[[], datetime]
    leave: Callable[[str], bool]
    health: Callable[[], Health]
    timing: Timing
    links: Links
    templates: Templates
    publisher: str
    contact: str
    privacy_url: str = ""
    accessibility_url: str = ""

    def feed(self, language: Language) -> Feed:
        """How the deadlines are published in one language."""
        return Feed(
            language=language,
            zone=self.timing.zone,
            publisher=self.publisher,
            contact=self.contact,
            page_url=self.links.page(language),
            feed_url=self.links.calendar(language),
        )
