"""Who is told, and what they follow."""

from __future__ import annotations

import re
from collections.abc import Sequence
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


def without(topics: Sequence[Topic], dropped: Topic, changes: ChangeList) -> tuple[Topic, ...]:
    """What is left of these Topics when a service or a Change is followed no longer.

    What covers more than the dropped one is replaced by the services, or the Changes of the service, that it
    leaves. Everything dropped leaves nothing.
    """
    if dropped.scope is Scope.EVERYTHING:
        return ()
    left: list[Topic] = []
    for topic in topics:
        left += _rest(topic, dropped, changes)
    return tuple(dict.fromkeys(left))


def parts_of(topics: Sequence[Topic], changes: ChangeList) -> tuple[Topic, ...]:
    """What of these Topics can be followed no longer by itself, in the list's order.

    Each service that is followed, with each of its Changes where it has several; and the Changes that are followed
    by themselves.
    """
    parts: list[Topic] = []
    for service in changes.services:
        whole = Topic(Scope.SERVICE, service.id)
        singles = [Topic(Scope.CHANGE, each.id) for each in changes.changes if each.service == service.id]
        if EVERYTHING in topics or whole in topics:
            parts += [whole, *singles] if len(singles) > 1 else [whole]
        else:
            parts += [single for single in singles if single in topics]
    return tuple(parts)


def joined_by(
    topics: Sequence[Topic], followed: Sequence[Topic], changes: ChangeList | None
) -> tuple[Topic, ...]:
    """These Topics, and of those followed already what none of them covers."""
    left = (each for each in followed if not any(_includes(topic, each, changes) for topic in topics))
    return tuple(dict.fromkeys((*topics, *left)))


def _rest(topic: Topic, dropped: Topic, changes: ChangeList) -> list[Topic]:
    """What is left of one of them."""
    change = changes.change(dropped.target) if dropped.scope is Scope.CHANGE else None
    service = change.service if change else dropped.target
    siblings = [each.id for each in changes.changes if each.service == service and each.id != dropped.target]
    match topic.scope:
        case Scope.EVERYTHING:
            others = [Topic(Scope.SERVICE, each.id) for each in changes.services if each.id != service]
            return others + ([Topic(Scope.CHANGE, each) for each in siblings] if change else [])
        case Scope.SERVICE if topic.target == service:
            return [Topic(Scope.CHANGE, each) for each in siblings] if change else []
        case Scope.CHANGE if topic == dropped or (change is None and topic.target in siblings):
            return []
        case _:
            return [topic]


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


def inherited_since(
    topic: Topic, followed: Sequence[Subscription], changes: ChangeList | None, *, now: datetime
) -> datetime:
    """Since when a Topic chosen `now` counts as followed: as long as anything that covers the whole of it.

    So whoever narrows what they follow loses nothing that was due and not told yet. Without a list it is not
    known which Changes a service has.
    """
    return min([now, *(each.since for each in followed if _includes(each.topic, topic, changes))])


def _includes(wide: Topic, narrow: Topic, changes: ChangeList | None) -> bool:
    """Whether one Topic covers the whole of the other."""
    change = changes.change(narrow.target) if changes and narrow.scope is Scope.CHANGE else None
    return wide in (EVERYTHING, narrow) or (change is not None and wide.covers(change))


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

    @property
    def addressee(self) -> Addressee:
        """Whom links in mails to them are made for."""
        return Addressee(self.public_id, self.moves)

    def follows(self, change: Change) -> bool:
        """Whether any Subscription covers the Change."""
        return any(subscription.topic.covers(change) for subscription in self.subscriptions)

    def followed_before(self, change: Change, instant: datetime) -> bool:
        """Whether a Subscription that covers the Change was there before `instant`."""
        return any(s.topic.covers(change) and s.since < instant for s in self.subscriptions)
