"""Where a daemon is found by other processes of the same user, and by nobody else."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Protocol

from passerelle.daemon.control import loopback_door, unix_door


class Door(Protocol):
    """Where the daemon of a data directory lets others in."""

    def accept(self) -> socket.socket | None:
        """Wait for somebody who knocks; None once it is closed."""

    def admits(self, line: socket.socket) -> bool:
        """Whether somebody who knocked is the same user. May wait for a proof, and raises OSError if none comes."""

    def close(self) -> None:
        """Let nobody in any more. May be called by any thread."""


def open_door(data: Path) -> Door:
    """Open the door of a data directory; there is one daemon for it at most.

    Raises:
        OSError: the system, or the file system, does not let us.
    """
    return unix_door.UnixDoor(data) if has_unix_sockets() else loopback_door.LoopbackDoor(data)


def knock(data: Path) -> socket.socket:
    """A line to the daemon of a data directory.

    Raises:
        OSError: there is none, or it is another user's.
    """
    return unix_door.knock(data) if has_unix_sockets() else loopback_door.knock(data)


def has_unix_sockets() -> bool:
    """Whether Python offers them here; on Windows it does not."""
    return hasattr(socket, "AF_UNIX")
