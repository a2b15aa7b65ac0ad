"""The newest scheduling message that was taken from each sender."""

import sqlalchemy as sa
from alembic import op

from passerelle.store.schema import Number

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "correspondence",
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("occurrence", Number, nullable=False),
        sa.Column("recipient", Number, nullable=False),
        sa.Column("sequence", Number, nullable=False),
        sa.Column("stamped", Number, nullable=False),
        sa.Column("at", Number, nullable=False),
        sa.PrimaryKeyConstraint("uid", "sender", "occurrence", "recipient", name=op.f("pk_correspondence")),
    )
    op.create_index(op.f("ix_correspondence_at"), "correspondence", ["at"], unique=False)
