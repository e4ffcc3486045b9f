"""Who speaks in every mail."""

from __future__ import annotations

from dataclasses import dataclass

from notifier.compose.headers import wire_address
from notifier.compose.mailbox import Mailbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """The publisher's name, the contact address ("" for none) and the address that mail is sent from.

    `mailbox` is where mail to us is read by a program, None where it is not.
    """

    publisher: str
    contact: str
    sender: str
    mailbox: Mailbox | None = None

    def return_path(self, message_id: int, moves: int = 0) -> str:
        """The envelope's sender of a Message: signed where reports about it are read, else the plain sender.

        `moves` is how often its Subscriber has moved to another mailbox.
        """
        if self.mailbox is None:
            return wire_address(self.sender)
        return wire_address(self.mailbox.return_path(message_id, moves))

    @property
    def domain(self) -> str:
        """The sender's domain, which thread names and the List-Id stand in."""
        return wire_address(self.sender).rpartition("@")[2]
