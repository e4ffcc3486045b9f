"""Since when somebody has followed a Change without a gap, where what covers it now was chosen later.

Revision 0016, after 0015.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from notifier.store.columns import Instant, RowId

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What was chosen until now counts as it did."""
    op.create_table(
        "continuations",
        sa.Column("subscriber_id", RowId, nullable=False),
        sa.Column("change_id", sa.String(length=80), nullable=False),
        sa.Column("since", Instant, nullable=False),
        sa.ForeignKeyConstraint(
            ["subscriber_id"],
            ["subscribers.id"],
            name="fk_continuations_subscriber_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("subscriber_id", "change_id", name="pk_continuations"),
    )


def downgrade() -> None:
    """What fell due before they chose anew, and is not planned yet, is lost as it was before."""
    op.drop_table("continuations")
