"""Since when a Message is put off again and again; and room for the longest address of whoever answered.

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
    # Databases made before have room for 200 characters; SQLite keeps what it is given.
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("answers", "by", type_=sa.String(length=320))


def downgrade() -> None:
    """It then counts from when the Message was made. Releases before cannot read the Letters that ask whether
    somebody meant to leave."""
    op.execute("DELETE FROM attempts WHERE message_id IN (SELECT id FROM messages WHERE letter = 'leaving')")
    op.execute("DELETE FROM messages WHERE letter = 'leaving'")
    op.drop_index("ix_messages_deferred_since", "messages")
    op.drop_column("messages", "deferred_since")
