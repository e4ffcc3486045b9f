"""A Message: one mail to one Subscriber, carrying Notices or a Letter; the Outbox's row as a value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from notifier.core.letter import TO_KEPT_ADDRESS, LetterKind
from notifier.core.rendering import Rendering
from notifier.core.subscription import Followed, Topic
from notifier.core.text import Language


class MessageState(StrEnum):
    """Where a Message is on its way; the Outbox's module docstring draws the picture."""

    PENDING = "pending"
    CLAIMED = "claimed"
    TRANSMITTING = "transmitting"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


MOST_COPIES = 2
ON_THEIR_WAY = frozenset({MessageState.PENDING, MessageState.CLAIMED, MessageState.TRANSMITTING})
# What has come to these a person may send again.
RETRIED = (MessageState.UNKNOWN, MessageState.FAILED)

# How the last word begins about a Message that a mistake of ours keeps from being composed.
UNCOMPOSED = "it could not be composed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One Message on its way. `anytime` ones may leave outside the sending hours.

    `copies` counts transmissions that were, or may have been, accepted; `token` fences the present claim.
    `header_id` is its Message-ID, fixed when it is first armed, and anew when somebody sends it again. `state_at` is
    when it came to its state.
    `deferred_since` is when it was first put off, refused for the time being or not composed; None if it never was.
    `letter` says what kind of Letter it is (None: it carries Notices), `letter_to` another address than the
    Subscriber's own for it to go to, `answer_id` which Answer it tells of, `dropped` what a
    status tells that they follow no longer. `renderings` are of its copies, as far as they are kept and can be
    read. `flaw` is what keeps its row from being understood ("": nothing does): so it cannot be sent.
    """

    id: int
    subscriber_id: int
    state: MessageState
    anytime: bool
    created_at: datetime
    not_before: datetime
    tries: int = 0
    refusals: int = 0
    deferred_since: datetime | None = None
    copies: int = 0
    generation: int = 0
    header_id: str | None = None
    token: int = 0
    last_reply: str = ""
    state_at: datetime | None = None
    letter: LetterKind | None = None
    letter_to: str | None = None
    answer_id: int | None = None
    dropped: tuple[Topic, ...] = ()
    renderings: tuple[Rendering, ...] = ()
    flaw: str = ""

    @property
    def is_forgotten(self) -> bool:
        """Whether the address that it went to is: it cannot be sent again."""
        return self.letter in TO_KEPT_ADDRESS and not self.letter_to

    @property
    def may_have_arrived(self) -> tuple[Rendering, ...]:
        """The copies that left, or of which nobody knows that they did not, in their order."""
        return tuple(
            [
                each
                for each in self.renderings
                # Of those before it was sent anew, only these were kept.
                if each.generation < self.generation or each.number <= self.copies
            ]
        )

    def rendered(
        self,
        *,
        at: datetime,
        reading: int,
        language: Language,
        followed: Followed,
        moves: int = 0,
        told: tuple[int, ...] = (),
    ) -> tuple[Rendering, ...]:
        """Its renderings once one more copy, composed from this, is written to the wire, in place of any that was
        refused."""
        newest = Rendering(
            at=at,
            reading=reading,
            language=language,
            followed=followed,
            moves=moves,
            told=told,
            generation=self.generation,
            number=self.copies + 1,
        )
        return (*self.may_have_arrived, newest)

    def header_id_of(self, rendering: Rendering) -> str:
        """The Message-ID of a copy: each generation had another."""
        last, stem = self.header_id or "", f"<n{self.id}."
        suffix = last.removeprefix(f"{stem}{self.generation}")
        return last if suffix == last else f"{stem}{rendering.generation}{suffix}"


def header_id(message: Message, suffix: str) -> str:
    """The Message-ID (RFC 5322 section 3.6.4): stable over copies, new for each generation.

    `suffix` is `.INSTALLATION@DOMAIN>`.
    """
    return message.header_id or f"<n{message.id}.{message.generation}{suffix}"
