"""How often a Subscriber chose other words or reminders for all the events of their calendar.

Revision 0009, after 0008.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody has so far, as far as their calendars know."""
    op.add_column("subscribers", sa.Column("retold", sa.Integer, nullable=False, server_default="0"))
    op.add_column("subscribers", sa.Column("retold_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Clients of those who chose another language may keep the words of the one before."""
    op.drop_column("subscribers", "retold_at")
    op.drop_column("subscribers", "retold")
