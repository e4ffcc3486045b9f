"""A recipient: all that may differ between two mails that say the same thing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from notifier.core.letter import Ask
from notifier.core.message import Message
from notifier.core.subscription import Addressee, Subscriber


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Whom one mail goes to, under which Message-ID, at which instant.

    `nonce` names what they are asked to confirm, "" where they are asked nothing. `addressee` is whom links in the mail
    are made for. Nothing of it reaches a mail but through `compose.places`.
    """

    message_id: int
    header_id: str
    address: str = field(repr=False)
    subscriber_id: int
    public_id: str = field(repr=False)
    moves: int
    generation: int
    calendar_serial: int
    nonce: str = field(repr=False)
    at: datetime
    addressee: Addressee = field(init=False, repr=False)

    def __post_init__(self) -> None:
        # Asked for by nearly every link.
        object.__setattr__(self, "addressee", Addressee(self.public_id, self.moves))


def recipient_of(
    *,
    message: Message,
    header_id: str,
    subscriber: Subscriber,
    ask: Ask | None,
    address: str,
    now: datetime,
) -> Recipient:
    """The Subscriber as whom a Message goes to, at `address`; `header_id` is its Message-ID."""
    return Recipient(
        message_id=message.id,
        header_id=header_id,
        address=address,
        subscriber_id=subscriber.id,
        public_id=subscriber.public_id,
        moves=subscriber.moves,
        generation=subscriber.generation,
        calendar_serial=subscriber.calendar_serial,
        nonce=ask.nonce if ask else "",
        at=now,
    )
