"""Who speaks in every mail."""

from __future__ import annotations

from dataclasses import dataclass

from notifier.compose.headers import wire_address


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """The publisher's name, the contact address ("" for none) and the address that mail is sent from."""

    publisher: str
    contact: str
    sender: str

    @property
    def domain(self) -> str:
        """The sender's domain, which thread names and the List-Id stand in."""
        return wire_address(self.sender).rpartition("@")[2]
