"""Two people book one room at the same instant, again and again: each time exactly one of them gets it.

The server is the command line's, as one process on either database, and as two that share one.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from threading import Barrier

import msgspec
import pytest

from tests import postgresql
from tests.support.commands import Server, User
from tests.support.ox import elements as ox
from tests.support.ox.answers import Response
from tests.support.ox.client import Folder, OxUser

pytestmark = [pytest.mark.rule("10.resources", "5.6.rooms"), pytest.mark.long]

ADA = User(login="ada", name="Ada Acker", email="ada@example.org", password="ada's secret")
BEA = User(login="bea", name="Bea Bach", email="bea@example.org", password="bea's secret")
ROUNDS = 24
FIRST = ox.ms("2094-03-01 08:00")


class Race(msgspec.Struct, frozen=True):
    """The calendars of the two, each through its own process if there are two, and the room."""

    calendars: tuple[Folder, Folder]
    room: int


@pytest.fixture(
    params=[
        "one process on SQLite",
        pytest.param("one process on PostgreSQL", marks=pytest.mark.postgresql),
        pytest.param("two processes on PostgreSQL", marks=pytest.mark.postgresql),
    ]
)
def race(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Race]:
    with ExitStack() as stack:
        server = Server(tmp_path, zone="Europe/Berlin", database=database(stack, request.param))
        for user in (ADA, BEA):
            server.add_user(user)
        server.add_resource("Room", "room@example.org")
        first = second = stack.enter_context(server)
        if request.param.startswith("two"):
            second = stack.enter_context(server.beside())
        users = OxUser(first.url, ADA), OxUser(second.url, BEA)
        ada, bea = (user.default("calendar") for user in users)
        yield Race((ada, bea), users[0].named("resource", "Room"))


def database(stack: ExitStack, kind: str) -> str | None:
    if kind.endswith("SQLite"):
        return None
    binaries = postgresql.programs()
    if binaries is None:
        pytest.skip("PostgreSQL is not installed (Debian package postgresql)")
    server = stack.enter_context(postgresql.running(binaries))
    return server.url(server.new_database())


def test_exactly_one_gets_the_room(race: Race) -> None:
    starting = Barrier(2, timeout=30)

    def book(calendar: Folder) -> list[Response]:
        return [attempt(calendar, number) for number in range(ROUNDS)]

    def attempt(calendar: Folder, number: int) -> Response:
        start = FIRST + number * ox.HOUR
        starting.wait()
        return calendar.try_create(
            title=f"{calendar.user.account.login} {number}",
            start_date=start,
            end_date=start + ox.HOUR,
            participants=ox.resource(race.room),
            ignore_conflicts=True,
        )

    with ThreadPoolExecutor(2) as people:
        answers = list(zip(*people.map(book, race.calendars), strict=True))

    outcomes = [sorted(answer.outcome for answer in pair) for pair in answers]
    assert outcomes == [[("200", "1200"), ("409", "1006")]] * ROUNDS
    for number, pair in enumerate(answers):
        (loser,) = (answer for answer in pair if answer.status == "409")
        start = FIRST + number * ox.HOUR
        assert [collision[1:] for collision in loser.collisions] == [(start, start + ox.HOUR, "false")]
    assert sum(len(calendar.live()) for calendar in race.calendars) == ROUNDS
