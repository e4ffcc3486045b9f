"""The tables. Past facts only: what is still to come is computed from the list, never stored.

The migrations make them. Which rows a partial index holds is said here for SQLite alone, though it is the same on
PostgreSQL: to say it for both would load all of SQLAlchemy's PostgreSQL into a daemon that has no use for it.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from notifier.store import (  # noqa: F401 -- whoever copies or compares all tables needs them here
    answer_tables,
    list_tables,
)
from notifier.store.columns import Instant, RowId
from notifier.store.metadata import metadata

# What is true of the whole installation: its random id, live or rehearsal, the pause, the default Leads.
installation = Table(
    "installation",
    metadata,
    Column("key", String(40), primary_key=True),
    Column("value", Text, nullable=False),
)

vendors = Table(
    "vendors",
    metadata,
    Column("id", String(60), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("domains", Text, nullable=False, server_default=""),
    Column("created_at", Instant, nullable=False),
)

subscribers = Table(
    "subscribers",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("public_id", String(40), nullable=False, unique=True),
    Column("address", String(320), nullable=False),
    Column("identity", String(320), nullable=False, unique=True),
    Column("language", String(2), nullable=False),
    Column("state", String(10), nullable=False),
    Column("joined_at", Instant, nullable=False),
    Column("generation", Integer, nullable=False, server_default="1"),
    Column("cadence", Text),
    Column("cadence_since", Instant),
    Column("vendor_id", ForeignKey("vendors.id")),
    Column("basis", Text, nullable=False),
    Column("ended_at", Instant),
    Column("ended_why", String(200)),
    Column("score", Integer, nullable=False, server_default="0"),
    Column("scored_at", Instant),
    # Which of their private calendar's addresses works, and when they last chose anything that it shows.
    Column("calendar_serial", Integer, nullable=False, server_default="1"),
    # How often they moved to another mailbox.
    Column("moves", Integer, nullable=False, server_default="0"),
    Column("changed_at", Instant),
    # How often, and when last, they chose another language or other Leads for all events of their calendar.
    Column("retold", Integer, nullable=False, server_default="0"),
    Column("retold_at", Instant),
    Column("paused_until", Instant),
    # By which an erased person's telling is found, for a time.
    Column("pseudonym", String(64)),
    Index("ix_subscribers_vendor_id", "vendor_id"),
    Index("ix_subscribers_paused_until", "paused_until", sqlite_where=text("paused_until IS NOT NULL")),
    Index("ix_subscribers_pseudonym", "pseudonym"),
    Index("ix_subscribers_state_ended_at", "state", "ended_at"),
    # An id is never used again: addresses that we signed name it for as long as anybody keeps our mail.
    sqlite_autoincrement=True,
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("subscriber_id", ForeignKey("subscribers.id", ondelete="CASCADE"), primary_key=True),
    Column("scope", String(10), primary_key=True),
    Column("target", String(80), primary_key=True),
    Column("since", Instant, nullable=False),
    Index("ix_subscriptions_scope_target", "scope", "target"),
)

# What they do not follow although something wider that they follow covers it; once lifted, since when they do again.
exclusions = Table(
    "exclusions",
    metadata,
    Column("subscriber_id", ForeignKey("subscribers.id", ondelete="CASCADE"), primary_key=True),
    Column("scope", String(10), primary_key=True),
    Column("target", String(80), primary_key=True),
    Column("lifted_at", Instant),
)

# Since when they have followed a Change without a gap, where what covers it now was chosen later.
continuations = Table(
    "continuations",
    metadata,
    Column("subscriber_id", ForeignKey("subscribers.id", ondelete="CASCADE"), primary_key=True),
    Column("change_id", String(80), primary_key=True),
    Column("since", Instant, nullable=False),
)

# Wishes that await their confirmation: to subscribe, or (with an address) to be mailed there instead.
asks = Table(
    "asks",
    metadata,
    Column("subscriber_id", ForeignKey("subscribers.id", ondelete="CASCADE"), primary_key=True),
    Column("language", String(2), nullable=False),
    Column("topics", Text, nullable=False),
    Column("way", String(40), nullable=False),
    Column("nonce", String(40), nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("expires", Instant, nullable=False),
    Column("address", String(320)),
    # The key under which a suppression of the asked address would be found.
    Column("known_as", String(64), nullable=False, server_default=""),
)

# How many Letters strangers caused, by keyed hash and day.
caps = Table(
    "caps",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("count", Integer, nullable=False),
    Index("ix_caps_day", "day"),
)

# Whoever did not ask for the mail, or was erased, by keyed hash.
suppressions = Table(
    "suppressions",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("why", String(10), nullable=False, server_default="denied"),
)

# The Outbox.
messages = Table(
    "messages",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("subscriber_id", ForeignKey("subscribers.id"), nullable=False),
    Column("state", String(12), nullable=False),
    Column("anytime", Boolean, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("not_before", Instant, nullable=False),
    Column("expires", Instant),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("refusals", Integer, nullable=False, server_default="0"),
    # Since when it was put off again and again, while it waits.
    Column("deferred_since", Instant),
    Column("copies", Integer, nullable=False, server_default="0"),
    Column("generation", Integer, nullable=False, server_default="0"),
    Column("header_id", String(200)),
    Column("owner", Integer),
    Column("token", Integer, nullable=False, server_default="0"),
    Column("lease_until", Float),
    # A Letter carries no Notice; it may go to another address than the Subscriber's.
    Column("letter", String(16)),
    Column("letter_to", String(320)),
    # The Topics that a status tells they follow no longer.
    Column("about", Text, nullable=False, server_default=""),
    # The Answer that a Letter tells of.
    Column("answer_id", Integer),
    Column("last_reply", String(300), nullable=False, server_default=""),
    Column("renderings", Text, nullable=False, server_default=""),  # as `core.rendering` writes them
    Column("state_at", Instant, nullable=False),
    CheckConstraint("copies BETWEEN 0 AND 2", name="two_copies"),
    # The order in which Messages are claimed.
    Index("ix_messages_state_not_before_id", "state", "not_before", "id"),
    Index("ix_messages_subscriber_id", "subscriber_id"),
    Index("ix_messages_deferred_since", "deferred_since", sqlite_where=text("deferred_since IS NOT NULL")),
    sqlite_autoincrement=True,
)

# The Ledger.
notices = Table(
    "notices",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("subscriber_id", ForeignKey("subscribers.id"), nullable=False),
    Column("deadline", String(160), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("lead", String(6), nullable=False, server_default=""),
    Column("spoken", String(40), nullable=False, server_default=""),
    Column("revision", Integer, nullable=False, server_default="0"),
    Column("due", Instant, nullable=False),
    Column("expires", Instant),
    Column("outcome", String(10), nullable=False),
    Column("reason", String(200), nullable=False, server_default=""),
    Column("decided_at", Instant, nullable=False),
    Column("message_id", ForeignKey("messages.id")),
    UniqueConstraint("subscriber_id", "deadline", "kind", "lead", "spoken", "revision"),
    Index("ix_notices_message_id", "message_id"),
    Index("ix_notices_loose", "subscriber_id", sqlite_where=text("outcome = 'owed' AND message_id IS NULL")),
)  # fmt: skip

# Steps already fanned out to everybody they concern; later joiners are not owed them.
steps = Table(
    "steps",
    metadata,
    Column("deadline", String(160), primary_key=True),
    Column("kind", String(10), primary_key=True),
    Column("lead", String(6), primary_key=True),
    Column("spoken", String(40), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("cadence", String(200), primary_key=True),
    Column("finished_at", Instant, nullable=False),
)

# Every transmission and what the server said of it.
attempts = Table(
    "attempts",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("message_id", ForeignKey("messages.id", ondelete="CASCADE"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("phase", String(10), nullable=False),
    Column("fault", String(10), nullable=False),
    Column("code", Integer),
    Column("reply", String(300), nullable=False),
    Index("ix_attempts_message_id", "message_id"),
)

# The breaker's one row.
relay = Table(
    "relay",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("streak", Integer, nullable=False),
    Column("open_until", Instant),
    Column("since", Instant),
    Column("reason", String(300), nullable=False),
)

alerts = Table(
    "alerts",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("key", String(200), nullable=False, unique=True),
    Column("text", Text, nullable=False),
    Column("first_at", Instant, nullable=False),
    Column("last_at", Instant, nullable=False),
    Column("count", Integer, nullable=False),
    Column("logged_at", Instant),
    Column("mailed_at", Instant),
    Column("posted_at", Instant),
    Column("resolved_at", Instant),
)

nodes = Table(
    "nodes",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("name", String(200), nullable=False),
    Column("started", Float, nullable=False),
    Column("seen", Float, nullable=False),
    Column("version", String(40), nullable=False, server_default=""),
    # Why it does not send, empty when it does.
    Column("standing", String(300), nullable=False, server_default=""),
)
