"""The choosing form's values: what a Subscriber chose before, or what they sent, and what is wrong with that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from notifier.core.cadence import Cadence, Lead, parse_cadence, parse_lead
from notifier.core.change import ChangeList
from notifier.core.subscription import EVERYTHING, Subscriber, Topic, parse_topic, unknown_target
from notifier.core.text import Language
from notifier.core.timing import Timing
from notifier.feeds.asking import named_language
from notifier.web.visitor import first

LONGEST_PAUSE = timedelta(days=366)
Fields = dict[str, list[str]]


class Mistake(StrEnum):
    """Which part of the form cannot be saved as it is."""

    FOLLOW = "follow"
    LEADS = "leads"
    PAUSE = "pause"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What stands in the form. `pause` is a day as ISO 8601, "" for none; `leads` count where they are their own."""

    everything: bool
    topics: tuple[Topic, ...]
    has_own_leads: bool
    leads: frozenset[Lead]
    language: Language
    pause: str

    @property
    def followed(self) -> tuple[Topic, ...]:
        """What they then follow."""
        return (EVERYTHING,) if self.everything else self.topics

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
        if not self.followed:
            found.append(Mistake.FOLLOW)
        try:
            _ = self.cadence
        except ValueError:
            found.append(Mistake.LEADS)
        if self.pause and not _is_within_a_year(self.pause, today):
            found.append(Mistake.PAUSE)
        return tuple(found)


def chosen_before(found: Subscriber, *, timing: Timing, now: datetime) -> Choices:
    """What a Subscriber chose before; a pause that is over is none."""
    topics = tuple(each.topic for each in found.subscriptions)
    paused = found.paused_until if found.paused_until and found.paused_until > now else None
    return Choices(
        everything=EVERYTHING in topics,
        topics=topics,
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
