"""A whole store in one file, taken while others write, and put back into either database.

The file is a ZIP archive: ``manifest.json``, a ``tables/NAME.jsonl`` for each table (a row a line, a JSON array in the
order of ``columns`` in the manifest, bytes in Base64), and ``files/DIGEST`` for photos and attachments.
"""

from __future__ import annotations

import os
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from types import UnionType
from typing import Any, BinaryIO, Final

import msgspec
from msgspec import Struct
from sqlalchemy import Column, Connection, LargeBinary, MetaData, Table, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from passerelle import __version__
from passerelle.model.errors import Misconfigured
from passerelle.model.text import Text, to_stored
from passerelle.store.blobs import Blobs
from passerelle.store.integrity.files import named_files
from passerelle.store.integrity.finding import OnProgress
from passerelle.store.outbox import MailState
from passerelle.store.schema import feeds, items, logins, metadata, outbox, settings
from passerelle.store.upgrade import OURS, VERSION_TABLE, known_revisions

FORMAT: Final = 1
_MANIFEST: Final = "manifest.json"
_ROWS: Final = 2000
_PIECE: Final = 1 << 20

_DAMAGES = (zipfile.BadZipFile, zlib.error, KeyError, EOFError, ValueError, msgspec.MsgspecError, IntegrityError)

LINEAGE: Final = "lineage"
"""The setting that names the history of a store's data (:mod:`passerelle.groupware.lineage`)."""

RESTORED: Final = Text("It waited when the backup was made, and may have been sent since then.")


class Manifest(Struct, frozen=True, kw_only=True):
    """What an archive holds. ``missing`` lists files that rows name and that the store had lost before."""

    format: int
    program: str
    revision: str
    made: datetime
    columns: dict[str, list[str]]
    rows: dict[str, int]
    files: int
    missing: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """Rows and files together."""
        return sum(self.rows.values()) + self.files


class Vanished(Exception):
    """A file went while the archive was written, with the last row that named it."""


def write(connection: Connection, blobs: Blobs, target: Path, on_progress: OnProgress, *, alone: bool) -> Manifest:
    """Write one snapshot of a store into a new file; it is there whole or not at all.

    Raises:
        Misconfigured: the file exists, or cannot be written.
        Vanished: somebody removed a file meanwhile; never if the caller is ``alone``.
    """
    with _new_file(target) as part, zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        tables = metadata.sorted_tables
        counts = {str(table.name): connection.scalar(select(func.count()).select_from(table)) or 0 for table in tables}
        digests = sorted(named_files(connection))
        steps = _Steps(sum(counts.values()) + len(digests), on_progress)
        for table in tables:
            _write_table(archive, connection, table, steps)
        lost = [digest for digest in digests if not _write_file(archive, blobs, digest, steps)]
        if lost and not alone:
            raise Vanished
        manifest = Manifest(
            format=FORMAT,
            program=__version__,
            revision=OURS.head,
            made=datetime.now(UTC),
            columns={str(table.name): [str(column.name) for column in table.columns] for table in tables},
            rows=counts,
            files=len(digests) - len(lost),
            missing=tuple(lost),
        )
        archive.writestr(_MANIFEST, msgspec.json.format(msgspec.json.encode(manifest)))
    return manifest


def read_manifest(source: Path) -> Manifest:
    """What an archive says of itself.

    Raises:
        Misconfigured: it is none, is damaged, or was made by a newer version.
    """
    with _opened(source) as archive:
        return _manifest(archive)


def restore(connection: Connection, blobs: Blobs, source: Path, on_progress: OnProgress) -> Manifest:
    """Fill the empty tables of a new store at the archive's revision, and its files. The caller commits.

    Then the caller migrates, and calls :func:`begin_lineage`, :func:`end_logins`, :func:`end_feeds` and
    :func:`hold_mail`. The tables are those that the database has, for an older revision's differ from
    :mod:`passerelle.store.schema`.

    Raises:
        Misconfigured: the archive is damaged, or was made by a newer version.
    """
    with _opened(source) as archive:
        manifest = _manifest(archive)
        steps = _Steps(manifest.size, on_progress)
        digests = [name.removeprefix("files/") for name in archive.namelist() if name.startswith("files/")]
        for digest in digests:
            _restore_file(archive, blobs, digest)
            steps.take(1)
        blobs.settle(digests)
        tables = _tables_of(connection)
        for table in reversed(tables):
            connection.execute(delete(table))
        for table in tables:
            _restore_table(archive, connection, table, manifest, steps)
    return manifest


def begin_lineage(connection: Connection) -> None:
    """Let the history be another one from here: what came after the backup is lost, and clients are to notice."""
    connection.execute(delete(settings).where(settings.c.name == LINEAGE))


def end_logins(connection: Connection) -> None:
    """Let nobody in with what a browser kept: who logged out since the backup, or got another password, stays out."""
    connection.execute(delete(logins))


def end_feeds(connection: Connection) -> None:
    """Let no link open a calendar: one that was taken back since the backup would open it again."""
    connection.execute(delete(feeds))


def hold_mail(connection: Connection) -> None:
    """Let mail that waited when the backup was made wait for a decision: most of it was sent since then."""
    held = {"state": MailState.FAILED, "error": to_stored(RESTORED)}
    connection.execute(update(outbox).where(outbox.c.state.in_([MailState.WAITING, MailState.SENDING])), held)


def _tables_of(connection: Connection) -> list[Table]:
    """The tables of a database, those first that others refer to."""
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != VERSION_TABLE]


class _Steps:
    """Counts what is done."""

    def __init__(self, total: int, on_progress: OnProgress) -> None:
        self._done, self._total, self._on_progress = 0, total, on_progress

    def take(self, steps: int) -> None:
        self._done += steps
        self._on_progress(self._done, self._total)


@contextmanager
def _new_file(target: Path) -> Iterator[BinaryIO]:
    """A file that gets its name when it is whole and on the disk."""
    if target.exists():
        raise Misconfigured(Text("“{path}” exists already. Choose another name.", path=str(target)))
    part = target.with_name(f"{target.name}.part")
    try:
        with part.open("xb") as file:
            part.chmod(0o600)
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.rename(target)
    except OSError as error:
        raise Misconfigured(
            Text("“{path}” cannot be written: {reason}.", path=str(target), reason=error.strerror or str(error))
        ) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


@contextmanager
def _opened(source: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(source) as archive:
            yield archive
    except OSError as error:
        reason = error.strerror or str(error)
        raise Misconfigured(Text("“{path}” cannot be read: {reason}.", path=str(source), reason=reason)) from error
    except _DAMAGES as error:
        raise Misconfigured(
            Text("“{path}” is no backup of Passerelle, or it is damaged. Nothing was restored.", path=str(source))
        ) from error


def _manifest(archive: zipfile.ZipFile) -> Manifest:
    manifest = msgspec.json.decode(archive.read(_MANIFEST), type=Manifest)
    if manifest.format > FORMAT or manifest.revision not in known_revisions(OURS):
        raise Misconfigured(
            Text(
                "The backup was made by a newer version of Passerelle ({program}). Restore it with that version, or "
                "update this one.",
                program=manifest.program,
            )
        )
    return manifest


def _write_table(archive: zipfile.ZipFile, connection: Connection, table: Table, steps: _Steps) -> None:
    query = select(table)
    if table is items:  # a change exception refers to its series, which must be there when it is put back
        query = query.order_by(items.c.master.is_not(None), items.c.id)
    encoder = msgspec.json.Encoder()
    with (
        archive.open(f"tables/{table.name}.jsonl", "w", force_zip64=True) as file,
        connection.execution_options(yield_per=_ROWS).execute(query) as rows,
    ):
        for page in rows.partitions():
            file.write(encoder.encode_lines([tuple(row) for row in page]))
            steps.take(len(page))


def _write_file(archive: zipfile.ZipFile, blobs: Blobs, digest: str, steps: _Steps) -> bool:
    try:
        source = blobs.open(digest)
    except FileNotFoundError:
        return False
    member = zipfile.ZipInfo(f"files/{digest}")
    member.compress_type = zipfile.ZIP_STORED  # pictures and documents are compressed already
    with source, archive.open(member, "w", force_zip64=True) as file:
        shutil.copyfileobj(source, file, _PIECE)
    steps.take(1)
    return True


def _restore_file(archive: zipfile.ZipFile, blobs: Blobs, digest: str) -> None:
    with archive.open(f"files/{digest}") as file:
        found, _size = blobs.put(file)  # type: ignore[arg-type]  # reading is all that is asked of it
    if found != digest:
        blobs.discard(found)
        raise zipfile.BadZipFile(f"The file {digest} has another content.")


def _restore_table(
    archive: zipfile.ZipFile, connection: Connection, table: Table, manifest: Manifest, steps: _Steps
) -> None:
    columns = [table.columns[name] for name in manifest.columns[table.name]]
    decoder = msgspec.json.Decoder(tuple[tuple(map(_type, columns))])  # type: ignore[misc]  # built here
    found = 0
    with archive.open(f"tables/{table.name}.jsonl") as file:
        lines = iter(file)
        while page := list(islice(lines, _ROWS)):
            names = [column.name for column in columns]
            rows = [dict(zip(names, decoder.decode(line), strict=True)) for line in page]
            connection.execute(insert(table), rows)
            found += len(page)
            steps.take(len(page))
    if found != manifest.rows[table.name]:
        raise zipfile.BadZipFile(f"The table {table.name} is not whole.")


def _type(column: Column[Any]) -> type | UnionType:
    kind: type = bytes if isinstance(column.type, LargeBinary) else column.type.python_type
    return kind | None if column.nullable else kind
