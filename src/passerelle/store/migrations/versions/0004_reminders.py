"""When users are to be reminded by mail: an index that follows items and alarms."""

import sqlalchemy as sa
from alembic import op

from passerelle.store.schema import Number

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reminders",
        sa.Column("item", Number, nullable=False),
        sa.Column("user_id", Number, nullable=False),
        sa.Column("reason", sa.String(length=10), nullable=False),
        sa.Column("due", Number, nullable=False),
        sa.Column("at", Number, nullable=False),
        sa.ForeignKeyConstraint(["item"], ["items.id"], name=op.f("fk_reminders_item"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("item", "user_id", "reason", name=op.f("pk_reminders")),
    )
    op.create_index(op.f("ix_reminders_due"), "reminders", ["due"], unique=False)
    op.create_index(op.f("ix_alarms_user_id"), "alarms", ["user_id"], unique=False)
