"""Consent: wishes that await confirmation, Letters, pauses, caps and suppressed addresses.

Revision 0003, after 0002.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

RowId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Instant = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Three tables, and what a Message and a Subscriber may have beside."""
    op.create_table(
        "asks",
        sa.Column("subscriber_id", RowId, autoincrement=False, nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("topics", sa.Text(), nullable=False),
        sa.Column("way", sa.String(length=40), nullable=False),
        sa.Column("nonce", sa.String(length=40), nullable=False),
        sa.Column("asked_at", Instant, nullable=False),
        sa.Column("expires", Instant, nullable=False),
        sa.Column("address", sa.String(length=320), nullable=True),
        sa.ForeignKeyConstraint(
            ["subscriber_id"], ["subscribers.id"], name="fk_asks_subscriber_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("subscriber_id", name="pk_asks"),
    )
    op.create_table(
        "caps",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", "day", name="pk_caps"),
    )
    op.create_index("ix_caps_day", "caps", ["day"])
    op.create_table(
        "suppressions",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_suppressions"),
    )
    op.add_column("messages", sa.Column("letter", sa.String(length=16), nullable=True))
    op.add_column("messages", sa.Column("letter_to", sa.String(length=320), nullable=True))
    op.add_column("subscribers", sa.Column("paused_until", Instant, nullable=True))


def downgrade() -> None:
    """Wishes, caps and suppressed addresses are forgotten; waiting Letters are never sent."""
    op.execute("DELETE FROM attempts WHERE message_id IN (SELECT id FROM messages WHERE letter IS NOT NULL)")
    op.execute("DELETE FROM messages WHERE letter IS NOT NULL")
    op.drop_table("asks")
    op.execute("DELETE FROM subscribers WHERE state = 'pending'")
    op.drop_column("subscribers", "paused_until")
    op.drop_column("messages", "letter_to")
    op.drop_column("messages", "letter")
    op.drop_table("suppressions")
    op.drop_index("ix_caps_day", table_name="caps")
    op.drop_table("caps")
