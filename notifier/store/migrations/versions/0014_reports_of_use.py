"""Which client was seen how often, and by a report of which day, so that what comes in parts can be added up.

Revision 0014, after 0013.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What is there already is older than any report to come."""
    op.add_column("evidence", sa.Column("until", sa.Date(), nullable=True))
    op.add_column("evidence", sa.Column("uses", sa.Text(), nullable=False, server_default="[]"))


def downgrade() -> None:
    """Sums stay."""
    op.drop_column("evidence", "uses")
    op.drop_column("evidence", "until")
