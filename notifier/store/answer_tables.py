"""The tables of who is ready: Answers, what was seen of each Vendor's use, who is let off answering, and who spoke for
a Vendor before."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, ForeignKey, Index, String, Table, Text

from notifier.store.columns import Instant, RowId
from notifier.store.metadata import metadata

# Append-only: an Answer is never altered, only decided on once where it waited.
answers = Table(
    "answers",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("party", String(80), nullable=False),
    Column("change", String(80), nullable=False),
    Column("kind", String(12), nullable=False),
    Column("planned", Date),
    Column("anchor", String(160), nullable=False, server_default=""),
    Column("words", Text, nullable=False, server_default=""),
    Column("subscriber_id", ForeignKey("subscribers.id")),
    Column("by", String(320), nullable=False, server_default=""),
    Column("way", String(10), nullable=False),
    Column("at", Instant, nullable=False),
    Column("state", String(8), nullable=False),
    Column("decided_by", String(200), nullable=False, server_default=""),
    Column("decided_at", Instant),
    Index("ix_answers_party_change", "party", "change"),
    Index("ix_answers_subscriber_id", "subscriber_id"),
    sqlite_autoincrement=True,
)

# What the services saw of a Vendor's use of what goes away; the last row of a Vendor and a Change counts. It adds up
# what each client did, as JSON: [[client, calls, last seen], …], by a report up to `until`.
evidence = Table(
    "evidence",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("vendor_id", ForeignKey("vendors.id"), nullable=False),
    Column("change", String(80), nullable=False),
    Column("calls", BigInteger, nullable=False),
    Column("last_seen", Date, nullable=False),
    Column("at", Instant, nullable=False),
    Column("until", Date),
    Column("uses", Text, nullable=False, server_default="[]"),
    Index("ix_evidence_vendor_id_change", "vendor_id", "change"),
)

# Which Vendor a client of a service belongs to.
clients = Table(
    "clients",
    metadata,
    Column("id", String(200), primary_key=True),
    Column("vendor_id", ForeignKey("vendors.id"), nullable=False),
)

# Vendors that need not be ready, on somebody's word; the last row of a Vendor and a Change counts.
waivers = Table(
    "waivers",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("vendor_id", ForeignKey("vendors.id"), nullable=False),
    Column("change", String(80), nullable=False),
    Column("by", String(200), nullable=False),
    Column("reason", Text, nullable=False),
    Column("until", Date, nullable=False),
    Column("at", Instant, nullable=False),
    Index("ix_waivers_vendor_id_change", "vendor_id", "change"),
)

# The Vendor, or none, that somebody belonged to until then; the present one stands with the Subscriber.
partings = Table(
    "partings",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("subscriber_id", ForeignKey("subscribers.id", ondelete="CASCADE"), nullable=False),
    Column("vendor_id", ForeignKey("vendors.id")),
    Column("until", Instant, nullable=False),
    Index("ix_partings_subscriber_id", "subscriber_id"),
    Index("ix_partings_vendor_id", "vendor_id"),
)

# Reports that were sent, each once in its week.
reports = Table(
    "reports",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("week", String(8), primary_key=True),
    Column("sent_at", Instant, nullable=False),
)
