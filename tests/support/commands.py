"""The product as its users run it: the command line, and what runs on and on in processes of its own."""

from __future__ import annotations

import io
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from copy import copy
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import msgspec

from passerelle.cli.program import run
from tests.support.announcing import address_of, announced

PROGRAM: Final = Path(sys.executable).with_name("passerelle")
PUSHING: Final = "pushing from UDP port "


class CommandFailed(AssertionError):
    """A command ended with another exit code than 0; the message shows what it wrote."""


def passerelle(*words: str | Path, data: Path, stdin: str = "") -> str:
    """Runs one command on a data directory, within this process, and returns its standard output.

    A process of its own would take ten times as long to start as most commands to run; see :func:`in_a_process`.

    Raises:
        CommandFailed: it did not succeed.
    """
    out, complaints = (io.TextIOWrapper(io.BytesIO(), "utf-8") for _ in range(2))
    line = [*map(str, words), "--data", str(data)]
    with redirect_stdout(out), redirect_stderr(complaints), _typed(stdin):
        code = run(line)
    for stream in (out, complaints):
        stream.seek(0)
    return _succeeded(line, code, out.read(), complaints.read())


def in_a_process(*words: str | Path, data: Path, stdin: str = "") -> str:
    """The same by the installed program.

    Raises:
        CommandFailed: it did not succeed.
    """
    line = [str(PROGRAM), *map(str, words), "--data", str(data)]
    answer = subprocess.run(line, input=stdin, capture_output=True, text=True, timeout=100, check=False)
    return _succeeded(line, answer.returncode, answer.stdout, answer.stderr)


def _succeeded(line: Sequence[str], code: int, out: str, complaints: str) -> str:
    if code:
        raise CommandFailed(f"{line} gave {code}:\n{out}\n{complaints}")
    return out


@contextmanager
def _typed(text: str) -> Iterator[None]:
    before, sys.stdin = sys.stdin, io.StringIO(text)
    try:
        yield
    finally:
        sys.stdin = before


class User(msgspec.Struct, frozen=True):
    """Somebody with an account on the server."""

    login: str
    name: str
    email: str
    password: str


class Server:
    """A server of ours, made and filled through the command line and run as a process; a context manager."""

    def __init__(self, directory: Path, *, zone: str, database: str | None = None, options: Sequence[str] = ()) -> None:
        """Makes an empty server, perhaps in a PostgreSQL database; its users follow the wall clock of the zone.

        `options` are those of `server run`.
        """
        self._data = directory / "server"
        self._log = directory / "server.log"
        self._zone = zone
        self._directory = directory
        self._options = options
        self._port = "0"
        self._words: tuple[str, ...] = ()
        self._environment: dict[str, str] = {}
        directory.mkdir(exist_ok=True)
        words = () if database is None else ("--database", database)
        passerelle("server", "init", *words, data=self._data)

    def beside(self) -> Self:
        """Another process on the same data."""
        other = copy(self)
        other._log = self._directory / "beside.log"
        other._port = "0"
        return other

    @property
    def data(self) -> Path:
        """The directory of its data."""
        return self._data

    def add_user(self, user: User) -> None:
        """Adds a user."""
        words = ("--name", user.name, "--email", user.email, "--password-stdin", "--zone", self._zone)
        passerelle("server", "user", "add", user.login, *words, data=self._data, stdin=user.password + "\n")

    def add_group(self, name: str, *members: User) -> None:
        """Adds a group of users."""
        words = [word for member in members for word in ("--member", member.login)]
        passerelle("server", "group", "add", name, *words, data=self._data)

    def add_resource(self, name: str, email: str) -> None:
        """Adds a room or a thing to book."""
        passerelle("server", "resource", "add", name, "--email", email, data=self._data)

    def import_text(self, user: User, name: str, text: str) -> None:
        """Imports a file of that name and content into the user's default folders."""
        path = self._directory / name
        path.write_text(text, encoding="utf-8", newline="")
        passerelle("server", "import", "--user", user.login, path, data=self._data)

    def run_with(self, *words: str, **environment: str) -> Self:
        """Starts with more words on its command line, and more in its environment, from now on."""
        self._words, self._environment = words, environment
        return self

    def exported(self, user: User, folder: str) -> str:
        """What the export of a folder says."""
        return passerelle("server", "export", folder, "--user", user.login, data=self._data)

    def __enter__(self) -> Self:
        """Starts the server; returns when it says that it is ready. It takes a free port, and later the same again."""
        words = ("server", "run", "--data", str(self._data), "--host", "127.0.0.1", "--port", self._port)
        environment = {**os.environ, **self._environment}
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [str(PROGRAM), *words, *self._options, *self._words], stdout=log, stderr=log, env=environment
            )
        self.url = address_of(self._process, self._log)
        self._port = self.url.rpartition(":")[2]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Asks the server to stop and sees to it that it does so properly."""
        self._process.send_signal(signal.SIGTERM)
        try:
            code = self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise
        assert code == 0, f"the server ended with {code}:\n{self.log()}"

    def kill(self) -> None:
        """Ends the server in the middle of whatever it does; it can be entered again."""
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """Asks the server to stop, without waiting for it."""
        self._process.send_signal(signal.SIGTERM)

    @property
    def push_port(self) -> int:
        """The UDP port that it pushes from."""
        found = re.search(rf"{PUSHING}(\d+)", self.log())
        assert found is not None, self.log()
        return int(found[1])

    def log(self) -> str:
        """What the server wrote so far."""
        return self._log.read_text(errors="replace")

    def announced(self, said: str) -> str:
        """The URL that the server names on a line that begins so; empty before it does."""
        return announced(self._process, self._log, said)


@contextmanager
def watching(data: Path, log: Path, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """``passerelle sync --watch`` in a process of its own, which no test leaves behind."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            [str(PROGRAM), "sync", "--watch", *words, "--data", str(data)], stdout=out, stderr=out
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
