"""What doors of all kinds do with the socket that they listen on."""

from __future__ import annotations

import socket
from contextlib import suppress
from pathlib import Path


def accepted(listener: socket.socket) -> socket.socket | None:
    """Wait for somebody who knocks; None once it is closed."""
    while True:
        try:
            return listener.accept()[0]
        except ConnectionAbortedError:  # gone again already
            continue
        except OSError:
            return None


def close(listener: socket.socket, path: Path) -> None:
    """Listen no more, and take away the file that leads there. May be called by any thread."""
    with suppress(OSError):
        listener.shutdown(socket.SHUT_RDWR)  # wakes whoever accepts
    listener.close()
    path.unlink(missing_ok=True)
