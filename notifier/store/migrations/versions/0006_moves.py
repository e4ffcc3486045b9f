"""How often a Subscriber moved to another mailbox, so that links in one they left are known to be old.

Revision 0006, after 0005.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody has moved so far."""
    op.add_column("subscribers", sa.Column("moves", sa.Integer, nullable=False, server_default="0"))


def downgrade() -> None:
    """Mailboxes that somebody left can then choose and leave for them again."""
    op.drop_column("subscribers", "moves")
