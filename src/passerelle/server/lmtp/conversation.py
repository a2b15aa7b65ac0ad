"""One client's conversation in LMTP: what it says, one line at a time, and what it hears (RFC 2033)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

from passerelle.mail.inbound import Door
from passerelle.mail.reading import MAX_MESSAGE
from passerelle.model.errors import PasserelleError
from passerelle.server.lmtp.commands import Command, read_command, read_path
from passerelle.server.lmtp.replies import PASSING, Reply, of_failure, of_report

log = structlog.get_logger(__name__)

PATIENCE_S: Final = 300.0
"""How long a client may be silent (RFC 5321, section 4.5.3.2)."""
MAX_LINE: Final = 2048
MAX_RECIPIENTS: Final = 1000
MAX_MISTAKES: Final = 20

_OK: Final = Reply(250, "2.0.0 OK")
_TOO_LARGE: Final = Reply(552, "5.3.4 The mail is too large.")
_OUT_OF_ORDER: Final = Reply(503, "5.5.1 Not now: the order is LHLO, MAIL, RCPT, DATA.")
_CLOSING: Final = Reply(421, "4.3.2 The service is closing.")
_CAPABILITIES: Final = ("passerelle", "PIPELINING", "8BITMIME", "ENHANCEDSTATUSCODES", f"SIZE {MAX_MESSAGE}")

Handler = Callable[[str], Awaitable[Reply | None]]


class Conversation:
    """A conversation. ``stop`` is set when the service is to end: mail under way is taken, no other is begun."""

    def __init__(
        self, door: Door, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, stop: asyncio.Event
    ) -> None:
        self._door, self._reader, self._writer, self._stop = door, reader, writer, stop
        self._greeted = False
        self._sender: str | None = None
        self._recipients: list[str] = []
        self._mistakes = 0
        self._handlers: dict[str, Handler] = {
            "LHLO": self._lhlo, "MAIL": self._mail, "RCPT": self._rcpt, "DATA": self._data,
            "RSET": self._rset, "NOOP": self._noop, "VRFY": self._vrfy,
        }  # fmt: skip

    async def hold(self) -> None:
        """Talk until one of both has had enough."""
        self._say(Reply(220, "passerelle LMTP"))
        while (line := await self._next_line()) is not None:
            command = read_command(line)
            if command.verb == "QUIT":
                self._say(Reply(221, "2.0.0 Goodbye"))
                break
            self._say(await self._answer(command))
            if self._mistakes > MAX_MISTAKES:
                self._say(Reply(421, "4.7.0 Too many mistakes."))
                break
        await self._writer.drain()

    async def _answer(self, command: Command) -> Reply | None:
        handler = self._handlers.get(command.verb)
        reply = await handler(command.argument) if handler else Reply(500, "5.5.1 This command is unknown.")
        if reply is not None and 500 <= reply.code < 504:  # noqa: PLR2004 - syntax and order
            self._mistakes += 1
        return reply

    async def _lhlo(self, argument: str) -> Reply | None:
        if not argument:
            return Reply(501, "5.5.4 Say who you are: LHLO NAME.")
        self._greeted = True
        self._reset()
        lines = [f"250{'-' if more else ' '}{text}\r\n" for text, more in _with_more(_CAPABILITIES)]
        self._writer.write("".join(lines).encode())
        return None

    async def _mail(self, argument: str) -> Reply:
        if not self._greeted or self._sender is not None:
            return _OUT_OF_ORDER
        path = read_path(argument, "FROM")
        if path is None:
            return Reply(501, "5.5.4 The form is MAIL FROM:<address>.")
        if path.size > MAX_MESSAGE:
            return _TOO_LARGE
        self._sender = path.address
        return _OK

    async def _rcpt(self, argument: str) -> Reply:
        if self._sender is None:
            return _OUT_OF_ORDER
        path = read_path(argument, "TO")
        if path is None or not path.address:
            return Reply(501, "5.5.4 The form is RCPT TO:<address>.")
        if len(self._recipients) >= MAX_RECIPIENTS:
            return Reply(452, "4.5.3 Too many recipients at once.")
        reply = await _in_thread(lambda: self._checked(path.address))
        if reply is _OK:
            self._recipients.append(path.address)
        return reply

    def _checked(self, address: str) -> Reply:
        self._door.check_recipient(address)
        return _OK

    async def _data(self, argument: str) -> Reply | None:
        if argument:
            return Reply(501, "5.5.4 DATA takes nothing.")
        if not self._recipients:
            return _OUT_OF_ORDER
        self._say(Reply(354, "End with a dot on a line by itself."))
        content = await self._content()
        for recipient in self._recipients:
            self._say(_TOO_LARGE if content is None else await self._deliver(content, recipient))
        self._reset()
        return None

    async def _deliver(self, content: bytes, recipient: str) -> Reply:
        return await _in_thread(lambda: of_report(self._door.take(content, recipient)))

    async def _rset(self, _argument: str) -> Reply:
        self._reset()
        return _OK

    async def _noop(self, _argument: str) -> Reply:
        return _OK

    async def _vrfy(self, _argument: str) -> Reply:
        return Reply(252, "2.5.0 Send some mail, and see.")

    def _reset(self) -> None:
        self._sender = None
        self._recipients = []

    def _say(self, reply: Reply | None) -> None:
        if reply is not None:
            self._writer.write(reply.line())

    async def _next_line(self) -> bytes | None:
        """The next line; None at the end of the conversation: when the client is gone, or the service ends."""
        await self._writer.drain()
        reading = asyncio.ensure_future(self._read_line())
        stopping = asyncio.ensure_future(self._stop.wait())
        await asyncio.wait({reading, stopping}, timeout=PATIENCE_S, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if reading.done() and not self._stop.is_set():
            return reading.result()
        reading.cancel()
        self._say(_CLOSING)
        return None

    async def _read_line(self) -> bytes | None:
        piece = await _piece(self._reader)
        if not piece.endswith(b"\n"):
            return None
        return piece if len(piece) <= MAX_LINE else b"TOO-LONG"

    async def _content(self) -> bytes | None:
        """The mail up to the dot, without the dots that were added (RFC 5321, section 4.5.2); None if it is too large.

        Only a dot between two CRLF ends it: programs that think otherwise have let mail in by the back door.

        Raises:
            ConnectionError: the client went in the middle of it.
        """
        content, is_start = bytearray(), True
        while (piece := await asyncio.wait_for(_piece(self._reader), PATIENCE_S)) != b".\r\n" or not is_start:
            if not piece:
                raise ConnectionResetError
            if len(content) <= MAX_MESSAGE:
                content += piece[1:] if is_start and piece.startswith(b".") else piece
            is_start = piece.endswith(b"\r\n")
        return bytes(content) if len(content) <= MAX_MESSAGE else None


async def _piece(reader: asyncio.StreamReader) -> bytes:
    """A line, or what came of one that is too long for the reader; empty at the end."""
    try:
        return await reader.readuntil(b"\n")
    except asyncio.IncompleteReadError as end:
        return end.partial
    except asyncio.LimitOverrunError as overrun:
        return await reader.read(max(overrun.consumed, 1))


def _with_more(texts: tuple[str, ...]) -> list[tuple[str, bool]]:
    return [(text, number < len(texts)) for number, text in enumerate(texts, 1)]


async def _in_thread(work: Callable[[], Reply]) -> Reply:
    """Do what touches the store elsewhere; whatever goes wrong, the client hears of it."""
    try:
        return await asyncio.to_thread(work)
    except PasserelleError as error:
        return of_failure(error)
    except PASSING as error:
        log.warning("mail_not_taken", kind=type(error).__name__)
        return of_failure(error)
    except Exception as error:  # one mail must not end the service; it waits in the queue until we are mended
        log.exception("mail_failed", kind=type(error).__name__)
        return of_failure(error)
