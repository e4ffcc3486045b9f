"""What is kept of whoever was erased: a pseudonym for a time, and why an address is suppressed.

Revision 0008, after 0007.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A column each, and what pruning looks by."""
    op.add_column("subscribers", sa.Column("pseudonym", sa.String(length=64), nullable=True))
    op.create_index("ix_subscribers_pseudonym", "subscribers", ["pseudonym"])
    op.create_index("ix_subscribers_state_ended_at", "subscribers", ["state", "ended_at"])
    why = sa.Column("why", sa.String(length=10), server_default="denied", nullable=False)
    op.add_column("suppressions", why)


def downgrade() -> None:
    """Those who were erased are about nobody from then on, and may be imported again."""
    op.execute("DELETE FROM suppressions WHERE why = 'erased'")
    op.drop_column("suppressions", "why")
    op.execute("UPDATE subscribers SET vendor_id = NULL WHERE state = 'erased'")
    op.drop_index("ix_subscribers_state_ended_at", table_name="subscribers")
    op.drop_index("ix_subscribers_pseudonym", table_name="subscribers")
    op.drop_column("subscribers", "pseudonym")
