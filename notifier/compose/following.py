"""What somebody follows, in words: the same in every mail, and on the page where one chooses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from notifier.compose.sections import heading_of, service_name
from notifier.core.change import ChangeList
from notifier.core.subscription import EVERYTHING, Followed, Scope, Topic
from notifier.core.text import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """Everything or not, the names of what is followed by itself, and of what is `left_out`."""

    everything: bool
    names: tuple[str, ...]
    left_out: tuple[str, ...]


def following_of(followed: Followed, changes: ChangeList, language: Language) -> Following:
    """What somebody follows, by name. Beside everything only what is left out of that stands by itself."""
    everything = EVERYTHING in followed.topics
    all_else = Followed((EVERYTHING,), followed.excluded)
    alone = [each for each in followed.topics if not (everything and all_else.includes(each, changes))]
    return Following(
        everything=everything,
        names=topic_names(alone, changes, language),
        left_out=topic_names(followed.excluded, changes, language),
    )


def topic_names(topics: Sequence[Topic], changes: ChangeList, language: Language) -> tuple[str, ...]:
    """These Topics by name, but for everything, which has none."""
    names = []
    for topic in topics:
        change = changes.change(topic.target)
        if topic.scope is Scope.CHANGE and change:
            names.append(heading_of(change, changes, language))
        elif topic != EVERYTHING:
            names.append(service_name(topic.target, changes))
    return tuple(dict.fromkeys(names))
