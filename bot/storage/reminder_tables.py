"""The tables of consent and of reminders. Times are aware and kept in UTC; user_hash as in tables.sessions."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from bot.storage.columns import UtcDateTime, metadata

_NUMBER = BigInteger().with_variant(Integer, "sqlite")

# How a candidate who asked to be told can be reached. address: the openid (or "web:…"), sealed, see store.seal.
# pushable: an openid, to which the platform can send. audience: as in the session, "" unknown. last_at: the last message
# (48 hours of 客服消息 begin there), sent: 客服消息 since then. blocked: why nothing is sent to them any more, "" otherwise.
contacts = Table(
    "contacts",
    metadata,
    Column("user_hash", String(32), primary_key=True),
    Column("address", LargeBinary, nullable=False),
    Column("pushable", Boolean, nullable=False),
    Column("audience", String(64), nullable=False),
    Column("last_at", UtcDateTime, nullable=False),
    Column("sent", Integer, nullable=False),
    Column("blocked", String(64), nullable=False),
    info={"kept": "until the candidate withdraws, unfollows or is erased"},
)

# What they asked to be told of. stage: "" = every stage of the region.
subscriptions = Table(
    "subscriptions",
    metadata,
    Column("user_hash", String(32), primary_key=True),
    Column("region", String(64), primary_key=True),
    Column("stage", String(64), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Index("subscriptions_region", "region", "stage", "user_hash"),
    info={"kept": "until the candidate withdraws, unfollows or is erased"},
)

# 订阅通知: how many more of one template the candidate has allowed, and how it came to that.
grants = Table(
    "grants",
    metadata,
    Column("user_hash", String(32), primary_key=True),
    Column("template", String(64), primary_key=True),
    Column("balance", Integer, nullable=False),
    CheckConstraint("balance >= 0", name="grants_never_negative"),
    info={"kept": "until the candidate withdraws, unfollows or is erased"},
)

# change: what really happened to the balance, 0 where a count at 0 could not fall. key: of the event or the outbox row that
# did it, so that it counts once.
grant_history = Table(
    "grant_history",
    metadata,
    Column("id", _NUMBER, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("user_hash", String(32), nullable=False),
    Column("template", String(64), nullable=False),
    Column("change", Integer, nullable=False),
    Column("reason", String(32), nullable=False),
    Column("key", String(64), nullable=False),
    UniqueConstraint("user_hash", "template", "key", "reason", name="grant_history_once"),
    Index("grant_history_at", "at"),
    info={"ages_by": "at"},
)

# One thing to tell of one region: a window and how long before. key: region, year, stage, audience, window and kind.
# level: whose notice says so. opens, closes: as printed, "2024-02-04 24:00". due_at: by the rules · slot: the planning it
# belongs to, later than due_at where it was found late; what shares a slot goes out as one message. expires_at: no row of
# it is sent from here on. planned_at: all its rows are in the outbox. withdrawn_at: the notice says otherwise by now.
occasions = Table(
    "occasions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(255), nullable=False, unique=True),
    Column("region", String(64), nullable=False),
    Column("level", String(64), nullable=False),
    Column("year", Integer, nullable=False),
    Column("stage", String(64), nullable=False),
    Column("audience", String(64), nullable=False),
    Column("opens", String(16), nullable=False),
    Column("closes", String(16), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("notice", String(128), nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("slot", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("closes_at", UtcDateTime, nullable=False),
    Column("planned_at", UtcDateTime),
    Column("withdrawn_at", UtcDateTime),
    Index("occasions_slot", "slot"),
    info={"ages_by": "closes_at"},
)

# One message to one candidate; the table is the truth. occasions: their ids, ",3,5,". kind: reminder · correction.
# state: pending · claimed (a worker holds it, nothing was called) · sending (a call may have gone out) · sent · failed ·
# unknown · unreachable · cancelled. channel: template · subscribe · custom, "" before the first call. tried: channels that
# are closed for this row. first_call_at: of the template call whose client_msg_id the platform remembers for 10 minutes.
# told_at: said in the chat instead.
outbox = Table(
    "outbox",
    metadata,
    Column("id", _NUMBER, primary_key=True),
    Column("user_hash", String(32), nullable=False),
    Column("slot", UtcDateTime, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("occasions", String(255), nullable=False),
    Column("state", String(16), nullable=False),
    Column("channel", String(16), nullable=False, server_default=""),
    Column("tried", String(64), nullable=False, server_default=""),
    Column("reason", Text, nullable=False, server_default=""),
    Column("msgid", String(64), nullable=False, server_default=""),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("not_before", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("first_call_at", UtcDateTime),
    Column("worker", String(32), nullable=False, server_default=""),
    Column("leased_until", UtcDateTime),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("told_at", UtcDateTime),
    UniqueConstraint("user_hash", "slot", "kind", name="outbox_once"),
    Index("outbox_state", "state", "not_before"),
    Index("outbox_msgid", "msgid", sqlite_where=text("msgid <> ''"), postgresql_where=text("msgid <> ''")),
    info={"ages_by": "slot"},
)

# What the platform reported of a message, kept because it may come before the row knows its msgid.
receipts = Table(
    "receipts",
    metadata,
    Column("msgid", String(64), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("failure", String(128), nullable=False),
    Index("receipts_at", "at"),
    info={"ages_by": "at"},
)

# Why a channel ("*": all of them) rests. until: None = until an operator starts it again.
pauses = Table(
    "pauses",
    metadata,
    Column("channel", String(16), primary_key=True),
    Column("until", UtcDateTime),
    Column("reason", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    info={"kept": "one row a channel"},
)

# Work that one process does at a time, and how many sends each channel has left this second.
leases = Table(
    "leases",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("holder", String(32), nullable=False),
    Column("until", UtcDateTime, nullable=False),
    info={"kept": "one row a kind of work"},
)

# What staff announce to all who bear a tag of the platform; counted apart from the outbox. key: the clientmsgid. tag: the
# platform's number. state: see storage/announcements. changed_by: whose words they are now, who can't approve them either.
# called_at: of the first call; for 24 hours the platform knows its key. total … failed: of the receipt.
announcements = Table(
    "announcements",
    metadata,
    Column("id", _NUMBER, primary_key=True),
    Column("key", String(32), nullable=False, unique=True),
    Column("state", String(16), nullable=False),
    Column("text", Text, nullable=False),
    Column("tag", Integer, nullable=False),
    Column("tag_name", String(64), nullable=False),
    Column("drafted_by", String(32), nullable=False),
    Column("changed_by", String(32), nullable=False),
    Column("approved_by", String(32), nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("called_at", UtcDateTime),
    Column("msgid", String(64), nullable=False),
    Column("reason", Text, nullable=False),
    Column("total", Integer),
    Column("filtered", Integer),
    Column("sent", Integer),
    Column("failed", Integer),
    Index("announcements_state", "state"),
    info={"kept": "what staff announced, by whom, must stay known; of no candidate"},
)

# The end of each mass message, kept because it may come before the row knows its msgid. failure: "" for none.
mass_receipts = Table(
    "mass_receipts",
    metadata,
    Column("msgid", String(64), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("failure", String(128), nullable=False),
    Column("total", Integer, nullable=False),
    Column("filtered", Integer, nullable=False),
    Column("sent", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Index("mass_receipts_at", "at"),
    info={"ages_by": "at"},
)
