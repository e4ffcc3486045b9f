"""Private calendars: which of their addresses works, and when their Subscriber last chose what they show.

Revision 0002, after 0001.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Everybody has their first address; what they chose when they joined counts."""
    op.add_column(
        "subscribers", sa.Column("calendar_serial", sa.Integer(), server_default="1", nullable=False)
    )
    op.add_column("subscribers", sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Every private calendar's link stops working."""
    op.drop_column("subscribers", "changed_at")
    op.drop_column("subscribers", "calendar_serial")
