"""A relay at the other end of real SMTP connections.

What it has taken in stays taken in, whoever crashes: its book is the only witness.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from notifier.channels.channel import ChannelDownError
from notifier.channels.smtp_line import SmtpLine
from notifier.channels.timeouts import Limits, Timeouts
from notifier.channels.wire import Wire
from tests.simulation.moments import Clock
from tests.simulation.process import RUNNING
from tests.simulation.session import Session
from tests.simulation.weather import Weather

OPERATOR = "operator@drift.example.no"
GREY_FOR = timedelta(minutes=4)
# Fewer than a world sends, so that connections come to their end.
LIMITS = Limits(messages=7, seconds=300)


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
    stop_sender: Callable[[Callable[[], None]], None]
    doubt: Callable[[Mail], None]
    tell: Callable[[str], None]
    book: list[Mail] = field(default_factory=list)
    told_operators: list[str] = field(default_factory=list)
    seen: dict[str, datetime] = field(default_factory=dict)

    def describe(self) -> str:
        """Where mail goes."""
        return "simulation:"

    async def open(self) -> SmtpLine:
        """A connection, unless the relay is away."""
        self.reach("before a connection")
        absence = self.weather.absence(self.clock.now())
        if absence is not None:
            self.tell(f"the relay: {absence.reply}")
            raise ChannelDownError(absence)
        offers = {"pipelining": ""} if self.weather.pipelining else {}
        wire = Wire(Session(self, asyncio.get_running_loop()))
        return SmtpLine(wire=wire, offers=offers, timeouts=Timeouts(), limits=LIMITS)

    def mail_of(self, recipient: str, says: dict[str, Any]) -> Mail:
        """What came, as it is kept."""
        return Mail(self.clock.now(), recipient, says)

    def take(self, mail: Mail) -> None:
        """Take responsibility for it."""
        self.book.append(mail)
        self.tell(f"taken for {mail.recipient}: {mail.message_id}")

    def is_grey(self, recipient: str) -> bool:
        """Whether it has not known this recipient for long enough."""
        now = self.clock.now()
        return self.weather.greylisting and now - self.seen.setdefault(recipient, now) < GREY_FOR

    def take_alert(self, text: bytes) -> None:
        """A mail to operators has come."""
        self.reach("before an alert")
        self.told_operators.append(text.decode())
        self.reach("after an alert")

    def reach(self, point: str) -> None:
        """An effect on whoever is connected: they may die here."""
        process = RUNNING.get()
        if process is not None:
            process.reach(point)
