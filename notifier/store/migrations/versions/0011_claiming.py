"""Indexes by which claiming looks at what it takes, and at nobody else, however many wait.

Revision 0011, after 0010.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Waiting Messages in the order of their claiming; the few Subscribers who paused."""
    op.create_index("ix_messages_state_not_before_id", "messages", ["state", "not_before", "id"])
    op.drop_index("ix_messages_state_not_before", "messages")
    paused = sa.text("paused_until IS NOT NULL")
    op.create_index(
        "ix_subscribers_paused_until",
        "subscribers",
        ["paused_until"],
        sqlite_where=paused,
        postgresql_where=paused,
    )


def downgrade() -> None:
    """As it was: claiming sorts all that waits."""
    op.drop_index("ix_subscribers_paused_until", "subscribers")
    op.create_index("ix_messages_state_not_before", "messages", ["state", "not_before"])
    op.drop_index("ix_messages_state_not_before_id", "messages")
