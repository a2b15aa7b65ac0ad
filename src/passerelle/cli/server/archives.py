"""``passerelle server backup`` and ``restore``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from passerelle.cli.options import ServerData
from passerelle.cli.output import complain, progress, say
from passerelle.cli.server.opening import open_store, restore_store
from passerelle.groupware.admin.figures import Saved, note_backup
from passerelle.groupware.audit import note_command
from passerelle.groupware.provision import SYSTEM_USER
from passerelle.model.text import Text, plural
from passerelle.store.integrity.finding import OnProgress
from passerelle.translations import said

INCOMPLETE = 14
"""The exit code of a backup from a store that had lost files before."""


def backup(target: Path, /, *, data: ServerData = None) -> int:
    """Save everything as it is at one moment in one new file; the server may run meanwhile.

    The file can be restored into SQLite and into PostgreSQL, wherever the server kept its rows. It holds the hashes
    of passwords and everybody's items: keep it as you keep the server.

    Args:
        target: The new file, such as office.zip.
        data: The server's directory.
    """
    with open_store(data) as store, _bar(Text("Saving")) as on_progress:
        manifest = store.back_up(target, on_progress)
        with store.writing(SYSTEM_USER, "backup") as tx:
            note_backup(tx, Saved(manifest.made, sum(manifest.rows.values()), manifest.files))
        note_command(store, "backup")
    rows = sum(manifest.rows.values())
    say(Text("Saved {rows} rows and {files} files in {path}.", rows=rows, files=manifest.files, path=str(target)))
    if manifest.missing:
        complain(
            plural(
                "{count} file is not in it, because the store had lost it before. See “passerelle server check”.",
                "{count} files are not in it, because the store had lost them before. See “passerelle server check”.",
                count=len(manifest.missing),
            )
        )
    return INCOMPLETE if manifest.missing else 0


def restore(source: Path, /, *, data: ServerData = None, database: str | None = None) -> int:
    """Make a server from a backup, in an empty directory; nothing is there unless all of it is.

    A backup of an older Passerelle is brought up to date. Connectors notice that the server went back, and keep what
    it has lost.

    Args:
        source: The file that “passerelle server backup” made.
        data: Where the server is to be.
        database: A postgresql:// URL of an empty database; default: SQLite in the directory.
    """
    with _bar(Text("Restoring")) as on_progress:
        manifest = restore_store(data, database, source, on_progress)
    with open_store(data) as store:
        note_command(store, f"restore of {manifest.made:%Y-%m-%d %H:%M} UTC")
    say(
        Text(
            "Restored the backup of {made} by Passerelle {program}.",
            made=f"{manifest.made:%Y-%m-%d %H:%M} UTC",
            program=manifest.program,
        )
    )
    return 0


@contextmanager
def _bar(text: Text) -> Iterator[OnProgress]:
    with progress() as bar:
        task = bar.add_task(said(text), total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
