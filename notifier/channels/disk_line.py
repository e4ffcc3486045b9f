"""A Line that writes each Parcel down on this machine, as the Maildir and the folder do."""

from __future__ import annotations

import asyncio
import sys
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Sequence
from typing import final

from notifier.channels.channel import Parcel
from notifier.core.reply import NOT_TRANSMITTED, Verdict


class DiskLine(ABC):
    """One Parcel after the other, in a thread, for as long as that goes well."""

    def __init__(self) -> None:
        self._usable = True

    @abstractmethod
    def store(self, data: bytes) -> Verdict:
        """Write one mail; *sent* means that it is there. Runs in a thread."""

    @property
    def room(self) -> int:
        """Whether another Parcel may be stored: there is no end to how many."""
        return sys.maxsize if self._usable else 0

    @property
    def is_hung_up(self) -> bool:
        """There is nobody to do so."""
        return False

    @final
    async def send(self, parcel: Parcel, /) -> Verdict:
        """Store it. What is cancelled meanwhile may have been stored, so that the Line takes no more."""
        self._usable = False
        verdict = await asyncio.to_thread(self.store, parcel.data)
        self._usable = verdict.is_sent
        return verdict

    @final
    async def send_all(self, parcels: Sequence[Parcel], /, *, latest: float) -> AsyncGenerator[Verdict]:
        """One after the other: nothing is gained here from knowing what comes next."""
        loop = asyncio.get_running_loop()
        for parcel in parcels:
            timely = self.room and loop.time() < latest
            yield await self.send(parcel) if timely else NOT_TRANSMITTED

    async def close(self) -> None:
        """Nothing is held open."""
        self._usable = False
