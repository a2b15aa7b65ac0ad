"""The files of a peer's items are found by folder and holder, without a look at all files of that peer."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index(op.f("ix_file_links_peer_holder"), table_name="file_links")
    op.drop_index(op.f("ix_file_links_peer_item"), table_name="file_links")
    op.create_index(op.f("ix_file_links_peer_folder_holder"), "file_links", ["peer", "folder", "holder"], unique=False)
