"""Counting items without reading them: whether a task is done, and indices that hold all that counts need."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_DONE = {
    "sqlite": "json_extract(CAST(content AS TEXT), '$.status') = 3",
    "postgresql": "(convert_from(content, 'UTF8')::json ->> 'status') = '3'",
}


def upgrade() -> None:
    op.add_column("items", sa.Column("done", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    items = sa.table("items", sa.column("kind"), sa.column("done"))
    is_done = sa.text(_DONE[op.get_context().dialect.name])
    op.execute(sa.update(items).where(items.c.kind == "task", is_done).values(done=True))
    op.create_index(
        "ix_items_tally",
        "items",
        ["folder", "private", "created_by", "done"],
        unique=False,
        sqlite_where=sa.text("master IS NULL"),
    )
    op.create_index(
        "ix_placements_guests",
        "placements",
        ["folder", "item"],
        unique=False,
        sqlite_where=sa.text("user_id IS NOT NULL"),
    )
