"""Private calendars.

Revision 0002, after 0001.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

Instant = sa.DateTime(timezone=True)


def upgrade() -> None:
    """A table of tokens, by their hash."""
    op.create_table(
        "calendars",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("subscriber_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("changed_at", Instant, nullable=False),
        sa.Column("revoked_at", Instant, nullable=True),
        sa.ForeignKeyConstraint(["subscriber_id"], ["subscribers.id"], name="fk_calendars_subscriber_id"),
        sa.PrimaryKeyConstraint("token_hash", name="pk_calendars"),
    )
    op.create_index("ix_calendars_subscriber_id", "calendars", ["subscriber_id"])
    op.create_index(
        "uq_calendars_active",
        "calendars",
        ["subscriber_id"],
        unique=True,
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )


def downgrade() -> None:
    """Every private calendar's link stops working."""
    op.drop_table("calendars")
