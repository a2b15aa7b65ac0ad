"""Server-sent events, as our own server sends them (docs/reference/events.md)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, final

import msgspec
from msgspec import Struct

from passerelle.model.errors import Misconfigured, Refused, Unreachable
from passerelle.peers.base import Heard, NoPush, PushKind
from passerelle.peers.ox_webdav import ids
from passerelle.peers.ox_webdav.connection import Connection, Stream
from passerelle.peers.ox_webdav.statuses import NoInterface
from passerelle.wire.eventstream import MEDIA_TYPE, EventStreamReader, Message

SILENCE_S: Final = 40.0
"""The server sends a sign of life every 15 seconds: after two that did not come the line is dead."""
PAUSE_S: Final = 3.0
"""Until the server says how long to wait before connecting again."""
_PATH: Final = "/events"
_NEWS_OF_ITEMS: Final = "items"


class _Content(Struct, frozen=True):
    kind: str
    folder: int | None = None
    position: int | None = None


@final
class EventPush:
    """Listens on a connection of its own; implements :class:`passerelle.peers.base.Push`.

    It remembers how far it has heard, and asks for what it missed when it listens again.
    """

    kind = PushKind.EVENTS

    def __init__(self, connection: Connection, silence_s: float = SILENCE_S) -> None:
        self._connection = connection
        self._silence_s = silence_s
        self._reached = ""
        self._stream: Stream | None = None
        self._is_over = False
        self.pause_s = PAUSE_S

    def listen(self) -> Iterator[Sequence[Heard]]:
        """Hand out what comes. See :meth:`passerelle.peers.base.Push.listen`."""
        stream = self._stream = self._opened()
        try:
            reader = EventStreamReader()
            for piece in stream.pieces():
                if self._is_over:
                    return
                messages = list(reader.feed(piece))
                reached = next((one.id for one in reversed(messages) if one.id), self._reached)
                if reached:  # before it names a place, the server may not have let us in
                    yield heard(messages)
                self._reached = reached
                if reader.retry_ms is not None:
                    self.pause_s = reader.retry_ms / 1000
        finally:
            self._stream = None
            stream.close()
        if not self._is_over:
            raise Unreachable("The server ended its stream of events.")

    def _opened(self) -> Stream:
        try:
            stream = self._connection.open_stream(_PATH, self._headers(), self._silence_s)
        except (NoInterface, Refused, Misconfigured) as error:
            raise NoPush(error.text) from error
        if stream.media_type != MEDIA_TYPE:  # a page that knows every address
            stream.close()
            raise NoPush("The server has no stream of events.")
        return stream

    def _headers(self) -> Mapping[str, str]:
        resume = {"Last-Event-ID": self._reached} if self._reached else {}
        return {"Accept": MEDIA_TYPE, "Cache-Control": "no-store", **resume}

    def hang_up(self) -> None:
        """End listening. The stream is woken, or not read once it is there."""
        self._is_over = True
        stream = self._stream
        if stream is not None:
            stream.hang_up()


def heard(messages: Iterable[Message]) -> list[Heard]:
    """What messages tell, each thing once. Pure.

    Where a folder stands, a message says itself; one of an older server has only its place in the whole history.
    Of several that belong together the last alone carries that, and it holds for all.
    """
    told: list[tuple[str | None, Message]] = []
    place: str | None = None
    for message in reversed(list(messages)):
        place = message.id or place
        if message.content:
            told.append((place, message))
    by_folder: dict[object, Heard] = {}
    for place, message in reversed(told):
        one = _heard(message, place)
        by_folder[one.folder] = one
    return list(by_folder.values())


def _heard(message: Message, place: str | None) -> Heard:
    """What one message tells; of one that we do not understand: that something happened."""
    try:
        content = msgspec.json.decode(message.content, type=_Content)
    except msgspec.MsgspecError:
        return Heard()
    if content.kind != _NEWS_OF_ITEMS or content.folder is None:
        return Heard()
    stands = place if content.position is None else str(content.position)
    return Heard(folder=ids.folder_id(content.folder), position=stands if stands and stands.isdecimal() else None)
