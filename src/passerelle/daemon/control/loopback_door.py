"""A port on the loopback interface, for systems without Unix sockets (Windows). Any user of the machine can knock.

Port and secret stand in a file of the data directory that its user alone can read. Each side proves that it has read
it, and says nothing of the secret: what listens there after a daemon was killed learns nothing, and nobody believes it.
"""

from __future__ import annotations

import hmac
import os
import secrets
import socket
from pathlib import Path
from typing import Final, final

import msgspec
from msgspec import Struct

from passerelle.daemon.control.listening import accepted, close
from passerelle.sync.accounts.private_files import write_private

NAME: Final = "control.json"
_PATIENCE_S: Final = 5.0
"""How long a proof may take."""
_NONCE: Final = 32
_PROOF: Final = 32
_WAITING: Final = 16


class Sign(Struct, frozen=True):
    """What the file says: where the door is, and what opens it."""

    port: int
    secret: bytes


@final
class LoopbackDoor:
    """Implements :class:`passerelle.daemon.control.doors.Door`."""

    def __init__(self, data: Path) -> None:
        self._path = data / NAME
        self._secret = secrets.token_bytes(32)
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=_WAITING, reuse_port=False)
        try:
            write_private(self._path, msgspec.json.encode(Sign(self._socket.getsockname()[1], self._secret)))
        except OSError:
            self._socket.close()
            raise

    def accept(self) -> socket.socket | None:
        """See :meth:`passerelle.daemon.control.doors.Door.accept`."""
        return accepted(self._socket)

    def admits(self, line: socket.socket) -> bool:
        """See :meth:`passerelle.daemon.control.doors.Door.admits`."""
        line.settimeout(_PATIENCE_S)
        nonce = _received(line, _NONCE)
        if not hmac.compare_digest(_received(line, _PROOF), _proof(self._secret, b"guest", nonce)):
            return False
        line.sendall(_proof(self._secret, b"host", nonce))
        return True

    def close(self) -> None:
        """See :meth:`passerelle.daemon.control.doors.Door.close`."""
        close(self._socket, self._path)


def knock(data: Path) -> socket.socket:
    """See :func:`passerelle.daemon.control.doors.knock`."""
    try:
        sign = msgspec.json.decode((data / NAME).read_bytes(), type=Sign)
    except msgspec.MsgspecError as error:
        raise ConnectionError("The file that says where the daemon is cannot be read.") from error
    line = socket.create_connection(("127.0.0.1", sign.port), timeout=_PATIENCE_S)
    try:
        nonce = os.urandom(_NONCE)
        line.sendall(nonce + _proof(sign.secret, b"guest", nonce))
        if not hmac.compare_digest(_received(line, _PROOF), _proof(sign.secret, b"host", nonce)):
            raise PermissionError("What listens there is not the daemon.")
        line.settimeout(None)
    except OSError:
        line.close()
        raise
    return line


def _proof(secret: bytes, side: bytes, nonce: bytes) -> bytes:
    return hmac.digest(secret, side + nonce, "sha256")


def _received(line: socket.socket, length: int) -> bytes:
    received = b""
    while len(received) < length:
        more = line.recv(length - len(received))
        if not more:
            raise ConnectionError("Hung up before it was said who is there.")
        received += more
    return received
