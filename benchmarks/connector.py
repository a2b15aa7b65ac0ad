"""Our connector as a process that watches: ``passerelle sync --watch``."""

from __future__ import annotations

import sys
import time
from contextlib import AbstractContextManager
from pathlib import Path

from benchmarks.processes import Failed, Server, server
from passerelle.daemon.control.client import Control, NoDaemon
from passerelle.peers.base import PushKind

PROGRAM = Path(sys.executable).with_name("passerelle")
NO_KEYRING = {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
"""Passwords are kept in a file of the replica's directory, not with those of whoever runs this."""
_PATIENCE_S = 300.0


def watching(data: Path) -> AbstractContextManager[Server]:
    """Keep the accounts of a directory in step while the block lasts."""
    return server([PROGRAM, "sync", "--watch", "--data", data], data, NO_KEYRING)


def wait_for_push(data: Path) -> None:
    """Wait until all accounts of a directory are in step and hear what changes.

    Raises:
        Failed: they do not come so far.
    """
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline:
        try:
            standings = Control(data).standings()
        except NoDaemon:
            standings = ()
        if standings and all(one.push is PushKind.EVENTS and not one.is_working for one in standings):
            return
        time.sleep(0.2)
    raise Failed("The accounts did not come in step, or the server does not push.")
