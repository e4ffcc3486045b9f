"""What somebody does not follow although they follow all else of it, also what is still to come.

Revision 0015, after 0014.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from notifier.store.columns import Instant, RowId

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody has excluded anything yet."""
    op.create_table(
        "exclusions",
        sa.Column("subscriber_id", RowId, nullable=False),
        sa.Column("scope", sa.String(length=10), nullable=False),
        sa.Column("target", sa.String(length=80), nullable=False),
        sa.Column("lifted_at", Instant, nullable=True),
        sa.ForeignKeyConstraint(
            ["subscriber_id"], ["subscribers.id"], name="fk_exclusions_subscriber_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("subscriber_id", "scope", "target", name="pk_exclusions"),
    )


def downgrade() -> None:
    """Whoever excluded something is told of it again, rather than of less than they follow."""
    op.drop_table("exclusions")
