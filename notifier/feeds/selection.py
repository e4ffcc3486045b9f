"""Which Changes a calendar holds, in one canonical form: the same choice gives the same bytes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from notifier.core.change import Change
from notifier.core.subscription import EVERYTHING, Followed, Scope, Topic


@dataclass(frozen=True, slots=True)
class Selection:
    """Topics, but for those excluded, sorted and each once; made by `selected`."""

    topics: tuple[Topic, ...]
    excluded: tuple[Topic, ...] = ()

    def covers(self, change: Change) -> bool:
        """Whether the Change is among them."""
        return Followed(self.topics, self.excluded).covers(change)

    def targets(self, scope: Scope) -> tuple[str, ...]:
        """The ids chosen in that scope."""
        return tuple(topic.target for topic in self.topics if topic.scope is scope)


def selected(topics: Iterable[Topic], excluded: Iterable[Topic] = ()) -> Selection:
    """The canonical Selection: everything makes the rest needless, order and repeats say nothing."""
    chosen, left_out = set(topics), tuple(sorted(set(excluded), key=str))
    if EVERYTHING in chosen and not left_out:
        return ALL
    return Selection(tuple(sorted(chosen, key=str)), left_out)


ALL = Selection((EVERYTHING,))
