"""Where a daemon is found by other processes of the same user, and by nobody else.

A system without Unix sockets gets a module of its own beside :mod:`passerelle.daemon.control.unix_door`.
"""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Protocol

from passerelle.daemon.control import unix_door


class Door(Protocol):
    """Where the daemon of a data directory lets others in."""

    def accept(self) -> socket.socket | None:
        """Wait for somebody of the same user, and let them in; None once it is closed."""

    def close(self) -> None:
        """Let nobody in any more. May be called by any thread."""


def open_door(data: Path) -> Door:
    """Open the door of a data directory; there is one daemon for it at most.

    Raises:
        OSError: the system, or the file system, does not let us.
    """
    return unix_door.UnixDoor(data)


def knock(data: Path) -> socket.socket:
    """A line to the daemon of a data directory.

    Raises:
        OSError: there is none, or it is another user's.
    """
    return unix_door.knock(data)
