"""Which distribution lists refer to which contacts, so that a changed contact finds its lists at once."""

import json

import sqlalchemy as sa
from alembic import op

from passerelle.store.schema import Bytes, Number

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    table = op.create_table(
        "list_references",
        sa.Column("contact", Number, nullable=False),
        sa.Column("item", Number, nullable=False),
        sa.ForeignKeyConstraint(["item"], ["items.id"], name=op.f("fk_list_references_item"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("contact", "item", name=op.f("pk_list_references")),
    )
    op.create_index(op.f("ix_list_references_item"), "list_references", ["item"], unique=False)
    rows = [{"contact": contact, "item": id_} for id_, content in _lists() for contact in _named(content)]
    op.bulk_insert(table, rows)


def _lists() -> list[tuple[int, bytes]]:
    items = sa.table("items", sa.column("id", Number), sa.column("kind"), sa.column("content", Bytes()))
    found = op.get_bind().execute(sa.select(items.c.id, items.c.content).where(items.c.kind == "list"))
    return [(id_, content) for id_, content in found]


def _named(content: bytes) -> set[int]:
    members = json.loads(content).get("members", ())
    return {member["contact"] for member in members if member.get("contact") and member.get("email_field")}
