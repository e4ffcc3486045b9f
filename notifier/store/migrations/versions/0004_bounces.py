"""When points were last held against an address.

Revision 0004, after 0003.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

Instant = sa.DateTime(timezone=True)


def upgrade() -> None:
    """A column beside the score."""
    with op.batch_alter_table("subscribers") as table:
        table.add_column(sa.Column("scored_at", Instant, nullable=True))


def downgrade() -> None:
    """Points may then be held against somebody twice on one day."""
    with op.batch_alter_table("subscribers") as table:
        table.drop_column("scored_at")
