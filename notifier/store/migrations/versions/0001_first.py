"""The first tables: the list's readings, Subscribers, the Ledger, the Outbox, Alerts and nodes.

Revision 0001, after nothing. Ids of Subscribers and Messages are never used again, since signed addresses name them.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# SQLite numbers rows by itself only when the key is declared INTEGER.
RowId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Instant = sa.DateTime(timezone=True)


def upgrade() -> None:
    """All tables, each after those it refers to."""
    for create in (
        _alerts, _differences, _effects, _installation, _nodes, _readings, _relay, _steps, _vendors,
        _subscribers, _messages, _subscriptions, _attempts, _notices,
    ):  # fmt: skip
        create()


def downgrade() -> None:
    """Nothing is left."""
    tables = (
        "notices attempts subscriptions messages subscribers vendors steps relay "
        "readings nodes installation effects differences alerts"
    )
    for table in tables.split():
        op.drop_table(table)


def _alerts() -> None:
    op.create_table(
        "alerts",
        sa.Column("id", RowId, nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("first_at", Instant, nullable=False),
        sa.Column("last_at", Instant, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("logged_at", Instant, nullable=True),
        sa.Column("mailed_at", Instant, nullable=True),
        sa.Column("posted_at", Instant, nullable=True),
        sa.Column("resolved_at", Instant, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_alerts"),
        sa.UniqueConstraint("key", name="uq_alerts_key"),
    )


def _differences() -> None:
    op.create_table(
        "differences",
        sa.Column("id", RowId, nullable=False),
        sa.Column("deadline", sa.String(length=160), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("old", sa.Text(), nullable=True),
        sa.Column("new", sa.Text(), nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("news", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_differences"),
        sa.UniqueConstraint("deadline", "revision", name="uq_differences_deadline_revision"),
    )


def _effects() -> None:
    op.create_table(
        "effects",
        sa.Column("deadline", sa.String(length=160), nullable=False),
        sa.Column("since", Instant, nullable=False),
        sa.PrimaryKeyConstraint("deadline", name="pk_effects"),
    )


def _installation() -> None:
    op.create_table(
        "installation",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_installation"),
    )


def _nodes() -> None:
    op.create_table(
        "nodes",
        sa.Column("id", RowId, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("started", sa.Float(), nullable=False),
        sa.Column("seen", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_nodes"),
    )


def _readings() -> None:
    op.create_table(
        "readings",
        sa.Column("id", RowId, nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("objections", sa.Text(), server_default="[]", nullable=False),
        sa.Column("seen_at", Instant, nullable=False),
        sa.Column("in_force_at", Instant, nullable=True),
        sa.Column("decided_by", sa.String(length=200), nullable=True),
        sa.Column("decided_at", Instant, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_readings"),
        sa.UniqueConstraint("hash", name="uq_readings_hash"),
    )
    op.create_index(
        "uq_readings_in_force",
        "readings",
        ["state"],
        unique=True,
        sqlite_where=sa.text("state = 'in_force'"),
        postgresql_where=sa.text("state = 'in_force'"),
    )


def _relay() -> None:
    op.create_table(
        "relay",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("streak", sa.Integer(), nullable=False),
        sa.Column("open_until", Instant, nullable=True),
        sa.Column("since", Instant, nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_relay"),
    )


def _steps() -> None:
    op.create_table(
        "steps",
        sa.Column("deadline", sa.String(length=160), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("lead", sa.String(length=6), nullable=False),
        sa.Column("spoken", sa.String(length=40), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("cadence", sa.String(length=200), nullable=False),
        sa.Column("finished_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("deadline", "kind", "lead", "spoken", "revision", "cadence", name="pk_steps"),
    )


def _vendors() -> None:
    op.create_table(
        "vendors",
        sa.Column("id", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("domains", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_vendors"),
    )


def _subscribers() -> None:
    op.create_table(
        "subscribers",
        sa.Column("id", RowId, nullable=False),
        sa.Column("public_id", sa.String(length=40), nullable=False),
        sa.Column("address", sa.String(length=320), nullable=False),
        sa.Column("identity", sa.String(length=320), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("joined_at", Instant, nullable=False),
        sa.Column("generation", sa.Integer(), server_default="1", nullable=False),
        sa.Column("cadence", sa.Text(), nullable=True),
        sa.Column("cadence_since", Instant, nullable=True),
        sa.Column("vendor_id", sa.String(length=60), nullable=True),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("ended_at", Instant, nullable=True),
        sa.Column("ended_why", sa.String(length=200), nullable=True),
        sa.Column("score", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["vendor_id"], ["vendors.id"], name="fk_subscribers_vendor_id"),
        sa.PrimaryKeyConstraint("id", name="pk_subscribers"),
        sa.UniqueConstraint("identity", name="uq_subscribers_identity"),
        sa.UniqueConstraint("public_id", name="uq_subscribers_public_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_subscribers_vendor_id", "subscribers", ["vendor_id"], unique=False)


def _messages() -> None:
    op.create_table(
        "messages",
        sa.Column("id", RowId, nullable=False),
        sa.Column("subscriber_id", RowId, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("anytime", sa.Boolean(), nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("not_before", Instant, nullable=False),
        sa.Column("expires", Instant, nullable=True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("refusals", sa.Integer(), server_default="0", nullable=False),
        sa.Column("copies", sa.Integer(), server_default="0", nullable=False),
        sa.Column("generation", sa.Integer(), server_default="0", nullable=False),
        sa.Column("header_id", sa.String(length=200), nullable=True),
        sa.Column("owner", sa.Integer(), nullable=True),
        sa.Column("token", sa.Integer(), server_default="0", nullable=False),
        sa.Column("lease_until", sa.Float(), nullable=True),
        sa.Column("last_reply", sa.String(length=300), server_default="", nullable=False),
        sa.Column("state_at", Instant, nullable=False),
        sa.CheckConstraint("copies BETWEEN 0 AND 2", name="ck_messages_two_copies"),
        sa.ForeignKeyConstraint(["subscriber_id"], ["subscribers.id"], name="fk_messages_subscriber_id"),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_messages_state_not_before", "messages", ["state", "not_before"], unique=False)
    op.create_index("ix_messages_subscriber_id", "messages", ["subscriber_id"], unique=False)


def _subscriptions() -> None:
    op.create_table(
        "subscriptions",
        sa.Column("subscriber_id", RowId, nullable=False),
        sa.Column("scope", sa.String(length=10), nullable=False),
        sa.Column("target", sa.String(length=80), nullable=False),
        sa.Column("since", Instant, nullable=False),
        sa.ForeignKeyConstraint(
            ["subscriber_id"], ["subscribers.id"], name="fk_subscriptions_subscriber_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("subscriber_id", "scope", "target", name="pk_subscriptions"),
    )
    op.create_index("ix_subscriptions_scope_target", "subscriptions", ["scope", "target"], unique=False)


def _attempts() -> None:
    op.create_table(
        "attempts",
        sa.Column("id", RowId, nullable=False),
        sa.Column("message_id", RowId, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("phase", sa.String(length=10), nullable=False),
        sa.Column("fault", sa.String(length=10), nullable=False),
        sa.Column("code", sa.Integer(), nullable=True),
        sa.Column("reply", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name="fk_attempts_message_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_attempts"),
    )
    op.create_index("ix_attempts_message_id", "attempts", ["message_id"], unique=False)


def _notices() -> None:
    op.create_table(
        "notices",
        sa.Column("id", RowId, nullable=False),
        sa.Column("subscriber_id", RowId, nullable=False),
        sa.Column("deadline", sa.String(length=160), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("lead", sa.String(length=6), server_default="", nullable=False),
        sa.Column("spoken", sa.String(length=40), server_default="", nullable=False),
        sa.Column("revision", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due", Instant, nullable=False),
        sa.Column("expires", Instant, nullable=True),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=200), server_default="", nullable=False),
        sa.Column("decided_at", Instant, nullable=False),
        sa.Column("message_id", RowId, nullable=True),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name="fk_notices_message_id"),
        sa.ForeignKeyConstraint(["subscriber_id"], ["subscribers.id"], name="fk_notices_subscriber_id"),
        sa.PrimaryKeyConstraint("id", name="pk_notices"),
        sa.UniqueConstraint(
            "subscriber_id",
            "deadline",
            "kind",
            "lead",
            "spoken",
            "revision",
            name="uq_notices_subscriber_id_deadline_kind_lead_spoken_revision",
        ),
    )
    op.create_index("ix_notices_message_id", "notices", ["message_id"], unique=False)
    op.create_index(
        "ix_notices_loose",
        "notices",
        ["subscriber_id"],
        unique=False,
        sqlite_where=sa.text("outcome = 'owed' AND message_id IS NULL"),
        postgresql_where=sa.text("outcome = 'owed' AND message_id IS NULL"),
    )
