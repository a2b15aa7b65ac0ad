"""Many users at once: each reads change lists and writes appointments through the OX interface, on loopback.

All requests are counted, and each has to succeed. Afterwards the whole store is checked against itself.
"""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Final

import httpx2
from msgspec import Struct

from benchmarks.connector import PROGRAM
from benchmarks.processes import Failed, Server, server
from passerelle.cli.server.opening import create_store, open_store
from passerelle.groupware.provision import add_user, initialise
from passerelle.groupware.soundness import check
from passerelle.model.folders import Module
from passerelle.model.ids import FolderId
from passerelle.store import Store

PASSWORD: Final = "secret"
CONNECTIONS: Final = 40
"""Requests under way at once; the users take turns."""
READS: Final = 0.6
CHANGES: Final = 0.15
DELETIONS: Final = 0.05
_NAMES: Final = 'xmlns:D="DAV:" xmlns:ox="http://www.open-xchange.org"'
_ID: Final = re.compile(rb"<ox:object_id>(\d+)</ox:object_id>")
_STAMP: Final = re.compile(rb"<ox:last_modified>(\d+)</ox:last_modified>")
_SUCCESS: Final = b"<D:status>200</D:status>"
_START: Final = 1_900_000_000_000
_SLOT: Final = 1_800_000
_PATIENCE_S: Final = 60


class Load(Struct, frozen=True, kw_only=True):
    """What a run showed. Times in milliseconds; ``findings`` of the check afterwards."""

    database: str
    processes: int
    users: int
    requests: int
    seconds: float
    median_ms: float
    most_ms: float
    """95 of 100 requests took no longer."""
    writes_ms: float
    """The same of writes alone."""
    errors: int
    findings: int
    processor_seconds: float

    @property
    def per_second(self) -> float:
        """Requests answered per second."""
        return self.requests / self.seconds


class _Person:
    """One user at work: remembers what was written, and how long each answer took."""

    def __init__(self, client: httpx2.AsyncClient, turns: asyncio.Semaphore, number: int, folder: FolderId) -> None:
        self._turns = turns
        self._client = client
        self._login = (f"user{number}", PASSWORD)
        self._folder = folder
        self._choice = random.Random(number)
        self._items: dict[int, int] = {}
        self._since = 0
        self._made = 0
        self.reads: list[float] = []
        self.writes: list[float] = []
        self.errors = 0

    async def work(self, requests: int) -> None:
        """Send so many requests, one after the other."""
        for _ in range(requests):
            await self.one()

    async def one(self) -> None:
        """Read or write once."""
        chosen = self._choice.random()
        if chosen < READS:
            await self._read()
        elif chosen < READS + CHANGES and self._items:
            await self._write("", id_=self._any(), title="Changed")
        elif chosen < READS + CHANGES + DELETIONS and self._items:
            await self._write("<ox:method>DELETE</ox:method>", id_=self._any())
        else:
            start = _START + self._made * _SLOT
            self._made += 1
            when = f"<ox:start_date>{start}</ox:start_date><ox:end_date>{start + _SLOT}</ox:end_date>"
            await self._write(when, title="Appointment")

    async def _read(self) -> None:
        query = f"<ox:folder_id>{self._folder}</ox:folder_id><ox:lastsync>{self._since}</ox:lastsync>"
        mode = "<ox:objectmode>NEW_AND_MODIFIED,DELETED</ox:objectmode>"
        body = f"<D:propfind {_NAMES}><D:prop>{query}{mode}</D:prop></D:propfind>"
        answer = await self._send("PROPFIND", body, self.reads)
        self._since = max([self._since, *map(int, _STAMP.findall(answer))])

    async def _write(self, more: str, *, id_: int | None = None, title: str = "") -> None:
        said = f"<ox:folder_id>{self._folder}</ox:folder_id>{more}"
        if title:
            said += f"<ox:title>{title}</ox:title>"
        if id_ is not None:
            said += f"<ox:object_id>{id_}</ox:object_id><ox:last_modified>{self._items.pop(id_)}</ox:last_modified>"
        body = f"<D:propertyupdate {_NAMES}><D:set><D:prop>{said}</D:prop></D:set></D:propertyupdate>"
        answer = await self._send("PROPPATCH", body, self.writes)
        made, stamp = _ID.search(answer), _STAMP.search(answer)
        if _SUCCESS not in answer:
            self.errors += 1
        elif made and stamp and "DELETE" not in more:
            self._items[int(made[1])] = int(stamp[1])

    async def _send(self, verb: str, body: str, times: list[float]) -> bytes:
        async with self._turns:  # to wait for a turn is not the server's time
            began = time.perf_counter()
            answer = await self._client.request(verb, "/servlet/webdav.calendar", content=body, auth=self._login)
            times.append((time.perf_counter() - began) * 1000)
        if answer.status_code != httpx2.codes.MULTI_STATUS:
            self.errors += 1
        return answer.content

    def _any(self) -> int:
        return self._choice.choice(list(self._items))


def measure(directory: Path, database: str | None, *, users: int, requests: int, processes: int) -> Load:
    """Let users send requests to server processes on one store; ``database`` is a PostgreSQL URL or None for SQLite.

    Raises:
        Failed: a server did not start.
    """
    data = directory / "office"
    with create_store(data, database) as store:
        folders = _fill(store, users)
    with _running(data, directory, processes) as running:
        urls = [one.wait_for(r"listening on (\S+)") for one in running]
        people, seconds = asyncio.run(_at_work(urls, folders, requests, running))
        processor_s = sum(one.processor_seconds for one in running)
        with open_store(data) as store:
            findings = len(check(store))
    times = sorted(each for person in people for each in (*person.reads, *person.writes))
    return Load(
        database="SQLite" if database is None else "PostgreSQL",
        processes=processes,
        users=users,
        requests=len(times),
        seconds=seconds,
        median_ms=times[len(times) // 2],
        most_ms=_most(times),
        writes_ms=_most(sorted(each for person in people for each in person.writes)),
        errors=sum(person.errors for person in people),
        findings=findings,
        processor_seconds=processor_s,
    )


def _most(times: Sequence[float]) -> float:
    return times[len(times) * 95 // 100]


def _fill(store: Store, users: int) -> list[FolderId]:
    """Make the users; return their calendars."""
    initialise(store)
    ids = [add_user(store, f"user{number}", PASSWORD, email=f"user{number}@passerelle.example").id
           for number in range(users)]  # fmt: skip
    with store.reading() as tx:
        calendars = {one.owner: one.id for one in tx.folders.all() if one.is_default and one.module is Module.CALENDAR}
    return [calendars[id_] for id_ in ids]


@contextmanager
def _running(data: Path, directory: Path, processes: int) -> Iterator[list[Server]]:
    with ExitStack() as stack:
        running = []
        for number in range(processes):
            place = directory / f"process{number}"
            place.mkdir()
            command: list[str | Path] = [PROGRAM, "server", "run", "--data", data, "--port", "0"]
            running.append(stack.enter_context(server(command, place, {})))
        yield running


async def _at_work(
    urls: Sequence[str], folders: Sequence[FolderId], requests: int, running: Sequence[Server]
) -> tuple[list[_Person], float]:
    """Log everybody in once, which is not measured, and then let all work at once; return them and the seconds."""
    limits = httpx2.Limits(max_connections=CONNECTIONS)
    turns = asyncio.Semaphore(CONNECTIONS)
    async with _clients(urls, limits) as clients:
        people = [
            _Person(clients[number % len(clients)], turns, number, folder) for number, folder in enumerate(folders)
        ]
        async with asyncio.TaskGroup() as group:
            for person in people:
                group.create_task(person.one())
        if any(person.errors for person in people):
            raise Failed("Somebody could not log in and work.")
        for person in people:
            person.reads.clear()
            person.writes.clear()
        for one in running:
            one.forget()
        began = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for person in people:
                group.create_task(person.work(requests))
        return people, time.perf_counter() - began


@asynccontextmanager
async def _clients(urls: Sequence[str], limits: httpx2.Limits) -> AsyncIterator[list[httpx2.AsyncClient]]:
    """A client for each server."""
    async with AsyncExitStack() as stack:
        timeout = httpx2.Timeout(_PATIENCE_S)
        clients = [httpx2.AsyncClient(base_url=url, limits=limits, timeout=timeout) for url in urls]
        yield [await stack.enter_async_context(client) for client in clients]
