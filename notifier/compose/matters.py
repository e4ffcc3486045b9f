"""Matters: what many Messages say, put together once for all of one claim that say the same."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from datetime import datetime

from notifier.compose.matter import Matter, matter_of
from notifier.core.answer import GivenAnswer
from notifier.core.change import ChangeList
from notifier.core.footing import Footing
from notifier.core.history import Entry
from notifier.core.letter import Ask
from notifier.core.message import Message
from notifier.core.notice import Notice
from notifier.core.subscription import Subscriber
from notifier.core.timing import Timing


class Matters:
    """Remembers the Matters of one instant, list and history; of Letters, which are few, none. To be used by one thread
    at a time."""

    def __init__(self, timing: Timing) -> None:
        self._timing = timing
        self._claim: tuple[datetime, ChangeList, Mapping[str, Sequence[Entry]]] | None = None
        self._known: dict[Hashable, tuple[Footing, Matter]] = {}

    def of(
        self,
        *,
        message: Message,
        subscriber: Subscriber,
        notices: Sequence[Notice],
        ask: Ask | None,
        changes: ChangeList,
        history: Mapping[str, Sequence[Entry]],
        footing: Footing,
        given: GivenAnswer | None,
        now: datetime,
    ) -> Matter:
        """As `matter_of`."""
        self._turn_to(now, changes, history)
        told = tuple([(notice.step, notice.old) for notice in notices])
        # A Footing is large and shared by those who stand alike, so it is known by which one it is.
        key = (subscriber.language, subscriber.followed, told, message.dropped, id(footing))
        known = self._known.get(key) if message.letter is None else None
        if known is not None:
            return known[1]
        matter = matter_of(
            message=message,
            subscriber=subscriber,
            notices=notices,
            ask=ask,
            changes=changes,
            history=history,
            footing=footing,
            given=given,
            now=now,
            timing=self._timing,
        )
        if message.letter is None:
            self._known[key] = footing, matter
        return matter

    def _turn_to(self, now: datetime, changes: ChangeList, history: Mapping[str, Sequence[Entry]]) -> None:
        claim = self._claim
        if claim is None or claim[0] != now or claim[1] is not changes or claim[2] is not history:
            self._claim = now, changes, history
            self._known.clear()
