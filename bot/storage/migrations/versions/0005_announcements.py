"""Announcements by tag, and what the platform reported of them."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "announcements",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("key", sa.String(32), nullable=False, unique=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("tag", sa.Integer, nullable=False),
        sa.Column("tag_name", sa.String(64), nullable=False),
        sa.Column("drafted_by", sa.String(32), nullable=False),
        sa.Column("changed_by", sa.String(32), nullable=False),
        sa.Column("approved_by", sa.String(32), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True)),
        sa.Column("msgid", sa.String(64), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        *(sa.Column(name, sa.Integer) for name in ("total", "filtered", "sent", "failed")),
    )
    op.create_index("announcements_state", "announcements", ["state"])
    op.create_table(
        "mass_receipts",
        sa.Column("msgid", sa.String(64), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failure", sa.String(128), nullable=False),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("total", "filtered", "sent", "failed")),
    )
    op.create_index("mass_receipts_at", "mass_receipts", ["at"])


def downgrade() -> None:
    op.drop_table("mass_receipts")
    op.drop_table("announcements")
