"""The contract of a Channel: a way out for Messages.

A Channel opens Lines; a Line carries one Parcel after another, each answered by a Verdict. A new way out
is a new file in this folder that fulfils both protocols, and one branch in `choose.py`.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from notifier.core.reply import Verdict
from notifier.errors import NotifierError


class ChannelDownError(NotifierError):
    """No Line can be had at present; `verdict` says whose fault that is and how far it came."""

    def __init__(self, verdict: Verdict) -> None:
        self.verdict = verdict
        super().__init__(verdict.reply)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One Message ready to go: its envelope (RFC 5321 section 2.3.1) and its bytes, headers included.

    `wire_ready` says that its lines are known to be as SMTP carries them (`core.lines.are_wire_ready`), which need not
    be found out again then. The parts stay out of `repr`, so that no address can slip into a log.
    """

    sender: str = field(repr=False)
    recipient: str = field(repr=False)
    data: bytes = field(repr=False)
    wire_ready: bool = False


class Line(Protocol):
    """An open way out."""

    @property
    def room(self) -> int:
        """How many Parcels it takes yet; once 0 it stays so, and the Line should be closed."""
        ...

    @property
    def is_hung_up(self) -> bool:
        """Whether the other side has ended it, or says so unasked."""
        ...

    async def send(self, parcel: Parcel, /) -> Verdict:
        """Transmit once. Trouble with the network or the other side is a Verdict, never an exception.

        A cancelled call leaves the Line without room, and the Parcel's fate ambiguous.
        """
        ...

    def send_all(self, parcels: Sequence[Parcel], /, *, latest: float) -> AsyncGenerator[Verdict]:
        """Transmit them in their order; yields the Verdict of each as soon as it is known, in the same order.

        No transmission begins after `latest` (by the loop's clock) or once the Line has no room: the Parcels
        left then are NOT_TRANSMITTED. A Line may begin on the next Parcel before the one before is answered,
        but never on its body. A generator that is not exhausted leaves the Line without room.
        """
        ...

    async def close(self) -> None:
        """Part politely where that is possible, at once where it is not. Harmless when repeated."""
        ...


class Channel(Protocol):
    """A way out."""

    async def open(self) -> Line:
        """A new Line. Raises ChannelDownError when none can be had."""
        ...

    def describe(self) -> str:
        """Where mail goes, for people who operate it: no secrets, no addresses."""
        ...


async def send_alone(channel: Channel, parcel: Parcel) -> Verdict:
    """Send one Parcel on a Line of its own; answers the Verdict, also when no Line could be had."""
    try:
        line = await channel.open()
    except ChannelDownError as down:
        return down.verdict
    try:
        return await line.send(parcel)
    finally:
        await line.close()
