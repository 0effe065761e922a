"""Consent and reminders: contacts, subscriptions, grants, occasions, the outbox."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "contacts",
        sa.Column("user_hash", sa.String(32), primary_key=True),
        sa.Column("address", sa.LargeBinary, nullable=False),
        sa.Column("pushable", sa.Boolean, nullable=False),
        sa.Column("audience", sa.String(64), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent", sa.Integer, nullable=False),
        sa.Column("blocked", sa.String(64), nullable=False),
    )
    op.create_table(
        "subscriptions",
        sa.Column("user_hash", sa.String(32), primary_key=True),
        sa.Column("region", sa.String(64), primary_key=True),
        sa.Column("stage", sa.String(64), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("subscriptions_region", "subscriptions", ["region", "stage", "user_hash"])
    op.create_table(
        "grants",
        sa.Column("user_hash", sa.String(32), primary_key=True),
        sa.Column("template", sa.String(64), primary_key=True),
        sa.Column("balance", sa.Integer, nullable=False),
        sa.CheckConstraint("balance >= 0", name="grants_never_negative"),
    )
    op.create_table(
        "grant_history",
        sa.Column("id", _NUMBER, primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_hash", sa.String(32), nullable=False),
        sa.Column("template", sa.String(64), nullable=False),
        sa.Column("change", sa.Integer, nullable=False),
        sa.Column("reason", sa.String(32), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.UniqueConstraint("user_hash", "template", "key", "reason", name="grant_history_once"),
    )
    op.create_index("grant_history_at", "grant_history", ["at"])
    op.create_table(
        "occasions",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("key", sa.String(255), nullable=False, unique=True),
        sa.Column("region", sa.String(64), nullable=False),
        sa.Column("level", sa.String(64), nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("stage", sa.String(64), nullable=False),
        sa.Column("audience", sa.String(64), nullable=False),
        sa.Column("opens", sa.String(16), nullable=False),
        sa.Column("closes", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("notice", sa.String(128), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("slot", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True)),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True)),
    )
    op.create_index("occasions_slot", "occasions", ["slot"])
    op.create_table(
        "outbox",
        sa.Column("id", _NUMBER, primary_key=True),
        sa.Column("user_hash", sa.String(32), nullable=False),
        sa.Column("slot", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("occasions", sa.String(255), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False, server_default=""),
        sa.Column("tried", sa.String(64), nullable=False, server_default=""),
        sa.Column("reason", sa.Text, nullable=False, server_default=""),
        sa.Column("msgid", sa.String(64), nullable=False, server_default=""),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_call_at", sa.DateTime(timezone=True)),
        sa.Column("worker", sa.String(32), nullable=False, server_default=""),
        sa.Column("leased_until", sa.DateTime(timezone=True)),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("user_hash", "slot", "kind", name="outbox_once"),
    )
    op.create_index("outbox_state", "outbox", ["state", "not_before"])
    op.create_index(
        "outbox_msgid",
        "outbox",
        ["msgid"],
        sqlite_where=sa.text("msgid <> ''"),
        postgresql_where=sa.text("msgid <> ''"),
    )
    op.create_table(
        "receipts",
        sa.Column("msgid", sa.String(64), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failure", sa.String(128), nullable=False),
    )
    op.create_index("receipts_at", "receipts", ["at"])
    op.create_table(
        "pauses",
        sa.Column("channel", sa.String(16), primary_key=True),
        sa.Column("until", sa.DateTime(timezone=True)),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "leases",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("holder", sa.String(32), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("leases")
    op.drop_table("pauses")
    op.drop_table("receipts")
    op.drop_table("outbox")
    op.drop_table("occasions")
    op.drop_table("grant_history")
    op.drop_table("grants")
    op.drop_table("subscriptions")
    op.drop_table("contacts")
