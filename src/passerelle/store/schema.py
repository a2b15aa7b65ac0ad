"""The tables of a store, for SQLite and PostgreSQL. Migrations build them; a test holds the two equal.

Conventions: ``stamp``, ``position``, ``counter`` and ``pruned`` are positions
(:data:`passerelle.model.ids.Stamp`); ``created``, ``at``, ``last``, ``since``, ``started``, ``due``,
``recurrence_key``, ``fetched`` and the times of logins are microseconds since 1970 UTC; ``starts`` and the ``ends``
beside it are milliseconds; ``content`` and ``previous`` are JSON as :mod:`passerelle.store.content` writes it;
``photo`` and ``digest`` name a file of :mod:`passerelle.store.blobs`. The conditions of partial indices are told once,
for SQLite: ``migrations/env.py`` gives them to PostgreSQL, whose part of SQLAlchemy takes long to load.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import UserDefinedType

TREE = 0
"""The scope of the folder tree; items have their folder's id as scope."""
DIRECTORY = -1
"""The scope of users, groups and resources."""
ENDLESS = 2**62
"""What ``ends`` holds for an endless series: later than any instant."""

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


class Bytes(UserDefinedType[bytes]):
    """Bytes, without the conversions of ``LargeBinary``, which cost as much as reading the row."""

    cache_ok = True


@compiles(Bytes, "sqlite")
def _bytes_sqlite(_type: Bytes, _compiler: object, **_options: object) -> str:
    return "BLOB"


@compiles(Bytes, "postgresql")
def _bytes_postgresql(_type: Bytes, _compiler: object, **_options: object) -> str:
    return "BYTEA"


# On SQLite only the exact word INTEGER makes a primary key the row's own number.
Number = BigInteger().with_variant(Integer(), "sqlite")

scopes = Table(
    "scopes",
    metadata,
    Column("scope", Number, primary_key=True, autoincrement=False),
    Column("counter", Number, nullable=False),
    Column("pruned", Number, nullable=False, server_default=text("0")),
)

sequences = Table(
    "sequences",
    metadata,
    Column("name", String(20), primary_key=True),
    Column("value", Number, nullable=False),
)

users = Table(
    "users",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=False),
    Column("login", Text, nullable=False),
    Column("login_key", Text, nullable=False),
    Column("mail_key", Text, nullable=False),
    Column("content", Bytes, nullable=False),
    Column("password_hash", Text),
    Column("stamp", Number, nullable=False),
    Column("deleted", Boolean, nullable=False),
    Index(None, "mail_key"),
    Index(None, "stamp"),
    Index(
        "uq_users_login_key",
        "login_key",
        unique=True,
        sqlite_where=text("NOT deleted"),
    ),
)

groups = Table(
    "user_groups",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=False),
    Column("content", Bytes, nullable=False),
    Column("stamp", Number, nullable=False),
    Column("deleted", Boolean, nullable=False),
    Index(None, "stamp"),
)

members = Table(
    "members",
    metadata,
    Column("group_id", Number, ForeignKey("user_groups.id", ondelete="CASCADE"), nullable=False),
    Column("user_id", Number, nullable=False),
    PrimaryKeyConstraint("group_id", "user_id"),
    Index(None, "user_id"),
)

resources = Table(
    "resources",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=False),
    Column("mail_key", Text, nullable=False),
    Column("content", Bytes, nullable=False),
    Column("stamp", Number, nullable=False),
    Column("deleted", Boolean, nullable=False),
    Index(None, "mail_key"),
    Index(None, "stamp"),
)

# Users, groups and resources have ids of their own on some servers: a name belongs to a kind and an id.
principal_names = Table(
    "principal_names",
    metadata,
    Column("kind", String(10), nullable=False),
    Column("principal", Number, nullable=False),
    Column("name", Bytes, nullable=False),
    PrimaryKeyConstraint("kind", "principal", "name"),
    Index(None, "name"),
)

# No foreign key on parent: a replica may learn of a shared folder before (or without) its parent.
folders = Table(
    "folders",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=False),
    Column("parent", Number, nullable=False),
    Column("content", Bytes, nullable=False),
    Column("stamp", Number, nullable=False),
    Index(None, "parent"),
    Index(None, "stamp"),
)

# No foreign key or index on folder: the home is one of the placements, which have both.
items = Table(
    "items",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=False),
    Column("folder", Number, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("uid", Text),
    Column("master", Number, ForeignKey("items.id", ondelete="CASCADE")),
    Column("recurrence_key", Number),
    Column("content", Bytes, nullable=False),
    Column("photo", String(64)),
    Column("private", Boolean, nullable=False),
    Column("done", Boolean, nullable=False, server_default=text("false")),
    Column("changed", Bytes),
    Column("attachments", Integer, nullable=False, server_default=text("0")),
    Column("created_by", Number, nullable=False),
    Column("created", Number, nullable=False),
    Column("modified_by", Number, nullable=False),
    Column("stamp", Number, nullable=False),
    Index(None, "uid", sqlite_where=text("uid IS NOT NULL")),
    Index(None, "master", sqlite_where=text("master IS NOT NULL")),
    Index(None, "photo", sqlite_where=text("photo IS NOT NULL")),
    Index("ix_items_tally", "folder", "private", "created_by", "done", sqlite_where=text("master IS NULL")),
)

# stamp, starts and ends repeat the item's, so that change lists and range queries walk one index.
placements = Table(
    "placements",
    metadata,
    Column("folder", Number, ForeignKey("folders.id"), nullable=False),
    Column("item", Number, ForeignKey("items.id", ondelete="CASCADE"), nullable=False),
    Column("user_id", Number),
    Column("stamp", Number, nullable=False),
    Column("starts", Number),
    Column("ends", Number),
    PrimaryKeyConstraint("folder", "item"),
    UniqueConstraint("folder", "stamp"),
    Index(None, "item"),
    Index(
        "ix_placements_window",
        "folder",
        "ends",
        "starts",
        sqlite_where=text("ends IS NOT NULL"),
    ),
    Index("ix_placements_guests", "folder", "item", sqlite_where=text("user_id IS NOT NULL")),
)

bookings = Table(
    "bookings",
    metadata,
    Column("resource", Number, nullable=False),
    Column("item", Number, ForeignKey("items.id", ondelete="CASCADE"), nullable=False),
    Column("starts", Number, nullable=False),
    Column("ends", Number, nullable=False),
    PrimaryKeyConstraint("resource", "item"),
    Index(None, "item"),
    Index("ix_bookings_window", "resource", "ends", "starts"),
)

# No foreign key on contact: a list keeps its entries when the contact is gone.
list_references = Table(
    "list_references",
    metadata,
    Column("contact", Number, nullable=False),
    Column("item", Number, ForeignKey("items.id", ondelete="CASCADE"), nullable=False),
    PrimaryKeyConstraint("contact", "item"),
    Index(None, "item"),
)

# value: minutes for appointments, microseconds since 1970 for tasks
alarms = Table(
    "alarms",
    metadata,
    Column("item", Number, ForeignKey("items.id", ondelete="CASCADE"), nullable=False),
    Column("user_id", Number, nullable=False),
    Column("value", Number, nullable=False),
    PrimaryKeyConstraint("item", "user_id"),
    Index(None, "user_id"),
)

# upto: reminders of the item that were due by then are done with, but for that of what starts at again_of, which comes
# again; all three in microseconds since 1970 UTC
acknowledgements = Table(
    "acknowledgements",
    metadata,
    Column("item", Number, ForeignKey("items.id", ondelete="CASCADE"), nullable=False),
    Column("user_id", Number, nullable=False),
    Column("upto", Number, nullable=False),
    Column("again", Number),
    Column("again_of", Number),
    PrimaryKeyConstraint("item", "user_id"),
    Index(None, "user_id"),
)

# the next mail that reminds a user of an item for a reason; at: what it reminds of
reminders = Table(
    "reminders",
    metadata,
    Column("item", Number, ForeignKey("items.id", ondelete="CASCADE"), nullable=False),
    Column("user_id", Number, nullable=False),
    Column("reason", String(10), nullable=False),
    Column("due", Number, nullable=False),
    Column("at", Number, nullable=False),
    PrimaryKeyConstraint("item", "user_id", "reason"),
    Index(None, "due"),
)


def _of_a_file() -> tuple[SchemaItem, ...]:
    return (
        Column("name", Text, nullable=False),
        Column("media_type", Text, nullable=False),
        Column("size", Number, nullable=False),
        Column("created", Number, nullable=False),
        Column("digest", String(64), nullable=False),
        Column("rtf", Boolean, nullable=False),
        Index(None, "item"),
        Index(None, "digest"),
    )


attachments = Table(
    "attachments",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=False),
    Column("item", Number, ForeignKey("items.id", ondelete="CASCADE"), nullable=False),
    *_of_a_file(),
)

# what hung on items that are gone, for who takes the deletion back; removed is microseconds since 1970 UTC
former_attachments = Table(
    "former_attachments",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=False),
    Column("item", Number, nullable=False),
    *_of_a_file(),
    Column("created_by", Number, nullable=False),
    Column("removed", Number, nullable=False),
    Index(None, "created_by"),
    Index(None, "removed"),
)

# scope 0 holds folders that are gone; any other the items that left that folder
tombstones = Table(
    "tombstones",
    metadata,
    Column("scope", Number, nullable=False),
    Column("object", Number, nullable=False),
    Column("stamp", Number, nullable=False),
    Column("master", Number),
    Column("created_by", Number),
    PrimaryKeyConstraint("scope", "object"),
    Index(None, "scope", "stamp"),
)

journal = Table(
    "journal",
    metadata,
    Column("scope", Number, nullable=False),
    Column("position", Number, nullable=False),
    Column("kind", String(10), nullable=False),
    Column("object", Number, nullable=False),
    Column("action", String(10), nullable=False),
    Column("actor", Number, nullable=False),
    Column("at", Number, nullable=False),
    Column("origin", Text, nullable=False),
    Column("previous", Bytes),
    Column("photo", String(64)),
    PrimaryKeyConstraint("scope", "position"),
    Index(None, "object", "position"),
    Index(None, "photo", sqlite_where=text("photo IS NOT NULL")),
)

# pool is empty, or the name under which mail that still waits can be joined; sent mail has lost pool and content
outbox = Table(
    "outbox",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=False),
    Column("key", Text, nullable=False),
    Column("pool", Text, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("actor", Number, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("content", Bytes, nullable=False),
    Column("created", Number, nullable=False),
    Column("due", Number, nullable=False),
    Column("state", String(10), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("error", Text, nullable=False),
    UniqueConstraint("key"),
    Index(None, "pool", sqlite_where=text("pool <> ''")),
    Index(None, "state", "due"),
)

# occurrence and recipient have stand-ins for none; stamped is microseconds since 1970 UTC
correspondence = Table(
    "correspondence",
    metadata,
    Column("uid", Text, nullable=False),
    Column("sender", Text, nullable=False),
    Column("occurrence", Number, nullable=False),
    Column("recipient", Number, nullable=False),
    Column("sequence", Number, nullable=False),
    Column("stamped", Number, nullable=False),
    Column("at", Number, nullable=False),
    PrimaryKeyConstraint("uid", "sender", "occurrence", "recipient"),
    Index(None, "at"),
)

# key makes one row of what is alike within an hour; user_id is that of whom it is about, account who gave a command
audit = Table(
    "audit",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=False),
    Column("key", Text, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("at", Number, nullable=False),
    Column("last", Number, nullable=False),
    Column("count", Number, nullable=False),
    Column("user_id", Number),
    Column("account", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("client", Text, nullable=False),
    Column("detail", Text, nullable=False),
    UniqueConstraint("key"),
    Index(None, "last"),
)

# proof is the digest of the key that the browser has
logins = Table(
    "logins",
    metadata,
    Column("proof", String(64), primary_key=True),
    Column("user_id", Number, nullable=False),
    Column("begun", Number, nullable=False),
    Column("seen", Number, nullable=False),
    Column("ends", Number, nullable=False),
    Column("is_short", Boolean, nullable=False),
    Column("client", Text, nullable=False),
    Index(None, "user_id"),
)

# proof is the digest of the token in the link; fetched and client say who last came when, NULL and empty: nobody yet
feeds = Table(
    "feeds",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("proof", String(64), nullable=False),
    Column("user_id", Number, nullable=False),
    Column("folder", Number, ForeignKey("folders.id", ondelete="CASCADE"), nullable=False),
    Column("detail", String(10), nullable=False),
    Column("label", Text, nullable=False),
    Column("created", Number, nullable=False),
    Column("fetched", Number),
    Column("client", Text, nullable=False),
    UniqueConstraint("proof"),
    Index(None, "user_id"),
    Index(None, "folder"),
)

settings = Table(
    "settings",
    metadata,
    Column("name", Text, primary_key=True),
    Column("content", Bytes, nullable=False),
)

folder_links = Table(
    "folder_links",
    metadata,
    Column("peer", String(40), nullable=False),
    Column("local", Number, nullable=False),
    Column("remote", Text, nullable=False),
    Column("anchor", Text),
    Column("sent", Number, nullable=False),
    PrimaryKeyConstraint("peer", "local"),
    UniqueConstraint("peer", "remote"),
)

item_links = Table(
    "item_links",
    metadata,
    Column("peer", String(40), nullable=False),
    Column("folder", Number, nullable=False),
    Column("local", Number, nullable=False),
    Column("remote", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("agreed", Number, nullable=False),
    Column("base", Bytes),
    Column("photo", String(64)),
    PrimaryKeyConstraint("peer", "folder", "local"),
    UniqueConstraint("peer", "folder", "remote"),
    Index(None, "peer", "local"),
    Index(None, "peer", "remote"),
    Index(None, "photo", sqlite_where=text("photo IS NOT NULL")),
)

# a file of an item at a peer. item is ours, holder the peer's; folder is that of a copy, 0 where one item shows in all;
# local is NULL while the file is not here yet
file_links = Table(
    "file_links",
    metadata,
    Column("peer", String(40), nullable=False),
    Column("folder", Number, nullable=False),
    Column("item", Number, nullable=False),
    Column("holder", Text, nullable=False),
    Column("remote", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("rtf", Boolean, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("local", Number),
    PrimaryKeyConstraint("peer", "folder", "item", "holder", "remote"),
    Index(None, "peer", "folder", "holder"),
    Index(None, "peer", sqlite_where=text("local IS NULL")),
)

# items that the peer has and that the user does not want here, for they ended long ago; ends: milliseconds since 1970
left_out = Table(
    "left_out",
    metadata,
    Column("peer", String(40), nullable=False),
    Column("folder", Number, nullable=False),
    Column("remote", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("master", Text),
    Column("ends", Number, nullable=False),
    PrimaryKeyConstraint("peer", "folder", "remote"),
    Index(None, "peer", "remote"),
    Index(None, "peer", "master", sqlite_where=text("master IS NOT NULL")),
)

intents = Table(
    "intents",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=False),
    Column("peer", String(40), nullable=False),
    Column("action", String(40), nullable=False),
    Column("folder", Number),
    Column("local", Number),
    Column("remote", Text),
    Column("fingerprint", Text, nullable=False),
    Column("started", Number, nullable=False),
)

skipped = Table(
    "skipped",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=False),
    Column("peer", String(40), nullable=False),
    Column("folder", Number, nullable=False),
    Column("local", Number),
    Column("remote", Text),
    Column("direction", String(10), nullable=False),
    Column("code", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("since", Number, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Index(None, "peer", "folder"),
)

# what the engine decided by itself; open names the fields of a conflict that waits for the user, split by blanks
decisions = Table(
    "decisions",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=False),
    Column("at", Number, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("folder", Number, nullable=False),
    Column("item", Number, nullable=False),
    Column("title", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("kept", Bytes),
    Column("kept_photo", String(64)),
    Column("lost", Bytes),
    Column("lost_photo", String(64)),
    Column("stamp", Number, nullable=False),
    Column("open", Text, nullable=False),
    Index(None, "item"),
    Index(None, "at"),
    Index(None, "open", sqlite_where=text("open <> ''")),
    Index(None, "kept_photo", sqlite_where=text("kept_photo IS NOT NULL")),
    Index(None, "lost_photo", sqlite_where=text("lost_photo IS NOT NULL")),
)
