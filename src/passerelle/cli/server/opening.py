"""Finds the store of a server's directory: SQLite beside its files, or the PostgreSQL database that a file names."""

from __future__ import annotations

from pathlib import Path

from passerelle.cli.options import server_directory
from passerelle.model.errors import Misconfigured
from passerelle.model.text import Text
from passerelle.store import Store

_DATABASE = "database.url"
"""Holds a ``postgresql://`` URL, which may hold a password: only the owner reads it."""


def create_store(data: Path | None, database: str | None) -> Store:
    """Make an empty store in a directory, with its rows in ``database`` (a ``postgresql://`` URL) or in SQLite.

    Raises:
        Misconfigured: there is one already, or the database does not answer.
    """
    directory = server_directory(data)
    named = directory / _DATABASE
    if named.exists():
        place = str(directory)
        raise Misconfigured(Text("There is a server in “{place}” already. Choose another directory.", place=place))
    if database is None:
        return Store.create(directory)
    if not database.startswith(("postgresql:", "postgresql+")):
        message = Text("--database takes the address of a PostgreSQL database, such as postgresql://user@host/name.")
        raise Misconfigured(message)
    store = Store.create(database, files=directory)
    named.touch(mode=0o600)
    named.write_text(f"{database}\n")
    return store


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
