"""A Telling: what one claimed Message has to tell, and to whom, before it is composed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from notifier.core.answer import GivenAnswer
from notifier.core.change import ChangeList
from notifier.core.footing import ALONE, Footing
from notifier.core.history import Entry
from notifier.core.letter import TO_KEPT_ADDRESS, Ask, LetterKind
from notifier.core.message import Message
from notifier.core.notice import Notice
from notifier.core.rendering import Rendering, is_kept
from notifier.core.subscription import Subscriber


class Telling(NamedTuple):
    """A claimed Message with everything that composing it needs. A Letter has no Notices, and may have an Ask or
    tell of an Answer that was given."""

    message: Message
    notices: tuple[Notice, ...]
    subscriber: Subscriber
    changes: ChangeList
    history: Mapping[str, tuple[Entry, ...]]
    reading: int
    footing: Footing = ALONE
    ask: Ask | None = None
    given: GivenAnswer | None = None

    @property
    def recipient(self) -> str | None:
        """The address it goes to; None for a Letter whose address is forgotten."""
        letter = self.message.letter
        if letter is LetterKind.NEW_ADDRESS:
            return self.ask.address if self.ask else None
        return self.message.letter_to if letter in TO_KEPT_ADDRESS else self.subscriber.address

    def rendered(self, *, at: datetime) -> tuple[Rendering, ...]:
        """The renderings of the Message once one more copy is written to the wire, composed at this instant; as they
        are where none are kept."""
        if not is_kept(self.message.letter):
            return self.message.renderings
        return self.message.rendered(
            at=at,
            reading=self.reading,
            language=self.subscriber.language,
            followed=self.subscriber.followed,
            moves=self.subscriber.moves,
            told=tuple([notice.id for notice in self.notices]),
        )
