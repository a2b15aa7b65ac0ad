"""Items that stay on the server only, for they ended before the time that the user keeps here."""

import sqlalchemy as sa
from alembic import op

from passerelle.store.schema import Number

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "left_out",
        sa.Column("peer", sa.String(length=40), nullable=False),
        sa.Column("folder", Number, nullable=False),
        sa.Column("remote", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("master", sa.Text(), nullable=True),
        sa.Column("ends", Number, nullable=False),
        sa.PrimaryKeyConstraint("peer", "folder", "remote", name=op.f("pk_left_out")),
    )
    op.create_index(op.f("ix_left_out_peer_remote"), "left_out", ["peer", "remote"], unique=False)
    op.create_index(
        op.f("ix_left_out_peer_master"),
        "left_out",
        ["peer", "master"],
        unique=False,
        sqlite_where=sa.text("master IS NOT NULL"),
    )
