"""Under which key a suppression of the address that is asked would be known, so that none that was denied leaves.

Revision 0007, after 0006.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Asks from before are held by what their rows say alone."""
    op.add_column("asks", sa.Column("known_as", sa.String(64), nullable=False, server_default=""))


def downgrade() -> None:
    """Somebody asked at the very moment they deny may then be mailed once."""
    op.drop_column("asks", "known_as")
