"""Which files of items here are which at a peer. All folders are read anew: what hung on their items was not told."""

import sqlalchemy as sa
from alembic import op

from passerelle.store.schema import Number

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "file_links",
        sa.Column("peer", sa.String(length=40), nullable=False),
        sa.Column("folder", Number, nullable=False),
        sa.Column("item", Number, nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("remote", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("rtf", sa.Boolean(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("local", Number, nullable=True),
        sa.PrimaryKeyConstraint("peer", "folder", "item", "holder", "remote", name=op.f("pk_file_links")),
    )
    op.create_index(op.f("ix_file_links_peer_holder"), "file_links", ["peer", "holder"], unique=False)
    op.create_index(op.f("ix_file_links_peer_item"), "file_links", ["peer", "item"], unique=False)
    op.create_index(
        op.f("ix_file_links_peer"), "file_links", ["peer"], unique=False, sqlite_where=sa.text("local IS NULL")
    )
    op.execute("UPDATE folder_links SET anchor = NULL")
