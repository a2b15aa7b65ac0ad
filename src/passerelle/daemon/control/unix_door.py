"""A Unix socket in the data directory. Its mode, and the system's word on who is at the other end, keep others out."""

from __future__ import annotations

import os
import socket
import struct
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, final

from passerelle.daemon.control.listening import accepted, close

NAME: Final = "control"
_LONGEST: Final = 100
"""How long a socket's path may be, in bytes: sun_path has 104 on some systems."""
_WAITING: Final = 16


@final
class UnixDoor:
    """Implements :class:`passerelle.daemon.control.doors.Door`."""

    def __init__(self, data: Path) -> None:
        self._path = data / NAME
        self._socket = socket.socket(socket.AF_UNIX)
        try:
            _bind_privately(self._socket, self._path)
            self._socket.listen(_WAITING)
        except OSError:
            self._socket.close()
            raise

    def accept(self) -> socket.socket | None:
        """See :meth:`passerelle.daemon.control.doors.Door.accept`."""
        return accepted(self._socket)

    def admits(self, line: socket.socket) -> bool:
        """See :meth:`passerelle.daemon.control.doors.Door.admits`."""
        return is_ours(line)

    def close(self) -> None:
        """See :meth:`passerelle.daemon.control.doors.Door.close`."""
        close(self._socket, self._path)


def knock(data: Path) -> socket.socket:
    """See :func:`passerelle.daemon.control.doors.knock`."""
    line = socket.socket(socket.AF_UNIX)
    try:
        with _short(data / NAME) as address:
            line.connect(address)
        if not is_ours(line):
            raise PermissionError("The socket in the data directory is another user's.")
    except OSError:
        line.close()
        raise
    return line


def is_ours(line: socket.socket) -> bool:
    """Whether the process at the other end is of the same user. Where the system does not say, the mode has to do."""
    if not hasattr(socket, "SO_PEERCRED"):
        return True
    _process, user, _group = struct.unpack("3i", line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    return bool(user == os.geteuid())


def _bind_privately(unbound: socket.socket, path: Path) -> None:
    """Bind in a directory that nobody else may enter, and move the socket to its place once its mode is right.

    The socket of a daemon that was killed is replaced.
    """
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}-") as private:
        fresh = Path(private) / path.name
        with _short(fresh) as address:
            unbound.bind(address)
        fresh.chmod(0o600)
        fresh.replace(path)


@contextmanager
def _short(path: Path) -> Iterator[str]:
    """The path of a socket; where it is too long, a shorter one that the system has (Linux) for the same."""
    if len(os.fsencode(path)) <= _LONGEST:
        yield str(path)
        return
    directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{directory}/{path.name}"
    finally:
        os.close(directory)
