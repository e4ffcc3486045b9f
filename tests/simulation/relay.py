"""A relay as a Channel. What it has taken in stays taken in, whoever crashes: its book is the only witness."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from notifier.channels.channel import ChannelDownError, Parcel, one_by_one
from notifier.core.reply import SENT, Fault, Phase, Verdict
from tests.simulation.moments import Clock
from tests.simulation.process import RUNNING
from tests.simulation.weather import Fate, Weather, refusal

OPERATOR = "operator@drift.example.no"
GREYLISTED = Verdict(fault=Fault.TEMPORARY, phase=Phase.RCPT, code=450, reply="4.2.0 greylisted")
GREY_FOR = timedelta(minutes=4)
NOT_ANSWERED = Verdict(fault=Fault.AMBIGUOUS, phase=Phase.VERDICT, reply="the connection was lost")


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as it came over the wire; `says` is what the composer wrote into it."""

    at: datetime
    recipient: str
    says: dict[str, Any]

    @property
    def message_id(self) -> str:
        """Its Message-ID."""
        return str(self.says["message_id"])


@dataclass(slots=True, kw_only=True)
class Relay:
    """The Channel. `watch` is told of each transmission before it begins, `stop_sender` stops its sender in the
    middle of one, and `doubt` hears of every one without an answer."""

    clock: Clock
    random: Random
    weather: Weather
    watch: Callable[[Mail], None]
    stop_sender: Callable[[], Awaitable[None]]
    doubt: Callable[[Mail], None]
    tell: Callable[[str], None]
    book: list[Mail] = field(default_factory=list)
    told_operators: list[str] = field(default_factory=list)
    seen: dict[str, datetime] = field(default_factory=dict)

    def describe(self) -> str:
        """Where mail goes."""
        return "simulation:"

    async def open(self) -> RelayLine:
        """A connection, unless the relay is away."""
        _reach("before a connection")
        absence = self.weather.absence(self.clock.now())
        if absence is not None:
            self.tell(f"the relay: {absence.reply}")
            raise ChannelDownError(absence)
        return RelayLine(self)

    async def transmit(self, parcel: Parcel) -> tuple[Verdict, bool]:
        """One transaction; answers the Verdict, and whether the connection outlives it."""
        if parcel.recipient == OPERATOR:
            return self._take_alert(parcel)
        mail = Mail(self.clock.now(), parcel.recipient, json.loads(parcel.data))
        _reach("before a transmission")
        self.watch(mail)
        fate = self.weather.fate(self.random)
        if fate is not Fate.TAKEN:
            self.tell(f"to {mail.recipient}, {mail.message_id}: {fate.name.lower()}")
        match fate:
            case Fate.REFUSED:
                verdict = refusal(self.random)
                self.tell(f"the relay answers {verdict.code} {verdict.reply} at {verdict.phase}")
                return verdict, verdict.code != 421
            case Fate.DROPPED:
                phase = self.random.choice((Phase.MAIL, Phase.RCPT, Phase.DATA, Phase.BODY))
                return Verdict(fault=Fault.RELAY, phase=phase, reply="the connection was lost"), False
            case Fate.SLOW:
                await asyncio.sleep(self.random.uniform(1, 300))
            case Fate.STOPPED:
                await self.stop_sender()
        return self._end(mail, fate)

    def _end(self, mail: Mail, fate: Fate) -> tuple[Verdict, bool]:
        """The dot, and what comes after it."""
        if self._is_grey(mail.recipient):
            return GREYLISTED, True
        _reach("before the dot")
        if fate is Fate.LOST_AFTER_DOT:
            self.doubt(mail)
            return NOT_ANSWERED, False
        self.book.append(mail)
        self.tell(f"taken for {mail.recipient}: {mail.message_id}")
        _reach("after the dot")
        if fate is Fate.VERDICT_LOST:
            self.doubt(mail)
            return NOT_ANSWERED, False
        return SENT, True

    def _is_grey(self, recipient: str) -> bool:
        now = self.clock.now()
        return self.weather.greylisting and now - self.seen.setdefault(recipient, now) < GREY_FOR

    def _take_alert(self, parcel: Parcel) -> tuple[Verdict, bool]:
        _reach("before an alert")
        self.told_operators.append(parcel.data.decode())
        _reach("after an alert")
        return SENT, True


@dataclass(slots=True)
class RelayLine:
    """One connection to it."""

    relay: Relay
    room: int = 100

    async def send(self, parcel: Parcel, /) -> Verdict:
        """Transmit once."""
        verdict, goes_on = await self.relay.transmit(parcel)
        self.room = self.room - 1 if goes_on else 0
        return verdict

    def send_all(self, parcels: Sequence[Parcel], /, *, latest: float) -> AsyncGenerator[Verdict]:
        """One after the other."""
        return one_by_one(self, parcels, latest=latest)

    async def close(self) -> None:
        """Say goodbye."""
        self.room = 0


def _reach(point: str) -> None:
    process = RUNNING.get()
    if process is not None:
        process.reach(point)
