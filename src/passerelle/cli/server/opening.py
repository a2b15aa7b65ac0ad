"""Finds the store of a server's directory: SQLite beside its files, or the PostgreSQL database that a file names."""

from __future__ import annotations

from pathlib import Path

from passerelle.cli.options import server_directory
from passerelle.model.errors import Misconfigured
from passerelle.model.text import Text
from passerelle.store import Store
from passerelle.store.archive import Manifest
from passerelle.store.integrity.finding import OnProgress

_DATABASE = "database.url"
"""Holds a ``postgresql://`` URL, which may hold a password: only the owner reads it."""


def create_store(data: Path | None, database: str | None) -> Store:
    """Make an empty store in a directory, with its rows in ``database`` (a ``postgresql://`` URL) or in SQLite.

    Raises:
        Misconfigured: there is one already, or the database does not answer.
    """
    directory, location = _new_place(data, database)
    store = Store.create(location, files=directory)
    _remember(directory, database)
    return store


def restore_store(data: Path | None, database: str | None, source: Path, on_progress: OnProgress) -> Manifest:
    """Make a store from a backup, in the place that :func:`create_store` would take; return what the backup holds.

    Raises:
        Misconfigured: there is a store already, the database does not answer, or the backup cannot be used.
    """
    directory, location = _new_place(data, database)
    manifest = Store.restore(location, source, files=directory, on_progress=on_progress)
    _remember(directory, database)
    return manifest


def _new_place(data: Path | None, database: str | None) -> tuple[Path, str | Path]:
    """The directory and the location of a store that is to be made."""
    directory = server_directory(data)
    if (directory / _DATABASE).exists():
        place = str(directory)
        raise Misconfigured(Text("There is a server in “{place}” already. Choose another directory.", place=place))
    if database is not None and not database.startswith(("postgresql:", "postgresql+")):
        message = Text("--database takes the address of a PostgreSQL database, such as postgresql://user@host/name.")
        raise Misconfigured(message)
    return directory, database or directory


def _remember(directory: Path, database: str | None) -> None:
    if database is not None:
        named = directory / _DATABASE
        named.touch(mode=0o600)
        named.write_text(f"{database}\n")


def open_store(data: Path | None) -> Store:
    """Open the store of a server's directory.

    Raises:
        Misconfigured: there is none, or its database does not answer.
    """
    directory = server_directory(data)
    named = directory / _DATABASE
    if named.is_file():
        return Store.open(named.read_text().strip(), files=directory)
    return Store.open(directory)
