"""The tables of the list: what was read of it, what that changed, and since when its dates hold."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, String, Table, Text, UniqueConstraint, text

from notifier.store.columns import Instant, RowId
from notifier.store.metadata import metadata

readings = Table(
    "readings",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("hash", String(64), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("state", String(10), nullable=False),  # in_force | replaced | held | rejected
    Column("content", Text, nullable=False),
    Column("objections", Text, nullable=False, server_default="[]"),
    Column("seen_at", Instant, nullable=False),
    Column("in_force_at", Instant),
    Column("decided_by", String(200)),
    Column("decided_at", Instant),
    UniqueConstraint("hash"),
    Index("uq_readings_in_force", "state", unique=True, sqlite_where=text("state = 'in_force'")),
)  # fmt: skip

differences = Table(
    "differences",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("deadline", String(160), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("kind", String(12), nullable=False),
    Column("old", Text),
    Column("new", Text, nullable=False),
    Column("status", String(12)),  # withdrawn | completed
    Column("at", Instant, nullable=False),
    Column("news", Boolean, nullable=False),
    UniqueConstraint("deadline", "revision"),
)

# When the present date and Leads of a Deadline took effect.
effects = Table(
    "effects",
    metadata,
    Column("deadline", String(160), primary_key=True),
    Column("since", Instant, nullable=False),
)
