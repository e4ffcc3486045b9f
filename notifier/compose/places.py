"""Places: where a mail differs from one recipient to the next.

Whoever adds a link of the recipient's own asks for a place; there is no other way to reach the recipient:

    url=places(f"answer {change.id}", lambda to: links.answer(to.addressee, change.id))

The same words then make the link for the one whose mail is rendered, and for all whose mail is spliced.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from notifier.compose.recipient import Recipient

Place = Callable[[Recipient], str]


@dataclass(frozen=True, slots=True)
class Places:
    """The places of one mail, filled for one recipient; `asked` remembers them by name."""

    recipient: Recipient
    asked: dict[str, Place] = field(default_factory=dict)

    def __call__(self, name: str, place: Place) -> str:
        """What stands in this place for this recipient. Raises ValueError for a name with two meanings."""
        value = place(self.recipient)
        known = self.asked.setdefault(name, place)
        if known is not place and known(self.recipient) != value:
            raise ValueError(f"two places of a mail are called “{name}”")
        return value
