"""The settings' tables: every option, its default and its form."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from notifier.core.cadence import DEFAULT_CADENCE, Cadence, parse_cadence, parse_lead
from notifier.core.retention import DEFAULT_RETENTION, SHORTEST, Retention
from notifier.core.text import Language
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

# A hundred years: longer than anybody means.
LONGEST_DAYS = 36_500


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

    `authenticated_by` is that server's name in Authentication-Results (RFC 8601). `largest` is in bytes.
    """

    bind: OptionalLine = None
    address: OptionalLine = None
    authenticated_by: OptionalLine = None
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
