"""Answers other processes of the same user: a thread for each, for they are few and wait most of the time."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import suppress
from io import BufferedReader
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import Final, Protocol, assert_never, final

import msgspec
import structlog

from passerelle.daemon.board import Board
from passerelle.daemon.control.doors import Door
from passerelle.daemon.control.messages import (
    Accepted,
    Alive,
    Answer,
    Declined,
    Done,
    Follow,
    GetStatus,
    Pause,
    Progressed,
    Request,
    Resume,
    Standings,
    Sync,
    line_of,
    request_of,
)
from passerelle.daemon.orders import Abandoned, Told
from passerelle.model.errors import PasserelleError
from passerelle.model.text import Text

log = structlog.get_logger(__name__)

LONGEST_REQUEST: Final = 65536
"""In bytes; ours have a hundred."""
MOST_LINES: Final = 32
IDLE_S: Final = 60.0
"""Who neither asks nor reads for so long is hung up on."""
FOLLOW_ALIVE_S: Final = 10.0
SYNC_ALIVE_S: Final = 1.0


class Steward(Protocol):
    """Who carries out what is asked. Called by any thread."""

    def order(self, account: str | None, told: SimpleQueue[Told]) -> Accepted:
        """Have a cycle run of an account, or of all. Raises PasserelleError: that is not possible here."""

    def pause(self, account: str | None) -> None:
        """Leave an account, or all, alone. Raises NotFound."""

    def resume(self, account: str | None) -> None:
        """Go on with an account, or all. Raises NotFound."""


@final
class ControlServer:
    """Begins when made; :meth:`close` ends it."""

    def __init__(self, door: Door, board: Board, steward: Steward) -> None:
        self._door = door
        self._board = board
        self._steward = steward
        self._guard = Lock()
        self._lines: set[socket.socket] = set()
        self._is_over = False
        self._thread = Thread(target=self._run, name="control", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Let nobody in any more, and hang up on those who are."""
        with self._guard:
            self._is_over = True
            lines = tuple(self._lines)
        self._door.close()
        for line in lines:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
        self._thread.join()

    def _run(self) -> None:
        while (line := self._door.accept()) is not None:
            with self._guard:
                is_welcome = not self._is_over and len(self._lines) < MOST_LINES
                if is_welcome:
                    self._lines.add(line)
            if is_welcome:
                Thread(target=self._serve, args=(line,), name="control line", daemon=True).start()
            else:
                line.close()

    def _serve(self, line: socket.socket) -> None:
        try:
            with line:
                if self._door.admits(line):
                    line.settimeout(IDLE_S)
                    with line.makefile("rb") as incoming:
                        self._converse(line, incoming)
        except OSError as error:  # gone, or silent for too long
            log.debug("control_line_lost", reason=type(error).__name__)
        except Exception:
            log.exception("control_failed")
        finally:
            with self._guard:
                self._lines.discard(line)

    def _converse(self, line: socket.socket, incoming: BufferedReader) -> None:
        while text := incoming.readline(LONGEST_REQUEST):
            try:
                answers = self._answers(request_of(text))
            except msgspec.MsgspecError as error:
                line.sendall(line_of(Declined(Text("That is no request: {error}.", error=str(error)))))
                if not text.endswith(b"\n"):
                    return
                continue
            for answer in answers:
                line.sendall(line_of(answer))

    def _answers(self, request: Request) -> Iterator[Answer]:
        try:
            yield from self._carried_out(request)
        except PasserelleError as error:
            yield Declined(error.text)
        else:
            yield Done()

    def _carried_out(self, request: Request) -> Iterator[Answer]:
        match request:
            case GetStatus():
                yield Standings(self._board.standings())
            case Follow():
                yield from self._followed()
            case Sync():
                yield from self._synchronised(request)
            case Pause():
                self._steward.pause(request.account)
            case Resume():
                self._steward.resume(request.account)
            case _:
                assert_never(request)

    def _followed(self) -> Iterator[Answer]:
        seen = -1
        while True:  # until the line is lost
            revision = self._board.await_change(seen, FOLLOW_ALIVE_S)
            yield Alive() if revision == seen else Standings(self._board.standings())
            seen = revision

    def _synchronised(self, request: Sync) -> Iterator[Answer]:
        told: SimpleQueue[Told] = SimpleQueue()
        accepted = self._steward.order(request.account, told)
        yield accepted
        waiting = len(accepted.accounts)
        while waiting:
            try:
                answer = told.get(timeout=SYNC_ALIVE_S)
            except Empty:
                yield Alive()
                continue
            if isinstance(answer, Abandoned):
                yield Declined(Text("The daemon cannot go on with that."))
                return
            if not isinstance(answer, Progressed):
                waiting -= 1
            elif not request.progress:
                continue
            yield answer
