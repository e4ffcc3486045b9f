"""What became of a Notice for whoever had paused, apart from where no mail goes to the address any more.

Revision 0020, after 0019.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

# By which earlier releases told the two apart.
_REASON = "the subscriber had paused"


def upgrade() -> None:
    """Those with that reason are of whoever had paused."""
    notices = sa.table("notices", sa.column("outcome"), sa.column("reason"))
    of_a_pause = sa.and_(notices.c.outcome == "suspended", notices.c.reason == _REASON)
    op.execute(notices.update().where(of_a_pause).values(outcome="paused"))


def downgrade() -> None:
    """Releases before cannot read the outcome."""
    notices = sa.table("notices", sa.column("outcome"), sa.column("reason"))
    op.execute(
        notices.update().where(notices.c.outcome == "paused").values(outcome="suspended", reason=_REASON)
    )
