"""Blocks of an event stream (WHATWG HTML, section 9.2 “Server-sent events”). Contents are of one line: JSON."""

from __future__ import annotations

from typing import Final

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
