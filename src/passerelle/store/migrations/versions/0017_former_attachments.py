"""Files of items that are gone are kept for a while: they come back with what is taken back."""

import sqlalchemy as sa
from alembic import op

from passerelle.store.schema import Number

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "former_attachments",
        sa.Column("id", Number, autoincrement=False, nullable=False),
        sa.Column("item", Number, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", Number, nullable=False),
        sa.Column("created", Number, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("rtf", sa.Boolean(), nullable=False),
        sa.Column("created_by", Number, nullable=False),
        sa.Column("removed", Number, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_attachments")),
    )
    for column in ("item", "digest", "created_by", "removed"):
        op.create_index(op.f(f"ix_former_attachments_{column}"), "former_attachments", [column], unique=False)
