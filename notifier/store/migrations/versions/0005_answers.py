"""Who is ready: Answers, evidence of use, clients, waivers and weekly reports.

Revision 0005, after 0004.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

RowId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Instant = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Five tables, and which Answer a Letter tells of."""
    _answers()
    _what_vendors_do()
    op.create_table(
        "reports",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("sent_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("name", "week", name="pk_reports"),
    )
    op.add_column("messages", sa.Column("answer_id", sa.Integer(), nullable=True))


def downgrade() -> None:
    """What anybody answered is forgotten, and reminders go to all again."""
    op.drop_column("messages", "answer_id")
    op.execute("UPDATE notices SET outcome = 'superseded' WHERE outcome = 'answered'")
    op.drop_table("reports")
    op.drop_index("ix_waivers_vendor_id_change", table_name="waivers")
    op.drop_table("waivers")
    op.drop_table("clients")
    op.drop_index("ix_evidence_vendor_id_change", table_name="evidence")
    op.drop_table("evidence")
    op.drop_index("ix_answers_subscriber_id", table_name="answers")
    op.drop_index("ix_answers_party_change", table_name="answers")
    op.drop_table("answers")


def _answers() -> None:
    op.create_table(
        "answers",
        sa.Column("id", RowId, nullable=False),
        sa.Column("party", sa.String(length=80), nullable=False),
        sa.Column("change", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("planned", sa.Date(), nullable=True),
        sa.Column("anchor", sa.String(length=160), server_default="", nullable=False),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.Column("subscriber_id", RowId, nullable=True),
        sa.Column("by", sa.String(length=320), server_default="", nullable=False),
        sa.Column("way", sa.String(length=10), nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("decided_by", sa.String(length=200), server_default="", nullable=False),
        sa.Column("decided_at", Instant, nullable=True),
        sa.ForeignKeyConstraint(["subscriber_id"], ["subscribers.id"], name="fk_answers_subscriber_id"),
        sa.PrimaryKeyConstraint("id", name="pk_answers"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_answers_party_change", "answers", ["party", "change"])
    op.create_index("ix_answers_subscriber_id", "answers", ["subscriber_id"])


def _what_vendors_do() -> None:
    op.create_table(
        "evidence",
        sa.Column("id", RowId, nullable=False),
        sa.Column("vendor_id", sa.String(length=60), nullable=False),
        sa.Column("change", sa.String(length=80), nullable=False),
        sa.Column("calls", sa.BigInteger(), nullable=False),
        sa.Column("last_seen", sa.Date(), nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.ForeignKeyConstraint(["vendor_id"], ["vendors.id"], name="fk_evidence_vendor_id"),
        sa.PrimaryKeyConstraint("id", name="pk_evidence"),
    )
    op.create_index("ix_evidence_vendor_id_change", "evidence", ["vendor_id", "change"])
    op.create_table(
        "clients",
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("vendor_id", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["vendor_id"], ["vendors.id"], name="fk_clients_vendor_id"),
        sa.PrimaryKeyConstraint("id", name="pk_clients"),
    )
    op.create_table(
        "waivers",
        sa.Column("id", RowId, nullable=False),
        sa.Column("vendor_id", sa.String(length=60), nullable=False),
        sa.Column("change", sa.String(length=80), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.ForeignKeyConstraint(["vendor_id"], ["vendors.id"], name="fk_waivers_vendor_id"),
        sa.PrimaryKeyConstraint("id", name="pk_waivers"),
    )
    op.create_index("ix_waivers_vendor_id_change", "waivers", ["vendor_id", "change"])
