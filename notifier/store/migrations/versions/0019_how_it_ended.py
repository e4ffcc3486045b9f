"""How a Deadline had ended after each Difference, which its kind alone does not tell.

Revision 0019, after 0018.
"""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Of earlier Differences the reading that each of them took force with tells it."""
    op.add_column("differences", sa.Column("status", sa.String(length=12)))
    table = sa.table("differences", sa.column("deadline"), sa.column("revision"), sa.column("status"))
    ended = [
        {"of": key, "at": revision, "ended": status}
        for revision, content in op.get_bind().execute(
            sa.text("SELECT revision, content FROM readings WHERE in_force_at IS NOT NULL")
        )
        for change in json.loads(content)["changes"]
        for key, status in ((f"{change['id']}/{each['id']}", each["status"]) for each in change["deadlines"])
        if status
    ]
    if ended:
        theirs = sa.and_(table.c.deadline == sa.bindparam("of"), table.c.revision == sa.bindparam("at"))
        op.get_bind().execute(sa.update(table).where(theirs).values(status=sa.bindparam("ended")), ended)


def downgrade() -> None:
    """What came into the list as ended then counts as ahead until it next changed."""
    op.drop_column("differences", "status")
