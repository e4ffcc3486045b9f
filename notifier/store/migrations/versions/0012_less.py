"""What somebody followed before a mail made it less, so that the Letter that tells them can offer it again.

Revision 0012, after 0011.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A column beside the kind of Letter."""
    op.add_column("messages", sa.Column("about", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    """Letters that wait then offer nothing again."""
    op.drop_column("messages", "about")
