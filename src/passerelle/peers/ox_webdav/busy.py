"""When people are busy, as a server publishes it (OX reference, section 16.1)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from passerelle.model.errors import Unreadable
from passerelle.peers.ox_webdav.connection import Connection
from passerelle.peers.ox_webdav.statuses import NoInterface
from passerelle.wire.icalendar.free_busy import Busy, read_published

_CONTEXT: Final = "1"
"""The context of servers that have one only; those of hosting companies tell nobody of others' times."""
_MOST_BYTES: Final = 4 * 1024**2


def ask(connection: Connection, mail: str, start: datetime, end: datetime) -> tuple[Busy, ...] | None:
    """The times between two instants that are taken; None where nothing is published. One request.

    Raises:
        Unreadable: the answer is none.
        As :meth:`Connection.ask`.
    """
    name, _, domain = mail.rpartition("@")
    last = end + timedelta(days=1)
    said = {
        "contextid": _CONTEXT,
        "username": name,
        "server": domain,
        "start": f"{start:%Y%m%d}",
        "end": f"{last:%Y%m%d}",
    }
    try:
        with connection.ask("GET", f"freebusy?{urlencode(said)}", b"") as answer:
            return read_published(_whole(answer.pieces()))
    except NoInterface:
        return None


def _whole(pieces: Iterable[bytes]) -> bytes:
    found = b""
    for piece in pieces:
        found += piece
        if len(found) > _MOST_BYTES:
            raise Unreadable("The server's answer is too long.")
    return found
