"""Blocks of an event stream (WHATWG HTML, section 9.2 “Server-sent events”). Contents are of one line: JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, final

from msgspec import Struct

from passerelle.model.errors import Unreadable

MEDIA_TYPE: Final = "text/event-stream"


def retry(pause_ms: int) -> bytes:
    """Tell the client how long to wait before it connects again."""
    return b"retry: %d\n\n" % pause_ms


def message(content: bytes, id_: int | None = None) -> bytes:
    """One message. With ``id_``, the client has everything up to that place once it has read the block."""
    if id_ is None:
        return b"data: %b\n\n" % content
    return b"id: %d\ndata: %b\n\n" % (id_, content)


def sign_of_life(id_: int) -> bytes:
    """A comment that keeps the connection open, and the place that the client has reached without any message."""
    return b": still here\nid: %d\n\n" % id_


LONGEST_LINE: Final = 64 * 1024
"""Bytes: ours have a hundred."""
_LINE_END: Final = re.compile(rb"\r\n|\n|\r(?!\n|\Z)")


class Message(Struct, frozen=True):
    """One block: its content, and the id that the stream has reached with it. Either may be empty."""

    content: bytes
    id: str


@final
class EventStreamReader:
    """Reads a stream piece by piece (section 9.2.6). Names of events are left out: ours have none."""

    def __init__(self) -> None:
        self._rest = b""
        self._begun = False
        self._content: list[bytes] = []
        self._id = ""
        self.retry_ms: int | None = None

    def feed(self, piece: bytes) -> Iterator[Message]:
        """The blocks that a piece ends.

        Raises:
            Unreadable: a line does not end.
        """
        *lines, self._rest = _LINE_END.split(self._rest + piece)
        if len(self._rest) > LONGEST_LINE:
            raise Unreadable("The server's stream of events has a line without end.")
        for line in lines:
            if not line:
                yield self._ended()
            else:
                self._take(line if self._begun else line.removeprefix(b"\xef\xbb\xbf"))
            self._begun = True

    def _ended(self) -> Message:
        message = Message(b"\n".join(self._content), self._id)
        self._content = []
        return message

    def _take(self, line: bytes) -> None:
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if name == b"data":
            self._content.append(value)
        elif name == b"id" and b"\0" not in value:
            self._id = value.decode(errors="replace")
        elif name == b"retry" and value.isdigit():
            self.retry_ms = int(value)
