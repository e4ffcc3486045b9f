"""What `notifier nodes` tells of each node: its release, and whether it sends.

Revision 0010, after 0009.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two columns."""
    op.add_column("nodes", sa.Column("version", sa.String(length=40), server_default="", nullable=False))
    op.add_column("nodes", sa.Column("standing", sa.String(length=300), server_default="", nullable=False))


def downgrade() -> None:
    """Nobody is told."""
    op.drop_column("nodes", "standing")
    op.drop_column("nodes", "version")
