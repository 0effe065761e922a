"""The tables as they stand after the newest migration. Times are aware and kept in UTC."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Double,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)

from bot.storage import reminder_tables as reminder_tables  # so that `metadata` holds every table
from bot.storage.columns import UtcDateTime as UtcDateTime
from bot.storage.columns import metadata as metadata

# Two promises go by what stands here, so that no table is forgotten: a column `user_hash` makes the rows a candidate's,
# and erasing deletes them; info["ages_by"] names the column whose age ends a row (BOT_RETENTION_DAYS). A table that holds
# no history says why instead, in info["kept"].

# What the bot remembers of one candidate. user_hash: 32 hex digits, see store.user_hash.
sessions = Table(
    "sessions",
    metadata,
    Column("user_hash", String(32), primary_key=True),
    Column("data", JSON, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Index("sessions_updated_at", "updated_at"),
    info={"ages_by": "updated_at"},
)

# One row a message handled. key: keyed hash of user and message key, 32 hex digits. user_hash: "" once the
# candidate is forgotten. reply: sealed, see store._seal.
inbox = Table(
    "inbox",
    metadata,
    Column("key", String(32), primary_key=True),
    Column("user_hash", String(32), nullable=False),
    Column("reply", LargeBinary, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Index("inbox_user_hash", "user_hash"),
    Index("inbox_created_at", "created_at"),
    info={"ages_by": "created_at"},
)

# One row a message, for statistics and for staff. ms: the answer's cost in milliseconds. score: 0 to 1.
# feedback: "有用" or "没用", said of `entry`, where the message was that.
turns = Table(
    "turns",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("user_hash", String(32), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("masked_text", Text, nullable=False),
    Column("decision", String(32), nullable=False),
    Column("entry", String(128)),
    Column("stage", String(64)),
    Column("region", String(64)),
    Column("audience", String(64)),
    Column("year", Integer),
    Column("score", Double, nullable=False),
    Column("ms", Double, nullable=False),
    Column("detail", JSON, nullable=False),
    Column("feedback", String(8)),
    # Covers what the console counts, so that a month of a million rows is read from the index alone.
    Index("turns_at", "at", "decision", "entry", "ms"),
    # What the console lists; few rows in many.
    Index("turns_decision", "decision", "at"),
    Index("turns_feedback", "feedback", "at"),
    Index("turns_user_hash", "user_hash", "id"),
    info={"ages_by": "at"},
)

# Staff of the console. password: argon2. role: "编辑" or "发布".
console_users = Table(
    "console_users",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("role", String(8), nullable=False),
    Column("password", String(256), nullable=False),
    Column("disabled", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime),
    info={"kept": "staff, until an operator disables them"},
)

# Sign-ins that failed. subject: keyed hash of a name or an address, 32 hex digits.
console_attempts = Table(
    "console_attempts",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("subject", String(32), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index("console_attempts_subject", "subject", "at"),
    Index("console_attempts_at", "at"),
    info={"ages_by": "at"},
)

# Who of staff did what, when. Nothing in it is a candidate's but masked phrasings that went into the knowledge.
console_audit = Table(
    "console_audit",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("who", String(32), nullable=False),
    Column("act", String(32), nullable=False),
    Column("target", String(200), nullable=False),
    Column("detail", Text, nullable=False),
    Index("console_audit_at", "at"),
    info={"kept": "what staff did to the knowledge must stay known; of no candidate"},
)

# Unanswered phrasings that staff dealt with: hidden as long as nobody asks them again.
console_marks = Table(
    "console_marks",
    metadata,
    Column("text", String(200), primary_key=True),
    Column("mark", String(200), nullable=False),
    Column("by", String(32), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    info={"ages_by": "at"},
)

# What the platform lends the account: access_token, jsapi_ticket. value: sealed, see storage/tokens.py; empty before the
# first fetch. version: grows with every fetch. holder, leased_until: who fetches now, and when that one counts as dead.
tokens = Table(
    "tokens",
    metadata,
    Column("name", String(128), primary_key=True),
    Column("value", LargeBinary, nullable=False),
    Column("version", Integer, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("holder", String(16)),
    Column("leased_until", UtcDateTime),
    info={"kept": "one row a token, renewed in place; of no candidate"},
)
