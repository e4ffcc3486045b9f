"""Telling a story: the real engine on the real list, a mailbox at the end, and time as the teller says."""

from __future__ import annotations

import asyncio
import email
import email.policy
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

from notifier.app import Parts, assemble
from notifier.core.subscription import parse_topic
from notifier.core.text import Language
from notifier.daemon.sending import SendingRight
from notifier.daemon.tick import Ticked, tick
from notifier.settings import Settings
from notifier.settings.tables import DatabaseSettings, ListSettings, PublisherSettings
from notifier.store import installation, joining
from notifier.store.engine import writing
from tests.core.lists import oslo

REAL_LIST = Path("config/breaking-changes.toml").resolve()


@dataclass(frozen=True)
class Letter:
    """A mail as it lies in the mailbox, with the local day of its Date."""

    day: date
    subject: str
    text: str
    message: EmailMessage = field(repr=False)

    def days_left(self) -> int | None:
        """What the subject says: days left, 0 for today."""
        if self.subject.startswith("I dag"):
            return 0
        found = re.search(r"(\d+) dag", self.subject)
        return int(found[1]) if found else None


@dataclass
class Story:
    """One installation in a folder, ticked by hand."""

    folder: Path
    changes: Path = REAL_LIST
    url: str | None = None
    parts: Parts = field(init=False)
    seen: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.parts = assemble(
            Settings(
                state_dir=self.folder,
                list=ListSettings(path=self.changes),
                publisher=PublisherSettings(name="Varsler", contact="varsler@example.no"),
                database=DatabaseSettings(url=self.url),
            )
        )

    def begin(self, now: datetime) -> None:
        """The first acting command: the database becomes a rehearsal."""
        with writing(self.parts.engine) as connection:
            installation.begin_acting(connection, given=now, wall=now)

    def joins(self, address: str, *follows: str, now: datetime) -> None:
        """Somebody is added by an operator."""
        with writing(self.parts.engine) as connection:
            joining.add(
                connection,
                address=address,
                language=Language.NB,
                topics=[parse_topic(topic) for topic in follows or ("everything",)],
                cadence=None,
                vendor=None,
                basis="asked for it",
                now=now,
            )

    def tick(self, now: datetime) -> Ticked:
        """Everything that is owed, once."""
        with SendingRight(self.parts.engine) as right:
            return asyncio.run(tick(self.parts, clock=lambda: now, right=right))

    def daily(self, first: str, last: str, at: str = "08:05") -> None:
        """A tick every day at a local time, both days included."""
        day = date.fromisoformat(first)
        while day <= date.fromisoformat(last):
            self.tick(oslo(day.isoformat(), at))
            day += timedelta(days=1)

    def new_letters(self) -> list[Letter]:
        """What arrived since last asked, in order."""
        return [
            letter
            for name, letter in sorted(self._letters())
            if name not in self.seen and not self.seen.add(name)
        ]  # type: ignore[func-returns-value]

    def _letters(self) -> Iterator[tuple[str, Letter]]:
        for file in (self.folder / "mail" / "new").glob("*"):
            message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
            assert isinstance(message, EmailMessage)
            sent = message["Date"].datetime
            body = message.get_body(("plain",))
            assert body is not None
            yield (
                file.name,
                Letter(
                    day=sent.date(), subject=str(message["Subject"]), text=body.get_content(), message=message
                ),
            )
