"""Reminders in clients that their users have dismissed or put off."""

import sqlalchemy as sa
from alembic import op

from passerelle.store.schema import Number

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "acknowledgements",
        sa.Column("item", Number, nullable=False),
        sa.Column("user_id", Number, nullable=False),
        sa.Column("upto", Number, nullable=False),
        sa.Column("again", Number, nullable=True),
        sa.Column("again_of", Number, nullable=True),
        sa.ForeignKeyConstraint(["item"], ["items.id"], name=op.f("fk_acknowledgements_item"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("item", "user_id", name=op.f("pk_acknowledgements")),
    )
    op.create_index(op.f("ix_acknowledgements_user_id"), "acknowledgements", ["user_id"], unique=False)
