"""Runs the LMTP service on a socket until SIGTERM or Ctrl-C."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from passerelle.mail.inbound import Door
from passerelle.model.errors import Invalid, Misconfigured
from passerelle.model.text import Text
from passerelle.server.lmtp.conversation import Conversation
from passerelle.server.lmtp.replies import Reply
from passerelle.server.run import is_loopback

GRACE_S: Final = 10.0
"""How long mail under way may take once the service is told to stop."""
MAX_CLIENTS: Final = 50
READ_LIMIT: Final = 64 * 1024
_UNIX: Final = "unix:"
_NOT_FOR_ALL: Final = 0o117
"""The mask under which a socket is made: its owner and group may connect."""


def serve(door: Door, address: str, on_ready: Callable[[str], None]) -> None:
    """Take mail until told to stop; ``on_ready`` gets the address once clients are answered.

    Raises:
        Invalid: the address is none. Misconfigured: it is taken, not ours, or open to other machines.
    """
    bound, name = bind(address)
    try:
        asyncio.run(_serve(door, bound, lambda: on_ready(name)))
    finally:
        bound.close()
        if address.startswith(_UNIX):
            Path(address.removeprefix(_UNIX)).unlink(missing_ok=True)


def bind(address: str) -> tuple[socket.socket, str]:
    """A listening socket for ``HOST:PORT`` or ``unix:PATH``, and its address. Port 0 takes a free one."""
    if address.startswith(_UNIX):
        return _bind_path(Path(address.removeprefix(_UNIX))), address
    host, _, port = address.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not host or not port.isascii() or not port.isdigit():
        raise Invalid("Give --lmtp as HOST:PORT or as unix:PATH.", "lmtp")
    if not is_loopback(host):
        message = Text(
            "LMTP has no passwords, so whoever reaches {host} could send mail in anybody’s name. Give a loopback "
            "address or unix:PATH, and let the mail server of this machine hand mail over.",
            host=host,
        )
        raise Misconfigured(message)
    try:
        bound = socket.create_server((host, int(port)), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except (OSError, OverflowError) as error:
        raise _cannot_listen(address, error) from error
    shown = f"[{host}]" if ":" in host else host
    return bound, f"{shown}:{bound.getsockname()[1]}"


def _bind_path(path: Path) -> socket.socket:
    """A socket in the file system, in the place of one that nobody listens on any more."""
    bound = socket.socket(socket.AF_UNIX)
    mask = os.umask(_NOT_FOR_ALL)
    try:
        _clear(path)
        bound.bind(str(path))
        bound.listen()
    except OSError as error:
        bound.close()
        raise _cannot_listen(f"{_UNIX}{path}", error) from error
    finally:
        os.umask(mask)
    return bound


def _clear(path: Path) -> None:
    with suppress(FileNotFoundError):
        if stat.S_ISSOCK(path.stat().st_mode):
            with suppress(ConnectionRefusedError), socket.socket(socket.AF_UNIX) as probe:
                probe.connect(str(path))
                return  # somebody answers: binding will say that it is taken
            path.unlink()


def _cannot_listen(address: str, error: Exception) -> Misconfigured:
    reason = str(getattr(error, "strerror", None) or error)
    return Misconfigured(Text("Cannot take mail on {address}: {reason}. Choose another one.", address=address,
                              reason=reason))  # fmt: skip


async def _serve(door: Door, bound: socket.socket, on_ready: Callable[[], None]) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    clients: set[asyncio.Task[None]] = set()

    async def welcome(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a stream's callback runs in a task of its own
        clients.add(task)
        try:
            await _talk(door, reader, writer, stop, is_full=len(clients) > MAX_CLIENTS)
        finally:
            clients.discard(task)

    if bound.family is socket.AF_UNIX:
        server = await asyncio.start_unix_server(welcome, sock=bound, limit=READ_LIMIT)
    else:
        server = await asyncio.start_server(welcome, sock=bound, limit=READ_LIMIT)
    on_ready()
    await stop.wait()
    server.close()
    await _farewell(clients)


async def _talk(
    door: Door, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, stop: asyncio.Event, *, is_full: bool
) -> None:
    """Hold a conversation; a client that breaks off or is silent for too long is let go."""
    with suppress(ConnectionError, TimeoutError):
        if is_full:
            writer.write(Reply(421, "4.3.2 Too many connections. Try again later.").line())
        else:
            await Conversation(door, reader, writer, stop).hold()
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()


async def _farewell(clients: set[asyncio.Task[None]]) -> None:
    """Let mail under way be taken, then end what is left."""
    waiting = set(clients)
    if not waiting:
        return
    _, late = await asyncio.wait(waiting, timeout=GRACE_S)
    for task in late:
        task.cancel()
    await asyncio.gather(*late, return_exceptions=True)
