"""A caller can neither exhaust the server nor keep it waiting, and never sees its insides."""

from __future__ import annotations

import anyio
import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Message, Receive, Scope, Send

from passerelle.server.connection import CutOff
from passerelle.server.limits import Barrier, BodyTooLarge, ClientGone, Patience, read_body

SCOPE: Scope = {"type": "http", "method": "PUT", "path": "/servlet/webdav.contacts", "headers": []}


class Caller:
    """One HTTP conversation without a network: what the caller sends, and what comes back."""

    def __init__(self, *pieces: bytes, goes_on: bool = False) -> None:
        self._pieces = list(pieces)
        self._goes_on = goes_on
        self.answers: list[Message] = []

    async def receive(self) -> Message:
        if not self._pieces:
            await anyio.sleep_forever()
        body = self._pieces.pop(0)
        return {"type": "http.request", "body": body, "more_body": bool(self._pieces) or self._goes_on}

    async def send(self, message: Message) -> None:
        self.answers.append(message)

    @property
    def status(self) -> int:
        return int(self.answers[0]["status"])

    @property
    def text(self) -> str:
        return b"".join(message.get("body", b"") for message in self.answers).decode()


async def reading_app(scope: Scope, receive: Receive, send: Send) -> None:
    body = await read_body(receive, limit=10)
    await PlainTextResponse(f"{len(body)} bytes")(scope, receive, send)


def converse(app: Barrier, caller: Caller) -> None:
    async def run() -> None:
        await app(SCOPE, caller.receive, caller.send)

    anyio.run(run)


def test_a_body_within_the_limit_is_read_whole() -> None:
    caller = Caller(b"12345", b"67890")
    converse(Barrier(reading_app), caller)
    assert (caller.status, caller.text) == (200, "10 bytes")


def test_a_body_beyond_the_limit_is_refused_before_it_is_complete() -> None:
    caller = Caller(b"12345", b"678901", goes_on=True)
    converse(Barrier(reading_app), caller)
    assert caller.status == 413
    assert "fewer objects" in caller.text


def test_a_body_that_announces_too_much_is_refused_before_it_comes() -> None:
    async def run() -> None:
        await read_body(Caller().receive, limit=10, announced="11")

    with pytest.raises(BodyTooLarge):
        anyio.run(run)


def test_a_caller_that_hangs_up_half_way_is_not_taken_for_one_who_is_done() -> None:
    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def run() -> None:
        await read_body(receive)

    with pytest.raises(ClientGone):
        anyio.run(run)


def test_a_caller_that_hung_up_is_not_answered() -> None:
    async def gone(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise ClientGone

    caller = Caller()
    converse(Barrier(gone), caller)
    assert caller.answers == []


def test_a_caller_that_stops_sending_is_told_so() -> None:
    caller = Caller(b"12345", goes_on=True)
    converse(Barrier(Patience(reading_app, patience_s=0.01)), caller)
    assert caller.status == 408


def test_a_caller_that_stops_reading_is_dropped() -> None:
    async def endless(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 207, "headers": []})
        while True:
            await send({"type": "http.response.body", "body": b"x", "more_body": True})

    sent: list[Message] = []

    async def full(message: Message) -> None:
        if len(sent) == 3:
            await anyio.sleep_forever()
        sent.append(message)

    async def run() -> None:
        await Barrier(Patience(endless, patience_s=0.01))(SCOPE, Caller(b"").receive, full)

    with pytest.raises(CutOff):
        anyio.run(run)
    assert len(sent) == 3


def test_a_fault_of_ours_is_a_plain_500_without_a_traceback() -> None:
    async def broken(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise RuntimeError("the database's password is hunter2")

    caller = Caller(b"")
    converse(Barrier(broken), caller)
    assert caller.status == 500
    assert "hunter2" not in caller.text
    assert "Traceback" not in caller.text


def test_a_fault_in_the_middle_of_an_answer_cuts_it_off() -> None:
    async def breaking(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 207, "headers": []})
        raise RuntimeError("in the middle")

    caller = Caller(b"")
    with pytest.raises(CutOff):
        converse(Barrier(breaking), caller)
    assert [message["type"] for message in caller.answers] == ["http.response.start"]


def test_the_limit_is_raised_to_whoever_reads() -> None:
    async def run() -> None:
        await read_body(Caller(b"12345678901").receive, limit=10)

    with pytest.raises(BodyTooLarge):
        anyio.run(run)
