"""The settings' tables: every option, its default and its form."""

from __future__ import annotations

import socket
from datetime import time, timedelta
from pathlib import Path
from typing import Annotated
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, SecretStr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from notifier.core.answer import AnswerRules
from notifier.core.cadence import DEFAULT_CADENCE, Cadence, parse_cadence, parse_lead
from notifier.core.retention import DEFAULT_RETENTION, SHORTEST, Retention
from notifier.core.text import Language
from notifier.core.timing import Timing
from notifier.settings.forms import (
    ClockTime,
    Hours,
    Line,
    Networks,
    OptionalLine,
    OptionalPath,
    OptionalSecret,
    PageAddress,
    Words,
    WrittenLead,
)
from notifier.settings.secrets import secret_in, with_password
from notifier.shipped import shipped

# A hundred years: longer than anybody means.
LONGEST_DAYS = 36_500
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ListSettings(_Table):
    """Where the list is, and whose days it speaks of."""

    path: OptionalPath = None
    time_zone: str = "Europe/Oslo"


class ReminderSettings(_Table):
    """When reminders fall due."""

    at: ClockTime = time(8)
    leads: Words = tuple(str(lead) for lead in DEFAULT_CADENCE.leads)

    @property
    def cadence(self) -> Cadence:
        """The default Cadence."""
        return parse_cadence(self.leads)


class MailSettings(_Table):
    """The way out for mail. `url` None means a Maildir in the state directory."""

    url: OptionalLine = Field(default=None, repr=False)  # it may hold a password
    password: OptionalSecret = None
    password_file: OptionalPath = None
    sender: OptionalLine = Field(default=None, alias="from")
    hours: Hours = (time(7), time(18))
    only_to: Words = ()
    connections: int = Field(default=4, ge=1, le=64)
    connection_messages: int = Field(default=100, ge=1, le=100_000)
    connection_seconds: int = Field(default=300, ge=1, le=86_400)
    per_minute: int = Field(default=0, ge=0, le=1_000_000)

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class WebSettings(_Table):
    """The page and the feeds."""

    bind: Line = "127.0.0.1:8080"
    base_url: OptionalLine = None
    trusted_proxies: Networks = ()


class MetricsSettings(_Table):
    """Where Prometheus may ask. `bind` None means nowhere."""

    bind: OptionalLine = None


class DatabaseSettings(_Table):
    """Where the Ledger and the Outbox are. `url` None means SQLite in the state directory.

    `upgrade` lets every start bring the tables to the release's form; else it is done by hand.
    """

    url: OptionalSecret = None
    password_file: OptionalPath = None
    upgrade: bool = True


class GuardSettings(_Table):
    """What a new reading may do without a person's word."""

    max_people: int = Field(default=25, ge=0)


class OpsSettings(_Table):
    """Who is told what operators must know, and who watches that all is well."""

    recipients: Words = ()
    language: Language = Language.NB
    webhook: OptionalSecret = None
    webhook_file: OptionalPath = None
    heartbeat: OptionalSecret = None
    heartbeat_file: OptionalPath = None


class PublisherSettings(_Table):
    """Who speaks: the name and the contact address that vendors see, and the publisher's own statements."""

    name: Line = "Varsler for e-helse"
    contact: Line = ""
    privacy_url: PageAddress = ""
    accessibility_url: PageAddress = ""


class InboxSettings(_Table):
    """Mail to us, handed over by a local mail server. `bind` None means that none is read.

    `largest` is in bytes.
    """

    bind: OptionalLine = None
    address: OptionalLine = None
    largest: int = Field(default=5_000_000, ge=100_000, le=50_000_000)


class CanarySettings(_Table):
    """A mail a day that must come back. `address` None means that none is sent; `within` is in minutes."""

    address: OptionalLine = None
    within: int = Field(default=60, ge=5, le=1440)


class BounceSettings(_Table):
    """When to stop writing to an address. `limit` is in points."""

    limit: int = Field(default=6, ge=1)


class RetentionSettings(_Table):
    """For how long what is stored about people is kept, in days; see `core.retention.Retention`."""

    messages: int = Field(default=DEFAULT_RETENTION.messages.days, ge=SHORTEST.days, le=LONGEST_DAYS)
    attempts: int = Field(default=DEFAULT_RETENTION.attempts.days, ge=SHORTEST.days, le=LONGEST_DAYS)
    ended: int = Field(default=DEFAULT_RETENTION.ended.days, ge=SHORTEST.days, le=LONGEST_DAYS)
    erased: int = Field(default=DEFAULT_RETENTION.erased.days, ge=SHORTEST.days, le=LONGEST_DAYS)
    alerts: int = Field(default=DEFAULT_RETENTION.alerts.days, ge=1, le=LONGEST_DAYS)

    @property
    def periods(self) -> Retention:
        """As the core wants them."""
        return Retention(**{name: timedelta(days=days) for name, days in self})


class AnswerSettings(_Table):
    """What vendors' answers spare them, and when silence is told to all of a vendor's contacts."""

    silent_after: int = Field(default=2, ge=1, le=20)
    ahead: WrittenLead = parse_lead("7d")
    always: WrittenLead = parse_lead("7d")
    reconfirm_after_days: int = Field(default=90, ge=1)


class LogSettings(_Table):
    """How the log looks. `format` auto means readable on a terminal and JSON elsewhere."""

    format: Annotated[str, Field(pattern="^(auto|console|json)$")] = "auto"
    level: Annotated[str, Field(pattern="^(debug|info|warning|error)$")] = "info"


def _either(file: Path | None, value: SecretStr | None) -> str | None:
    if file:
        return secret_in(file)
    return value.get_secret_value() if value else None


class Settings(BaseSettings):
    """Every setting, by table. Relative paths are relative to the working directory."""

    model_config = SettingsConfigDict(
        env_prefix="NOTIFIER_",
        env_nested_delimiter="__",
        enable_decoding=False,
        extra="forbid",
        frozen=True,
    )

    state_dir: Path = Path("var")
    list: ListSettings = ListSettings()
    reminders: ReminderSettings = ReminderSettings()
    mail: MailSettings = MailSettings()
    web: WebSettings = WebSettings()
    metrics: MetricsSettings = MetricsSettings()
    database: DatabaseSettings = DatabaseSettings()
    guard: GuardSettings = GuardSettings()
    ops: OpsSettings = OpsSettings()
    publisher: PublisherSettings = PublisherSettings()
    inbox: InboxSettings = InboxSettings()
    canary: CanarySettings = CanarySettings()
    bounces: BounceSettings = BounceSettings()
    retention: RetentionSettings = RetentionSettings()
    answers: AnswerSettings = AnswerSettings()
    log: LogSettings = LogSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what is given: `load` lays the environment over the file and knows which said what."""
        return (init_settings,)

    @property
    def list_path(self) -> Path:
        """The list's file: as set, else in the working directory, else the one that ships."""
        here = Path("config/breaking-changes.toml")
        return self.list.path or (here if here.is_file() else shipped("config", "breaking-changes.toml"))

    @property
    def database_url(self) -> str:
        """The database's SQLAlchemy URL."""
        if self.database.url is None:
            return f"sqlite:///{self.state_dir / 'notifier.sqlite3'}"
        url, file = self.database.url.get_secret_value(), self.database.password_file
        return with_password(url, secret_in(file)) if file else url

    @property
    def webhook(self) -> str | None:
        """Where Alerts are posted to, from its file or its setting."""
        return _either(self.ops.webhook_file, self.ops.webhook)

    @property
    def heartbeat(self) -> str | None:
        """Where it is told that all is well, from its file or its setting."""
        return _either(self.ops.heartbeat_file, self.ops.heartbeat)

    @property
    def mail_url(self) -> str:
        """Where mail goes: as set, else a Maildir in the state directory."""
        return self.mail.url or f"maildir:{self.state_dir / 'mail'}"

    @property
    def mailbox(self) -> Path | None:
        """The Maildir that mail goes to; None where it leaves this machine."""
        scheme, _, rest = self.mail_url.partition(":")
        return Path(rest.removeprefix("//")) if scheme == "maildir" else None

    @property
    def is_for_this_machine_alone(self) -> bool:
        """Whether the page is served to this machine alone, and under its own name."""
        named = urlsplit(self.base_url).hostname
        return self.web.bind.rpartition(":")[0] in _LOOPBACK and named in (*_LOOPBACK, "::1")

    @property
    def mail_password(self) -> str | None:
        """The password for the relay, from its file, its setting or the URL."""
        if self.mail.password_file:
            return secret_in(self.mail.password_file)
        if self.mail.password:
            return self.mail.password.get_secret_value()
        in_url = urlsplit(self.mail_url).password
        return unquote(in_url) if in_url else None

    @property
    def sender(self) -> str:
        """The address in From: as set, else made from the publisher's contact and this host's name."""
        domain = self.publisher.contact.partition("@")[2] or socket.gethostname() or "localhost"
        return self.mail.sender or f"varsel@{domain}"

    @property
    def inbox_address(self) -> str | None:
        """The address that mail to us comes to: as set, else the sender's; None where no mail is read."""
        return (self.inbox.address or self.sender) if self.inbox.bind else None

    @property
    def base_url(self) -> str:
        """The address that links in mails begin with, without a slash at the end."""
        return (self.web.base_url or f"http://{self.web.bind}").rstrip("/")

    @property
    def answer_rules(self) -> AnswerRules:
        """What Answers spare, as the core wants it."""
        return AnswerRules(
            silent_after=self.answers.silent_after,
            ahead=self.answers.ahead,
            always=self.answers.always,
            reconfirm_after=timedelta(days=self.answers.reconfirm_after_days),
        )

    @property
    def timing(self) -> Timing:
        """Local time as the core wants it."""
        return Timing(
            zone=ZoneInfo(self.list.time_zone),
            at=self.reminders.at,
            opens=self.mail.hours[0],
            closes=self.mail.hours[1],
            cadence=self.reminders.cadence,
        )
