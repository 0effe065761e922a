"""The console's own tables, what it reads of the turns from an index, and 有用/没用 beside the entry they were said of."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "console_users",
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("role", sa.String(8), nullable=False),
        sa.Column("password", sa.String(256), nullable=False),
        sa.Column("disabled", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True)),
    )
    op.create_table(
        "console_attempts",
        sa.Column("id", number, primary_key=True),
        sa.Column("subject", sa.String(32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("console_attempts_subject", "console_attempts", ["subject", "at"])
    op.create_index("console_attempts_at", "console_attempts", ["at"])
    op.create_table(
        "console_audit",
        sa.Column("id", number, primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.String(32), nullable=False),
        sa.Column("act", sa.String(32), nullable=False),
        sa.Column("target", sa.String(200), nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
    )
    op.create_index("console_audit_at", "console_audit", ["at"])
    op.create_table(
        "console_marks",
        sa.Column("text", sa.String(200), primary_key=True),
        sa.Column("mark", sa.String(200), nullable=False),
        sa.Column("by", sa.String(32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.add_column("turns", sa.Column("feedback", sa.String(8)))
    op.drop_index("turns_at", "turns")
    op.create_index("turns_at", "turns", ["at", "decision", "entry", "ms"])
    op.create_index("turns_decision", "turns", ["decision", "at"])
    op.create_index("turns_feedback", "turns", ["feedback", "at"])
    op.drop_index("turns_user_hash", "turns")
    op.create_index("turns_user_hash", "turns", ["user_hash", "id"])


def downgrade() -> None:
    op.drop_index("turns_user_hash", "turns")
    op.create_index("turns_user_hash", "turns", ["user_hash"])
    op.drop_index("turns_feedback", "turns")
    op.drop_index("turns_decision", "turns")
    op.drop_index("turns_at", "turns")
    op.create_index("turns_at", "turns", ["at"])
    op.drop_column("turns", "feedback")
    for table in ("console_marks", "console_audit", "console_attempts", "console_users"):
        op.drop_table(table)
