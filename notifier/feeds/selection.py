"""Which Changes a calendar holds, in one canonical form: the same choice gives the same bytes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from notifier.core.change import Change
from notifier.core.subscription import EVERYTHING, Scope, Topic


@dataclass(frozen=True, slots=True)
class Selection:
    """Topics, sorted and each once; made by `selected`."""

    topics: tuple[Topic, ...]

    def covers(self, change: Change) -> bool:
        """Whether the Change is among them."""
        return any(topic.covers(change) for topic in self.topics)

    def targets(self, scope: Scope) -> tuple[str, ...]:
        """The ids chosen in that scope."""
        return tuple(topic.target for topic in self.topics if topic.scope is scope)


def selected(topics: Iterable[Topic]) -> Selection:
    """The canonical Selection: everything makes the rest needless, order and repeats say nothing."""
    chosen = set(topics)
    if EVERYTHING in chosen:
        return ALL
    return Selection(tuple(sorted(chosen, key=str)))


ALL = Selection((EVERYTHING,))
