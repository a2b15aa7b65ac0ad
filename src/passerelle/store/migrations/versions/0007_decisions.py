"""What the engine decides by itself, kept with both versions; and the conflicts that wait for the user."""

import sqlalchemy as sa
from alembic import op

from passerelle.store.schema import Bytes, Number

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "decisions",
        sa.Column("id", Number, autoincrement=False, nullable=False),
        sa.Column("at", Number, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("folder", Number, nullable=False),
        sa.Column("item", Number, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("kept", Bytes(), nullable=True),
        sa.Column("kept_photo", sa.String(length=64), nullable=True),
        sa.Column("lost", Bytes(), nullable=True),
        sa.Column("lost_photo", sa.String(length=64), nullable=True),
        sa.Column("stamp", Number, nullable=False),
        sa.Column("open", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
    )
    op.create_index(op.f("ix_decisions_item"), "decisions", ["item"], unique=False)
    op.create_index(op.f("ix_decisions_at"), "decisions", ["at"], unique=False)
    for name, where in _PARTIAL:
        op.create_index(op.f(f"ix_decisions_{name}"), "decisions", [name], unique=False, sqlite_where=sa.text(where))
    sequences = sa.table("sequences", sa.column("name"), sa.column("value"))
    op.bulk_insert(sequences, [{"name": "decision", "value": 0}])


_PARTIAL = (
    ("open", "open <> ''"),
    ("kept_photo", "kept_photo IS NOT NULL"),
    ("lost_photo", "lost_photo IS NOT NULL"),
)
