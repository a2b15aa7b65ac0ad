"""Photos and attachments: each file that a row names is there, with the content that its name says, and no other."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from sqlalchemy import Connection, select

from passerelle.model.text import Text
from passerelle.store.blobs import Shelf, digest_of
from passerelle.store.integrity.finding import BACKUP, Finding, OnProgress
from passerelle.store.schema import attachments, decisions, former_attachments, item_links, items, journal

NAMING = (
    items.c.photo,
    journal.c.photo,
    item_links.c.photo,
    attachments.c.digest,
    former_attachments.c.digest,
    decisions.c.kept_photo,
    decisions.c.lost_photo,
)
"""The columns that name files."""


def named_files(connection: Connection) -> set[str]:
    """The digests of all files that rows name."""
    return {
        digest
        for column in NAMING
        for digest in connection.scalars(select(column).where(column.is_not(None)).distinct())
    }


def damaged_files(blobs: Shelf, digests: Collection[str], on_progress: OnProgress) -> Iterator[str]:
    """Those of some files that are not there, or have another content than their name says. Streamed."""
    for number, digest in enumerate(sorted(digests), 1):
        try:
            with blobs.open(digest) as file:
                is_whole = digest_of(file) == digest
        except OSError:
            is_whole = False
        if not is_whole:
            yield digest
        on_progress(number, len(digests))


def file_findings(lost: Iterable[str], leftover: Iterable[str]) -> Iterator[Finding]:
    """What to tell of files that are named and not there as they should, and of those that nothing names."""
    for digest in sorted(lost):
        yield Finding(
            rule="file",
            where=f"files/{digest[:2]}/{digest}",
            what=Text("The file is missing or damaged."),
            remedy=BACKUP,
        )
    for digest in sorted(leftover):
        yield Finding(
            rule="leftover",
            where=f"files/{digest[:2]}/{digest}",
            what=Text("Nothing refers to the file."),
            remedy=Text("Remove the file."),
            cure=lambda _tx: None,  # Store.sweep removes all of them at once
        )
