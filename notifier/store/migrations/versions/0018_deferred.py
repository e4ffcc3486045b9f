"""Since when a Message is put off again and again.

Revision 0018, after 0017.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What waits to be tried again counts from its next try."""
    op.add_column("messages", sa.Column("deferred_since", sa.DateTime(timezone=True)))
    deferred = sa.text("deferred_since IS NOT NULL")
    op.create_index(
        "ix_messages_deferred_since",
        "messages",
        ["deferred_since"],
        sqlite_where=deferred,
        postgresql_where=deferred,
    )


def downgrade() -> None:
    """It then counts from when the Message was made."""
    op.drop_index("ix_messages_deferred_since", "messages")
    op.drop_column("messages", "deferred_since")
