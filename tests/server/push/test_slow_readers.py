"""A reader that stops reading its event stream is cut off, and leaves nothing behind."""

from __future__ import annotations

import base64

import anyio
import pytest
from starlette.types import Message, Scope

from passerelle.server.auth import Authenticator
from passerelle.server.connection import CutOff
from passerelle.server.limits import Barrier, Patience
from passerelle.server.metrics import Metrics
from passerelle.server.push.hub import Hub
from passerelle.server.push.stream import EventStream
from passerelle.server.throttle import Throttle
from passerelle.server.trail import Trail
from tests.groupware.office import PASSWORD, Office, meeting

TOKEN = base64.b64encode(f"anna:{PASSWORD}".encode())
SCOPE: Scope = {
    "type": "http",
    "method": "GET",
    "path": "/events",
    "query_string": b"",
    "headers": [(b"authorization", b"Basic " + TOKEN)],
    "client": ("127.0.0.1", 1),
}


class Caller:
    """Takes so many pieces, then no more; after so many it has heard enough, and it hangs up when it is told to."""

    def __init__(self, reads: int, enough: int = 0) -> None:
        self._reads = reads
        self._enough = enough
        self.has_enough = anyio.Event()
        self._sent_body = False
        self.gone = anyio.Event()
        self.answers: list[Message] = []

    async def receive(self) -> Message:
        if self._sent_body:
            await self.gone.wait()
            return {"type": "http.disconnect"}
        self._sent_body = True
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(self, message: Message) -> None:
        if len(self.answers) == self._reads:
            await anyio.sleep_forever()
        self.answers.append(message)
        if len(self.answers) == self._enough:
            self.has_enough.set()


def app_of(office: Office, hub: Hub) -> Barrier:
    stream = EventStream(
        office.store, Authenticator(office.store, Throttle(), Metrics(), Trail(office.store)), hub, heartbeat_s=0.05
    )
    return Barrier(Patience(stream, patience_s=0.5))


def test_who_reads_no_more_is_cut_off(office: Office) -> None:
    async def run() -> None:
        caller = Caller(reads=4)
        await app_of(office, hub)(SCOPE, caller.receive, caller.send)

    hub = Hub(office.store)
    with hub.running():
        with pytest.raises(CutOff):
            anyio.run(run)
        assert not hub._audience


def test_who_hangs_up_is_forgotten_at_once(office: Office) -> None:
    async def run(caller: Caller) -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(app_of(office, hub), SCOPE, caller.receive, caller.send)
            await caller.has_enough.wait()
            assert hub._audience
            caller.gone.set()

    hub = Hub(office.store)
    with hub.running():
        anyio.run(lambda: run(Caller(reads=1000, enough=5)))
        assert not hub._audience


def test_signs_of_life_keep_a_quiet_stream_open_and_tell_how_far_it_is(office: Office) -> None:
    async def run(caller: Caller) -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(app_of(office, hub), SCOPE, caller.receive, caller.send)
            await caller.has_enough.wait()
            caller.gone.set()

    hub, caller = Hub(office.store), Caller(reads=1000, enough=5)
    office.session("anna").create(office.default("anna"), meeting())
    with office.store.reading() as tx:
        moment = tx.journal.moment()
    with hub.running():
        anyio.run(lambda: run(caller))
    bodies = [message["body"] for message in caller.answers[1:5]]
    assert bodies[0] == b"retry: 3000\n\n"
    assert set(bodies[1:]) == {b": still here\nid: %d\n\n" % moment}
