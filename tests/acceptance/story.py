"""Telling a story: the real engine, a mailbox or a mail server at the end, and time as the teller says."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import uvloop
from sqlalchemy import make_url

from notifier.app import Parts, assemble
from notifier.channels.channel import Channel
from notifier.channels.choose import choose_channel
from notifier.channels.timeouts import Timeouts
from notifier.compose.templates import shipped_templates
from notifier.core.subscription import SubscriberState
from notifier.core.text import Language
from notifier.daemon.sending import SendingRight
from notifier.daemon.tick import Ticked, tick
from notifier.jobs import decide
from notifier.jobs.refresh import Refreshed
from notifier.settings import Settings
from notifier.settings.tables import (
    DatabaseSettings,
    GuardSettings,
    InboxSettings,
    ListSettings,
    MailSettings,
    OpsSettings,
    PublisherSettings,
    ReminderSettings,
)
from notifier.store import alerts, installation, joining, leaving, subscribers
from notifier.store.engine import reading, writing
from tests.core.lists import oslo
from tests.peers.smtp_script import Mail
from tests.prepared import put_tables
from tests.store.people import a_joiner

REAL_LIST = Path("config/breaking-changes.toml").resolve()
KARI = "kari@epj.example.no"
OLA = "ola@epj.example.no"


@dataclass(frozen=True)
class Letter:
    """A mail as it was received, with the local day of its Date."""

    day: date
    to: str
    subject: str
    text: str
    message: EmailMessage = field(repr=False)

    def days_left(self) -> int | None:
        """What the subject says: days left, 0 for today."""
        if self.subject.startswith("I dag"):
            return 0
        found = re.search(r"(\d+) dag", self.subject)
        return int(found[1]) if found else None


def letter_of(message: EmailMessage) -> Letter:
    """A mail, read."""
    body = message.get_body(("plain",))
    assert body is not None
    return Letter(
        day=message["Date"].datetime.date(),
        to=str(message["To"]),
        subject=str(message["Subject"]),
        text=body.get_content(),
        message=message,
    )


def letters_at(mails: Iterable[Mail]) -> list[Letter]:
    """The mails that a server took in, read, in their order."""
    return [letter_of(mail.message) for mail in mails]


@dataclass
class Story:
    """One installation in a folder, ticked by hand."""

    folder: Path
    changes: Path = REAL_LIST
    url: str | None = None
    mail: MailSettings = field(default_factory=MailSettings)
    guard: GuardSettings = field(default_factory=GuardSettings)
    ops: OpsSettings = field(default_factory=OpsSettings)
    reminders: ReminderSettings = field(default_factory=ReminderSettings)
    inbox: InboxSettings = field(default_factory=InboxSettings)
    parts: Parts = field(init=False)
    seen: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        settings = Settings(
            state_dir=self.folder,
            list=ListSettings(path=self.changes),
            publisher=PublisherSettings(name="Varsler", contact="varsler@example.no"),
            database=DatabaseSettings(url=self.url),
            mail=self.mail,
            guard=self.guard,
            ops=self.ops,
            reminders=self.reminders,
            inbox=self.inbox,
        )
        url = make_url(settings.database_url)
        if url.get_backend_name() == "sqlite":
            put_tables(Path(str(url.database)))
        self.parts = assemble(settings, templates=shipped_templates())

    def begin(self, now: datetime) -> None:
        """The first acting command: the database becomes a rehearsal."""
        with writing(self.parts.engine) as connection:
            installation.begin_acting(connection, given=now, wall=now)

    def begin_live(self, now: datetime) -> None:
        """The first acting command on a database that follows the real clock."""
        with writing(self.parts.engine) as connection:
            installation.begin_acting(connection, given=None, wall=now)

    def sends_through(self, channel: Channel) -> None:
        """Another way out."""
        self.parts = replace(self.parts, channel=channel)

    def loses_patience(self, timeouts: Timeouts) -> None:
        """Wait no longer than this for the mail server."""
        url = self.parts.settings.mail_url
        self.sends_through(choose_channel(url=url, password=None, helo="node.example.no", timeouts=timeouts))

    def approves(self, held: Refreshed, *, now: datetime) -> None:
        """An operator lets a held reading take force."""
        rules = self.parts.settings.answer_rules
        decide.approve(
            engine=self.parts.engine,
            short_hash=held.hash,
            by="per",
            timing=self.parts.timing,
            rules=rules,
            now=now,
        )

    def joins(
        self,
        address: str,
        *follows: str,
        now: datetime,
        language: Language = Language.NB,
        vendor: str | None = None,
        again: bool = False,
    ) -> None:
        """Somebody is added by an operator, `again` where they left before."""
        with writing(self.parts.engine) as connection:
            joiner = a_joiner(address, *follows, language=language, vendor=vendor)
            joining.add(connection, joiner, now=now, again=again)

    def leaves(self, address: str, *, now: datetime) -> None:
        """Somebody unsubscribes."""
        with writing(self.parts.engine) as connection:
            found = subscribers.find(connection, address)
            assert found is not None
            leaving.leave(connection, subscriber_id=found.id, why="one-click", now=now)

    def is_suspended(self, address: str, *, now: datetime) -> None:
        """An operator lets nothing go to an address."""
        with writing(self.parts.engine) as connection:
            found = subscribers.find(connection, address)
            assert found is not None
            assert found.state is SubscriberState.ACTIVE
            leaving.suspend(connection, subscriber_id=found.id, why="asked by phone", now=now)

    def resumes(self, address: str, *, now: datetime) -> None:
        """An operator ends a suspension."""
        with writing(self.parts.engine) as connection:
            found = subscribers.find(connection, address)
            assert found is not None
            assert leaving.resume(connection, subscriber_id=found.id, now=now)

    def tick(self, now: datetime, elapsed: timedelta | None = None) -> Ticked:
        """Everything that is owed, once."""
        return self.tick_by(lambda: now, elapsed)

    def tick_by(self, clock: Callable[[], datetime], elapsed: timedelta | None = None) -> Ticked:
        """The same under a clock that may move meanwhile."""
        with SendingRight(self.parts.engine) as right:
            return uvloop.run(tick(self.parts, clock=clock, right=right, elapsed=elapsed))

    def daily(self, first: str, last: str, at: str = "08:05") -> None:
        """A tick every day at a local time, both days included."""
        day = date.fromisoformat(first)
        while day <= date.fromisoformat(last):
            self.tick(oslo(day.isoformat(), at))
            day += timedelta(days=1)

    def every(self, step: timedelta, *, since: datetime, until: datetime) -> None:
        """A tick at every step of a span of time, both ends included."""
        while since <= until:
            self.tick(since)
            since += step

    def alerts(self) -> dict[str, str]:
        """The texts of the open Alerts by their keys."""
        with reading(self.parts.engine) as connection:
            return {alert.key: alert.text for alert in alerts.open_alerts(connection)}

    def new_letters(self) -> list[Letter]:
        """What arrived in the mailbox since last asked, in order."""
        unseen = sorted(file for file in self._files() if file.name not in self.seen)
        self.seen.update(file.name for file in unseen)
        return [_letter_in(file) for file in unseen]

    def latest_letters(self) -> Iterator[Letter]:
        """What is in the mailbox, the latest first."""
        for file in sorted(self._files(), reverse=True):
            yield _letter_in(file)

    def _files(self) -> Iterator[Path]:
        return (self.folder / "mail" / "new").glob("*")


def _letter_in(file: Path) -> Letter:
    message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return letter_of(message)
