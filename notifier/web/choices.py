"""The choosing form's values: what a Subscriber chose before, or what they sent, and what is wrong with that."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from notifier.core.cadence import Cadence, Lead, parse_cadence, parse_lead
from notifier.core.change import ChangeList
from notifier.core.less import followed_of
from notifier.core.subscription import (
    EVERYTHING,
    Followed,
    Scope,
    Subscriber,
    Topic,
    parse_topic,
    unknown_target,
)
from notifier.core.text import Language
from notifier.core.timing import Timing
from notifier.feeds.asking import named_language
from notifier.web.visitor import first

LONGEST_PAUSE = timedelta(days=366)
Fields = dict[str, list[str]]


class Mistake(StrEnum):
    """Which part of the form cannot be saved as it is."""

    FOLLOW = "follow"
    BOTH = "both"
    LEADS = "leads"
    PAUSE = "pause"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What stands in the form. `pause` is a day as ISO 8601, "" for none; `leads` count where they are their own.

    `topics` are ticked to be followed, `left_out` to be excluded.
    """

    everything: bool
    topics: tuple[Topic, ...]
    left_out: tuple[Topic, ...]
    has_own_leads: bool
    leads: frozenset[Lead]
    language: Language
    pause: str

    def followed(self, changes: ChangeList | None) -> Followed:
        """What they then follow. Beside everything, of what is ticked only the Changes of services left out count."""
        if not self.everything:
            return followed_of(self.topics, self.left_out, changes)
        all_else = Followed((EVERYTHING,), self.left_out)
        alone = [
            each
            for each in self.topics
            if each.scope is Scope.CHANGE
            and each not in self.left_out
            and not all_else.includes(each, changes)
        ]
        return followed_of((EVERYTHING, *alone), self.left_out, changes)

    @property
    def cadence(self) -> Cadence | None:
        """Their own Leads, None for the usual ones. Raises ValueError where none or too many are ticked."""
        return parse_cadence(map(str, self.leads)) if self.has_own_leads else None

    def paused_until(self, timing: Timing) -> datetime | None:
        """The end of the pause, None for none. Raises ValueError for what is no day."""
        if not self.pause:
            return None
        at = time(timing.at.hour, timing.at.minute)
        return datetime.combine(date.fromisoformat(self.pause), at, tzinfo=timing.zone)

    def mistakes(self, today: date) -> tuple[Mistake, ...]:
        """Everything that keeps them from being saved, in the form's order."""
        found = []
        if not self.everything and not self.topics:
            found.append(Mistake.FOLLOW)
        # A whole service can be left out of everything only, and does not show where some are ticked.
        if not self.everything and any(
            each.scope is Scope.CHANGE and each in self.topics for each in self.left_out
        ):
            found.append(Mistake.BOTH)
        try:
            _ = self.cadence
        except ValueError:
            found.append(Mistake.LEADS)
        if self.pause and not _is_within_a_year(self.pause, today):
            found.append(Mistake.PAUSE)
        return tuple(found)


def chosen_before(found: Subscriber, *, timing: Timing, now: datetime) -> Choices:
    """What a Subscriber chose before; a pause that is over is none."""
    followed = found.followed
    paused = found.paused_until if found.paused_until and found.paused_until > now else None
    return Choices(
        everything=EVERYTHING in followed.topics,
        topics=followed.topics,
        left_out=followed.excluded,
        has_own_leads=found.cadence is not None,
        leads=frozenset(found.cadence.leads if found.cadence else ()),
        language=found.language,
        pause=paused.astimezone(timing.zone).date().isoformat() if paused else "",
    )


def sent(fields: Fields, *, language: Language, changes: ChangeList | None) -> Choices:
    """What somebody sent, without what no form of ours holds. `language` is theirs so far."""
    return Choices(
        everything=first(fields, "follow") == "everything",
        topics=known_topics(fields.get("topic", []), changes),
        left_out=known_topics(fields.get("not", []), changes),
        has_own_leads=first(fields, "leads") == "own",
        leads=frozenset(_leads(fields.get("lead", []))),
        language=named_language(first(fields, "language")) or language,
        pause=first(fields, "pause")[:10],
    )


def known_topics(written: list[str], changes: ChangeList | None) -> tuple[Topic, ...]:
    """The Topics that were ticked and that there are."""
    topics = []
    for text in dict.fromkeys(written):
        try:
            topic = parse_topic(text)
        except ValueError:
            continue
        if changes is not None and not unknown_target(topic, changes):
            topics.append(topic)
    return tuple(topics)


def excludable(left_out: Collection[Topic], changes: ChangeList) -> tuple[Topic, ...]:
    """What can be left out: every service, each before its Changes that are still open, or are left out."""
    found = []
    for service in changes.services:
        found.append(Topic(Scope.SERVICE, service.id))
        for change in changes.changes:
            single = Topic(Scope.CHANGE, change.id)
            if change.service == service.id and (change.is_open or single in left_out):
                found.append(single)
    return tuple(found)


def _leads(written: list[str]) -> list[Lead]:
    leads = []
    for text in written:
        try:
            leads.append(parse_lead(text))
        except ValueError:
            continue
    return leads


def _is_within_a_year(written: str, today: date) -> bool:
    try:
        return today < date.fromisoformat(written) <= today + LONGEST_PAUSE
    except ValueError:
        return False
