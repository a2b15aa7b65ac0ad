"""The first schema: principals, folders, items, journal, attachments, and a replica's memory of its peers.

Frozen: what changes later changes in a migration of its own. :mod:`passerelle.store.schema` is how it is
today.
"""

import sqlalchemy as sa
from alembic import op

from passerelle.store.schema import Bytes, Number

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

FIRST_IDS = {
    "writer": 0,  # no sequence: the row that writers lock on PostgreSQL
    "principal": 1,
    "folder": 19,  # lower ids are the system's
    "item": 0,
    "attachment": 0,
    "intent": 0,
    "skipped": 0,
}


def upgrade() -> None:
    op.create_table(
        "folder_links",
        sa.Column("peer", sa.String(length=40), nullable=False),
        sa.Column("local", Number, nullable=False),
        sa.Column("remote", sa.Text(), nullable=False),
        sa.Column("anchor", sa.Text(), nullable=True),
        sa.Column("sent", Number, nullable=False),
        sa.PrimaryKeyConstraint("peer", "local", name=op.f("pk_folder_links")),
        sa.UniqueConstraint("peer", "remote", name=op.f("uq_folder_links_peer")),
    )
    op.create_table(
        "folders",
        sa.Column("id", Number, autoincrement=False, nullable=False),
        sa.Column("parent", Number, nullable=False),
        sa.Column("content", Bytes(), nullable=False),
        sa.Column("stamp", Number, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_folders")),
    )
    op.create_index(op.f("ix_folders_parent"), "folders", ["parent"], unique=False)
    op.create_index(op.f("ix_folders_stamp"), "folders", ["stamp"], unique=False)
    op.create_table(
        "intents",
        sa.Column("id", Number, autoincrement=False, nullable=False),
        sa.Column("peer", sa.String(length=40), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("folder", Number, nullable=True),
        sa.Column("local", Number, nullable=True),
        sa.Column("remote", sa.Text(), nullable=True),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("started", Number, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intents")),
    )
    op.create_table(
        "item_links",
        sa.Column("peer", sa.String(length=40), nullable=False),
        sa.Column("folder", Number, nullable=False),
        sa.Column("local", Number, nullable=False),
        sa.Column("remote", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("agreed", Number, nullable=False),
        sa.Column("base", Bytes(), nullable=True),
        sa.Column("photo", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("peer", "folder", "local", name=op.f("pk_item_links")),
        sa.UniqueConstraint("peer", "folder", "remote", name=op.f("uq_item_links_peer")),
    )
    op.create_index(op.f("ix_item_links_peer_local"), "item_links", ["peer", "local"], unique=False)
    op.create_index(op.f("ix_item_links_peer_remote"), "item_links", ["peer", "remote"], unique=False)
    op.create_index(
        op.f("ix_item_links_photo"),
        "item_links",
        ["photo"],
        unique=False,
        sqlite_where=sa.text("photo IS NOT NULL"),
        postgresql_where=sa.text("photo IS NOT NULL"),
    )
    op.create_table(
        "items",
        sa.Column("id", Number, autoincrement=False, nullable=False),
        sa.Column("folder", Number, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("uid", sa.Text(), nullable=True),
        sa.Column("master", Number, nullable=True),
        sa.Column("recurrence_key", Number, nullable=True),
        sa.Column("content", Bytes(), nullable=False),
        sa.Column("photo", sa.String(length=64), nullable=True),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("changed", Bytes(), nullable=True),
        sa.Column("attachments", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_by", Number, nullable=False),
        sa.Column("created", Number, nullable=False),
        sa.Column("modified_by", Number, nullable=False),
        sa.Column("stamp", Number, nullable=False),
        sa.ForeignKeyConstraint(["master"], ["items.id"], name=op.f("fk_items_master"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_items")),
    )
    op.create_index(
        op.f("ix_items_master"),
        "items",
        ["master"],
        unique=False,
        sqlite_where=sa.text("master IS NOT NULL"),
        postgresql_where=sa.text("master IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_items_photo"),
        "items",
        ["photo"],
        unique=False,
        sqlite_where=sa.text("photo IS NOT NULL"),
        postgresql_where=sa.text("photo IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_items_uid"),
        "items",
        ["uid"],
        unique=False,
        sqlite_where=sa.text("uid IS NOT NULL"),
        postgresql_where=sa.text("uid IS NOT NULL"),
    )
    op.create_table(
        "journal",
        sa.Column("scope", Number, nullable=False),
        sa.Column("position", Number, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("object", Number, nullable=False),
        sa.Column("action", sa.String(length=10), nullable=False),
        sa.Column("actor", Number, nullable=False),
        sa.Column("at", Number, nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("previous", Bytes(), nullable=True),
        sa.Column("photo", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("scope", "position", name=op.f("pk_journal")),
    )
    op.create_index(op.f("ix_journal_object_position"), "journal", ["object", "position"], unique=False)
    op.create_index(
        op.f("ix_journal_photo"),
        "journal",
        ["photo"],
        unique=False,
        sqlite_where=sa.text("photo IS NOT NULL"),
        postgresql_where=sa.text("photo IS NOT NULL"),
    )
    op.create_table(
        "resources",
        sa.Column("id", Number, autoincrement=False, nullable=False),
        sa.Column("mail_key", sa.Text(), nullable=False),
        sa.Column("content", Bytes(), nullable=False),
        sa.Column("stamp", Number, nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resources")),
    )
    op.create_index(op.f("ix_resources_mail_key"), "resources", ["mail_key"], unique=False)
    op.create_index(op.f("ix_resources_stamp"), "resources", ["stamp"], unique=False)
    op.create_table(
        "scopes",
        sa.Column("scope", Number, autoincrement=False, nullable=False),
        sa.Column("counter", Number, nullable=False),
        sa.Column("pruned", Number, server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("scope", name=op.f("pk_scopes")),
    )
    op.create_table(
        "sequences",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("value", Number, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_sequences")),
    )
    op.create_table(
        "settings",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content", Bytes(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_settings")),
    )
    op.create_table(
        "skipped",
        sa.Column("id", Number, autoincrement=False, nullable=False),
        sa.Column("peer", sa.String(length=40), nullable=False),
        sa.Column("folder", Number, nullable=False),
        sa.Column("local", Number, nullable=True),
        sa.Column("remote", sa.Text(), nullable=True),
        sa.Column("direction", sa.String(length=10), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("since", Number, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_skipped")),
    )
    op.create_index(op.f("ix_skipped_peer_folder"), "skipped", ["peer", "folder"], unique=False)
    op.create_table(
        "tombstones",
        sa.Column("scope", Number, nullable=False),
        sa.Column("object", Number, nullable=False),
        sa.Column("stamp", Number, nullable=False),
        sa.Column("master", Number, nullable=True),
        sa.PrimaryKeyConstraint("scope", "object", name=op.f("pk_tombstones")),
    )
    op.create_index(op.f("ix_tombstones_scope_stamp"), "tombstones", ["scope", "stamp"], unique=False)
    op.create_table(
        "user_groups",
        sa.Column("id", Number, autoincrement=False, nullable=False),
        sa.Column("content", Bytes(), nullable=False),
        sa.Column("stamp", Number, nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_groups")),
    )
    op.create_index(op.f("ix_user_groups_stamp"), "user_groups", ["stamp"], unique=False)
    op.create_table(
        "users",
        sa.Column("id", Number, autoincrement=False, nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("login_key", sa.Text(), nullable=False),
        sa.Column("mail_key", sa.Text(), nullable=False),
        sa.Column("content", Bytes(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("stamp", Number, nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
    )
    op.create_index(op.f("ix_users_mail_key"), "users", ["mail_key"], unique=False)
    op.create_index(op.f("ix_users_stamp"), "users", ["stamp"], unique=False)
    op.create_index(
        "uq_users_login_key",
        "users",
        ["login_key"],
        unique=True,
        sqlite_where=sa.text("NOT deleted"),
        postgresql_where=sa.text("NOT deleted"),
    )
    op.create_table(
        "alarms",
        sa.Column("item", Number, nullable=False),
        sa.Column("user_id", Number, nullable=False),
        sa.Column("value", Number, nullable=False),
        sa.ForeignKeyConstraint(["item"], ["items.id"], name=op.f("fk_alarms_item"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("item", "user_id", name=op.f("pk_alarms")),
    )
    op.create_table(
        "attachments",
        sa.Column("id", Number, autoincrement=False, nullable=False),
        sa.Column("item", Number, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", Number, nullable=False),
        sa.Column("created", Number, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("rtf", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["item"], ["items.id"], name=op.f("fk_attachments_item"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
    )
    op.create_index(op.f("ix_attachments_digest"), "attachments", ["digest"], unique=False)
    op.create_index(op.f("ix_attachments_item"), "attachments", ["item"], unique=False)
    op.create_table(
        "bookings",
        sa.Column("resource", Number, nullable=False),
        sa.Column("item", Number, nullable=False),
        sa.Column("starts", Number, nullable=False),
        sa.Column("ends", Number, nullable=False),
        sa.ForeignKeyConstraint(["item"], ["items.id"], name=op.f("fk_bookings_item"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("resource", "item", name=op.f("pk_bookings")),
    )
    op.create_index(op.f("ix_bookings_item"), "bookings", ["item"], unique=False)
    op.create_index("ix_bookings_window", "bookings", ["resource", "ends", "starts"], unique=False)
    op.create_table(
        "members",
        sa.Column("group_id", Number, nullable=False),
        sa.Column("user_id", Number, nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["user_groups.id"], name=op.f("fk_members_group_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("group_id", "user_id", name=op.f("pk_members")),
    )
    op.create_index(op.f("ix_members_user_id"), "members", ["user_id"], unique=False)
    op.create_table(
        "placements",
        sa.Column("folder", Number, nullable=False),
        sa.Column("item", Number, nullable=False),
        sa.Column("user_id", Number, nullable=True),
        sa.Column("stamp", Number, nullable=False),
        sa.Column("starts", Number, nullable=True),
        sa.Column("ends", Number, nullable=True),
        sa.ForeignKeyConstraint(["folder"], ["folders.id"], name=op.f("fk_placements_folder")),
        sa.ForeignKeyConstraint(["item"], ["items.id"], name=op.f("fk_placements_item"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("folder", "item", name=op.f("pk_placements")),
        sa.UniqueConstraint("folder", "stamp", name=op.f("uq_placements_folder")),
    )
    op.create_index(op.f("ix_placements_item"), "placements", ["item"], unique=False)
    op.create_index(
        "ix_placements_window",
        "placements",
        ["folder", "ends", "starts"],
        unique=False,
        sqlite_where=sa.text("ends IS NOT NULL"),
        postgresql_where=sa.text("ends IS NOT NULL"),
    )

    sequences = sa.table("sequences", sa.column("name"), sa.column("value"))
    op.bulk_insert(sequences, [{"name": name, "value": value} for name, value in FIRST_IDS.items()])
