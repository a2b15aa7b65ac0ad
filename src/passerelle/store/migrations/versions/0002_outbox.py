"""The outbox: mail that waits to be sent, and what was sent."""

import sqlalchemy as sa
from alembic import op

from passerelle.store.schema import Bytes, Number

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", Number, autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("pool", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("actor", Number, nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("content", Bytes(), nullable=False),
        sa.Column("created", Number, nullable=False),
        sa.Column("due", Number, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),
    )
    op.create_index(
        op.f("ix_outbox_pool"),
        "outbox",
        ["pool"],
        unique=False,
        sqlite_where=sa.text("pool <> ''"),
        postgresql_where=sa.text("pool <> ''"),
    )
    op.create_index(op.f("ix_outbox_state_due"), "outbox", ["state", "due"], unique=False)
    sequences = sa.table("sequences", sa.column("name"), sa.column("value"))
    op.bulk_insert(sequences, [{"name": "mail", "value": 0}])
