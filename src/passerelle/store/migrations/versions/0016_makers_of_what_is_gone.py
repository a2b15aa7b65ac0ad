"""A tombstone says who had made what is gone, so that what was somebody else's is not made anew in another's name."""

import sqlalchemy as sa
from alembic import op

from passerelle.store.schema import Number

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tombstones", sa.Column("created_by", Number))
