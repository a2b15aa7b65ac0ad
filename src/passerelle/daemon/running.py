"""The daemon: keeps all accounts of a directory in step until it is told to stop."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from types import FrameType
from typing import Final

from passerelle.daemon.fleet import Fleet
from passerelle.daemon.locks import locked
from passerelle.daemon.watching import FileWatch
from passerelle.daemon.worker import Audience
from passerelle.model.text import Text
from passerelle.sync.accounts.registry import Accounts

_LOCK: Final = "watch.lock"
_WATCHDOG_S: Final = 10.0


def run(accounts: Accounts, audience: Audience, name: str | None = None) -> None:
    """Keep accounts in step until SIGTERM or Ctrl-C; ``name`` limits it to one account.

    Accounts that are added, removed, enabled, disabled or get a new password are noticed.

    Raises:
        Busy: another process does so already.
    """
    busy = Text("The accounts in “{directory}” are watched by another process already.", directory=str(accounts.data))
    with locked(accounts.data / _LOCK, busy, patience_s=0), _stop_signals() as stopped:
        watch = FileWatch()
        fleet = Fleet(accounts, watch, audience, name)
        with watch.running(fleet.wake):
            watch.watch(accounts.file, fleet.muster)
            fleet.muster()
            notify_manager("READY=1")
            while not stopped.wait(_WATCHDOG_S):
                notify_manager("WATCHDOG=1")
            notify_manager("STOPPING=1")
        fleet.end()


@contextmanager
def _stop_signals() -> Iterator[Event]:
    """Sets the event at SIGTERM and Ctrl-C."""
    stopped = Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopped.set()

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stopped
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def notify_manager(message: str) -> None:
    """Tell a service manager how we are, if there is one (sd_notify(3)): one datagram."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.sendto(message.encode(), f"\0{address[1:]}" if address.startswith("@") else address)
