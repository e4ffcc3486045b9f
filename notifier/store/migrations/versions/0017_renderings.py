"""From what each copy of a Message was composed; and Answers that a newer one replaced before anybody decided.

Revision 0017, after 0016.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_REPLACED = "answer {}, which is newer"
_answers = sa.table("answers", sa.column("state"), sa.column("decided_by"))


def upgrade() -> None:
    """From what mails were composed that left before is not known."""
    op.add_column("messages", sa.Column("renderings", sa.Text(), server_default="", nullable=False))
    replaced = sa.and_(_answers.c.state == "refused", _answers.c.decided_by.like(_REPLACED.format("%")))
    op.execute(sa.update(_answers).where(replaced).values(state="replaced", decided_by=""))


def downgrade() -> None:
    """Mails are then shown by what is followed at that time."""
    replaced = _answers.c.state == "replaced"
    op.execute(
        sa.update(_answers)
        .where(replaced)
        .values(state="refused", decided_by=_REPLACED.format("given later"))
    )
    op.drop_column("messages", "renderings")
