"""The daemon: keeps all accounts of a directory in step until it is told to stop."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from threading import Event
from types import FrameType
from typing import Final

import structlog

from passerelle.daemon.alerts.herald import Notifier, warned
from passerelle.daemon.board import Board
from passerelle.daemon.control.doors import open_door
from passerelle.daemon.control.server import ControlServer
from passerelle.daemon.fleet import Fleet
from passerelle.daemon.watching import FileWatch
from passerelle.daemon.worker import Audience
from passerelle.model.text import Text
from passerelle.sync.accounts.locks import locked
from passerelle.sync.accounts.registry import Accounts

log = structlog.get_logger(__name__)

_LOCK: Final = "watch.lock"
_WATCHDOG_S: Final = 10.0


def run(accounts: Accounts, audience: Audience, name: str | None = None, notifier: Notifier | None = None) -> None:
    """Keep accounts in step until SIGTERM or Ctrl-C; ``name`` limits it to one account, ``notifier`` warns the user.

    Accounts that are added, removed, enabled, disabled or get a new password are noticed.

    Raises:
        Busy: another process does so already.
    """
    busy = Text("The accounts in “{directory}” are watched by another process already.", directory=str(accounts.data))
    lock = locked(accounts.data / _LOCK, busy, patience_s=0)
    with lock, _stop_signals() as stopped, keeping(accounts, audience, name, notifier):
        notify_manager("READY=1")
        while not stopped.wait(_WATCHDOG_S):
            notify_manager("WATCHDOG=1")
        notify_manager("STOPPING=1")


@contextmanager
def keeping(
    accounts: Accounts, audience: Audience, name: str | None = None, notifier: Notifier | None = None
) -> Iterator[None]:
    """Keep accounts in step while the block runs, and answer on the control channel.

    For whoever holds the lock of the directory, or knows that nobody else keeps it.
    """
    watch, board = FileWatch(), Board()
    fleet = Fleet(accounts, watch, audience, board, name)
    warnings = nullcontext() if notifier is None else warned(board, notifier)
    with watch.running(fleet.wake), _controlled(accounts, board, fleet), warnings:
        watch.watch(accounts.file, fleet.muster)
        fleet.muster()
        yield
    fleet.end()


@contextmanager
def _controlled(accounts: Accounts, board: Board, fleet: Fleet) -> Iterator[None]:
    """Let others of the same user ask. Where the system does not let us, nobody can, and the rest goes on."""
    try:
        door = open_door(accounts.data)
    except OSError as error:
        log.warning("control_impossible", reason=type(error).__name__, errno=error.errno)
        yield
        return
    server = ControlServer(door, board, fleet)
    try:
        yield
    finally:
        server.close()


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
