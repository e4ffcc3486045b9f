"""To which Vendor somebody belonged until when, so that what was told to whom can be shown after they moved.

Revision 0013, after 0012.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

RowId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Instant = sa.DateTime(timezone=True)


def upgrade() -> None:
    """From now on; of earlier moves nothing is known."""
    op.create_table(
        "partings",
        sa.Column("id", RowId, nullable=False),
        sa.Column("subscriber_id", RowId, nullable=False),
        sa.Column("vendor_id", sa.String(length=60), nullable=True),
        sa.Column("until", Instant, nullable=False),
        sa.ForeignKeyConstraint(
            ["subscriber_id"], ["subscribers.id"], name="fk_partings_subscriber_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["vendor_id"], ["vendors.id"], name="fk_partings_vendor_id"),
        sa.PrimaryKeyConstraint("id", name="pk_partings"),
    )
    op.create_index("ix_partings_subscriber_id", "partings", ["subscriber_id"])
    op.create_index("ix_partings_vendor_id", "partings", ["vendor_id"])


def downgrade() -> None:
    """Everybody has always belonged where they do now."""
    op.drop_index("ix_partings_vendor_id", table_name="partings")
    op.drop_index("ix_partings_subscriber_id", table_name="partings")
    op.drop_table("partings")
