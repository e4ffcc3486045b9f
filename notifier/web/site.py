"""What the pages and feeds need, as plain values and questions: the web opens no files and no clocks."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path

from sqlalchemy import Engine

from notifier.compose.links import Links
from notifier.compose.templates import Templates
from notifier.consent.leaving import Left
from notifier.core.answer import AnswerRules
from notifier.core.change import ChangeList
from notifier.core.curve import Curve
from notifier.core.history import Entry
from notifier.core.holder import Held
from notifier.core.pseudonym import Pseudonyms
from notifier.core.readiness import Picture
from notifier.core.retention import DEFAULT_RETENTION, Retention
from notifier.core.subscription import Addressee
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
class Register:
    """Where people subscribe, choose and leave.

    Of visitors who come through `trusted_proxies`, the forwarded address counts. The answer to whoever
    subscribes comes no sooner than `pace` seconds after the question, so that its time tells nothing.
    `mailbox` is the Maildir to show at `/mail`, where mail goes there and the page is for this machine alone.
    """

    engine: Engine
    pseudonyms: Pseudonyms
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    pace: float = 0.5
    mailbox: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Everything the web shows or does.

    `changes` is the list in force (None before the first), `since` when it took force, `history` each Deadline's
    Entries by key, oldest first; `elapsed` is how long ago this process last believed the clock that `now` goes by,
    None if never. These and `version` answer at once. The others may block and are called in worker threads.
    `leave` ends the Subscription of whom a link was made for; asking twice is harmless. `holders` answers whose
    private calendars' tokens are, in their order; equal answers of `version`, but None, mean that nothing was written
    between. `register` is where people subscribe. `readiness` answers who is ready for a Change, and `answer_rules`
    say whether an Answer still holds.
    `privacy_url` and `accessibility_url` are the publisher's own statements, where it has some; `retention` is what
    ours says.
    """

    changes: Callable[[], ChangeList | None]
    history: Callable[[], Mapping[str, Sequence[Entry]]]
    now: Callable[[], datetime]
    elapsed: Callable[[], timedelta | None]
    leave: Callable[[Addressee], Left]
    holders: Callable[[Sequence[str]], Sequence[Held]]
    version: Callable[[], Hashable | None]
    health: Callable[[], Health]
    timing: Timing
    links: Links
    templates: Templates
    publisher: str
    contact: str
    register: Register
    since: Callable[[], datetime | None] = lambda: None
    readiness: Callable[[str], tuple[Picture, Curve] | None] = lambda _: None
    answer_rules: AnswerRules = field(default_factory=AnswerRules)
    privacy_url: str = ""
    accessibility_url: str = ""
    retention: Retention = DEFAULT_RETENTION

    def feed(self, language: Language, *, feed_url: str | None = None) -> Feed:
        """How the deadlines are published in one language: at `feed_url`, which by default is where everything is."""
        return Feed(
            language=language,
            zone=self.timing.zone,
            publisher=self.publisher,
            contact=self.contact,
            page_url=self.links.page(language),
            feed_url=self.links.calendar(language) if feed_url is None else feed_url,
        )
