"""A PostgreSQL server for tests: Debian's, in a temporary directory, reached over a socket in it only."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

PROGRAMS = Path("/usr/lib/postgresql")
OWNER = "postgres"
"""Who runs the server when the tests are run by root, whom PostgreSQL refuses."""


def programs() -> Path | None:
    """The directory of the newest server that is installed."""
    found = sorted(PROGRAMS.glob("*/bin/initdb"), key=lambda path: int(path.parent.parent.name))
    return found[-1].parent if found else None


class Server:
    """A running server. Databases made in it last as long as it does."""

    def __init__(self, socket: Path) -> None:
        self._socket = socket
        self._count = 0

    def url(self, database: str) -> str:
        return f"postgresql://passerelle@/{database}?host={self._socket}"

    def new_database(self) -> str:
        """Make an empty database; return its name."""
        self._count += 1
        name = f"test_{self._count}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return name


# The shell waits at `read` until the test closes its end of the pipe, or dies: no server outlives its tests.
_SCRIPT = """
set -e
"$0/initdb" -D cluster -U passerelle -A trust -E UTF8 --no-sync --no-locale
"$0/pg_ctl" -D cluster -l log -o "-k $PWD -c listen_addresses= -c fsync=off -c full_page_writes=off" -w start
echo READY
read _ || true
exec >/dev/null 2>&1
"$0/pg_ctl" -D cluster -m immediate -w stop
rm -rf "$PWD"
"""


@contextmanager
def running(binaries: Path) -> Iterator[Server]:
    """Start a server that lives as long as the block. Nothing it writes is synced: it need not survive."""
    home = Path(tempfile.mkdtemp(prefix="passerelle-pg-"))
    owner = OWNER if os.geteuid() == 0 else None
    if owner is not None:
        shutil.chown(home, owner)
    command = ["sh", "-c", _SCRIPT, str(binaries)]
    with subprocess.Popen(
        command,
        cwd=home,
        user=owner,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as shell:
        _await_ready(shell)
        try:
            yield Server(home)
        finally:
            shell.communicate()


def _await_ready(shell: subprocess.Popen[str]) -> None:
    assert shell.stdout is not None
    said = ""
    while not said.endswith("READY\n"):
        line = shell.stdout.readline()
        assert line, f"PostgreSQL did not start: {said}"
        said += line
