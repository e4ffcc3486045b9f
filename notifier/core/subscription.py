"""Who is told, and what they follow."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, StrEnum, auto
from typing import Final

from notifier.core.cadence import Cadence
from notifier.core.change import Change, ChangeList
from notifier.core.text import Language


class Scope(StrEnum):
    """How wide a Subscription is."""

    EVERYTHING = "everything"
    SERVICE = "service"
    CHANGE = "change"


@dataclass(frozen=True, slots=True)
class Topic:
    """What a Subscription is about: everything (future Changes too), a service, or one Change."""

    scope: Scope
    target: str = ""

    def __str__(self) -> str:
        return f"{self.scope}:{self.target}" if self.target else str(self.scope)

    def covers(self, change: Change) -> bool:
        """Whether the Change belongs to it."""
        match self.scope:
            case Scope.EVERYTHING:
                return True
            case Scope.SERVICE:
                return self.target == change.service
            case Scope.CHANGE:
                return self.target == change.id

    def is_narrower_than(self, other: Topic) -> bool:
        """Whether its scope is: a Change is narrower than a service, a service than everything."""
        return _WIDE_TO_NARROW.index(self.scope) > _WIDE_TO_NARROW.index(other.scope)


_WIDE_TO_NARROW = tuple(Scope)
EVERYTHING = Topic(Scope.EVERYTHING)


def parse_topic(text: str) -> Topic:
    """Read `everything`, `service:ID` or `change:ID`. Raises ValueError with what is accepted."""
    match = re.fullmatch(r"(everything)|(service|change):([a-z0-9][a-z0-9-]*)", text.strip(), re.ASCII)
    if not match:
        raise ValueError(f"“{text}” cannot be followed; write everything, service:ID or change:ID")
    return EVERYTHING if match[1] else Topic(Scope(match[2]), match[3])


def unknown_target(topic: Topic, changes: ChangeList) -> str | None:
    """A sentence naming the mistake when the list has no such service or Change, else None."""
    known = {
        Scope.SERVICE: [service.id for service in changes.services],
        Scope.CHANGE: [change.id for change in changes.changes],
    }.get(topic.scope)
    if known is None or topic.target in known:
        return None
    return f"the list has no {topic.scope} “{topic.target}”; it has: {', '.join(known)}"


class SubscriberState(StrEnum):
    """Where a Subscriber stands. Who is `pending` was asked for, but has not confirmed."""

    PENDING = "pending"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    LEFT = "left"
    ERASED = "erased"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """One Topic a Subscriber follows, and since when."""

    topic: Topic
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """A service or a Change that a Subscriber does not follow although a wider Topic of theirs covers it.

    It takes from what is wider than it alone. Once lifted it takes no longer, but nothing is owed from before.
    """

    topic: Topic
    lifted_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Continuation:
    """A Change that was followed without a gap since before what covers it now was chosen."""

    change: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Followed:
    """What somebody follows: these Topics, but for what is excluded from the wider ones among them."""

    topics: tuple[Topic, ...]
    excluded: tuple[Topic, ...] = ()

    def covers(self, change: Change) -> bool:
        """Whether the Change is followed."""
        return self._has(lambda topic: topic.covers(change))

    def includes(self, topic: Topic, changes: ChangeList | None) -> bool:
        """Whether the Topic is followed, but for what is excluded from itself."""
        return self._has(lambda each: includes(each, topic, changes))

    def _has(self, covers: Callable[[Topic], bool]) -> bool:
        return any(
            covers(topic) and not any(_takes(each, topic, covers) for each in self.excluded)
            for topic in self.topics
        )


def includes(wide: Topic, narrow: Topic, changes: ChangeList | None) -> bool:
    """Whether one Topic covers the whole of the other. Without a list it is not known which Changes a service has."""
    change = changes.change(narrow.target) if changes and narrow.scope is Scope.CHANGE else None
    return wide in (EVERYTHING, narrow) or (change is not None and wide.covers(change))


def _takes(excluded: Topic, wide: Topic, covers: Callable[[Topic], bool]) -> bool:
    """Whether an Exclusion takes from a wider Topic what these Topics cover."""
    return excluded.is_narrower_than(wide) and covers(excluded)


def _since(
    covers: Callable[[Topic], bool], subscriptions: Sequence[Subscription], exclusions: Sequence[Exclusion]
) -> datetime | None:
    """Since when that is followed which these Topics cover, None where it is not.

    A Subscription holds unless something narrower than it is excluded, and from when that was lifted.
    """
    found = []
    for each in subscriptions:
        if not covers(each.topic):
            continue
        against = [one for one in exclusions if _takes(one.topic, each.topic, covers)]
        lifted = [one.lifted_at for one in against if one.lifted_at is not None]
        if len(lifted) == len(against):
            found.append(max([each.since, *lifted]))
    return min(found, default=None)


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom a mail was written to: a Subscriber, at one of the mailboxes they have had.

    `moves` counts the mailboxes before it, so that links in one they have left are known to be old.
    """

    public_id: str
    moves: int


class Moved(Enum):
    """Somebody who has left the mailbox that a link stands in for another one."""

    MOVED = auto()


MOVED: Final = Moved.MOVED


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """One e-mail address, confirmed unless pending. `cadence` None means the Deadline's own or the default Leads.

    `public_id` is random and stands for the address in links; `generation` counts how often they joined;
    `calendar_serial` counts the addresses that their private calendar has had, `moves` how often they moved to
    another mailbox. `paused_until` is the end of a pause of their own choice.
    """

    id: int
    public_id: str
    address: str
    language: Language
    state: SubscriberState
    joined_at: datetime
    generation: int = 1
    cadence: Cadence | None = None
    cadence_since: datetime | None = None
    vendor: str | None = None
    calendar_serial: int = 1
    moves: int = 0
    paused_until: datetime | None = None
    subscriptions: tuple[Subscription, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    continuations: tuple[Continuation, ...] = ()

    @property
    def addressee(self) -> Addressee:
        """Whom links in mails to them are made for."""
        return Addressee(self.public_id, self.moves)

    @property
    def followed(self) -> Followed:
        """What they follow at present."""
        return Followed(
            topics=tuple([each.topic for each in self.subscriptions]),
            excluded=tuple([each.topic for each in self.exclusions if each.lifted_at is None]),
        )

    def follows(self, change: Change) -> bool:
        """Whether they follow the Change."""
        if self.exclusions:
            return self.followed.covers(change)
        return any(each.topic.covers(change) for each in self.subscriptions)

    def follows_since(self, change: Change) -> datetime | None:
        """Since when without a gap, None where they do not."""
        since = _since(lambda topic: topic.covers(change), self.subscriptions, self.exclusions)
        before = (each.since for each in self.continuations if each.change == change.id)
        return None if since is None else min([since, *before])

    def followed_before(self, change: Change, instant: datetime) -> bool:
        """Whether they follow the Change, and did so before `instant`."""
        since = self.follows_since(change)
        return since is not None and since < instant

    def inherited_since(self, topic: Topic, changes: ChangeList | None, *, now: datetime) -> datetime:
        """Since when a Topic chosen `now` counts as followed: as long as anything that covers the whole of it.

        So whoever narrows what they follow loses nothing that was due and not told yet; for the rest see
        `core.choose`.
        """
        since = _since(lambda each: includes(each, topic, changes), self.subscriptions, self.exclusions)
        return now if since is None else min(now, since)
