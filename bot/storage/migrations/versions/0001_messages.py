"""Sessions, the inbox of handled messages, and the turns.

Written out, not taken from bot.storage.tables: a migration must stay what it was when the tables move on.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sessions",
        sa.Column("user_hash", sa.String(32), primary_key=True),
        sa.Column("data", sa.JSON, nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("sessions_updated_at", "sessions", ["updated_at"])
    op.create_table(
        "inbox",
        sa.Column("key", sa.String(32), primary_key=True),
        sa.Column("user_hash", sa.String(32), nullable=False),
        sa.Column("reply", sa.LargeBinary, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("inbox_user_hash", "inbox", ["user_hash"])
    op.create_index("inbox_created_at", "inbox", ["created_at"])
    op.create_table(
        "turns",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_hash", sa.String(32), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("masked_text", sa.Text, nullable=False),
        sa.Column("decision", sa.String(32), nullable=False),
        sa.Column("entry", sa.String(128)),
        sa.Column("stage", sa.String(64)),
        sa.Column("region", sa.String(64)),
        sa.Column("audience", sa.String(64)),
        sa.Column("year", sa.Integer),
        sa.Column("score", sa.Double, nullable=False),
        sa.Column("ms", sa.Double, nullable=False),
        sa.Column("detail", sa.JSON, nullable=False),
    )
    op.create_index("turns_at", "turns", ["at"])
    op.create_index("turns_user_hash", "turns", ["user_hash"])


def downgrade() -> None:
    op.drop_table("turns")
    op.drop_table("inbox")
    op.drop_table("sessions")
