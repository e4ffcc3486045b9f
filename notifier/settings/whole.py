"""All settings together, and what follows from them: where things are, and the secrets."""

from __future__ import annotations

import socket
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, SecretStr

from notifier.core.answer import AnswerRules
from notifier.core.timing import Timing
from notifier.settings.secrets import secret_in, with_password
from notifier.settings.tables import (
    AnswerSettings,
    BounceSettings,
    CanarySettings,
    DatabaseSettings,
    GuardSettings,
    InboxSettings,
    ListSettings,
    LogSettings,
    MailSettings,
    MetricsSettings,
    OpsSettings,
    PublisherSettings,
    ReminderSettings,
    RetentionSettings,
    WebSettings,
)
from notifier.shipped import shipped

_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


def _either(file: Path | None, value: SecretStr | None) -> str | None:
    if file:
        return secret_in(file)
    return value.get_secret_value() if value else None


class Settings(BaseModel):
    """Every setting, by table. Relative paths are relative to the working directory."""

    model_config = ConfigDict(extra="forbid", frozen=True)

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
