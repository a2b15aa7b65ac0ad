"""Logins of browsers."""

import sqlalchemy as sa
from alembic import op

from passerelle.store.schema import Number

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "logins",
        sa.Column("proof", sa.String(length=64), nullable=False),
        sa.Column("user_id", Number, nullable=False),
        sa.Column("begun", Number, nullable=False),
        sa.Column("seen", Number, nullable=False),
        sa.Column("ends", Number, nullable=False),
        sa.Column("is_short", sa.Boolean(), nullable=False),
        sa.Column("client", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("proof", name=op.f("pk_logins")),
    )
    op.create_index(op.f("ix_logins_user_id"), "logins", ["user_id"], unique=False)
