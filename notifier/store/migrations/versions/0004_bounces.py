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
    op.add_column("subscribers", sa.Column("scored_at", Instant, nullable=True))


def downgrade() -> None:
    """Points may then be held against somebody twice on one day."""
    op.drop_column("subscribers", "scored_at")
