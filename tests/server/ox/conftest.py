"""What the tests of the OX interface share: one organisation on a real server, and folders for each test.

The server is the command line's, in a process of its own; it is started once. Every test works in folders of its
own, so tests neither depend on one another nor on their order. The server's log must stay free of tracebacks.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest

from tests.support.commands import Server, User
from tests.support.ox.client import Folder, Http, OxUser

ZONE = "Europe/Berlin"
ANNA = User(login="anna", name="Anna Adler", email="anna@example.org", password="Anna's Paßwort: 1")
BEN = User(login="ben", name="Ben Brandt", email="ben@example.org", password="ben:with:colons")
CARL = User(login="carl", name="Carl Clausen", email="carl@example.org", password="carl <&> 3")
ROOM = "Blue room"
TEAM = "Team"


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The users anna, ben and carl in Berlin; anna and ben are the group Team; there is a Blue room."""
    organisation = Server(tmp_path_factory.mktemp("organisation"), zone=ZONE)
    for user in (ANNA, BEN, CARL):
        organisation.add_user(user)
    organisation.add_group(TEAM, ANNA, BEN)
    organisation.add_resource(ROOM, "blue-room@example.org")
    with organisation:
        yield organisation


@pytest.fixture(autouse=True)
def no_traceback(server: Server) -> Iterator[None]:
    """Whatever a test does to the server, nothing that nobody expected may happen inside."""
    before = len(server.log())
    yield
    written = server.log()[before:]
    assert "Traceback" not in written, written


@pytest.fixture(scope="session")
def anna(server: Server) -> OxUser:
    return OxUser(server.url, ANNA)


@pytest.fixture(scope="session")
def ben(server: Server) -> OxUser:
    return OxUser(server.url, BEN)


@pytest.fixture(scope="session")
def carl(server: Server) -> OxUser:
    return OxUser(server.url, CARL)


@pytest.fixture
def http(server: Server) -> Http:
    """Requests without credentials."""
    return Http(server.url)


@pytest.fixture(scope="session")
def team(anna: OxUser) -> int:
    """The number of the group of anna and ben."""
    return anna.named("group", TEAM)


@pytest.fixture(scope="session")
def room(anna: OxUser) -> int:
    """The number of the room."""
    return anna.named("resource", ROOM)


_numbers = count(1)


@pytest.fixture
def title() -> str:
    """A folder name that no other test uses."""
    return f"Folder {next(_numbers)}"


@pytest.fixture
def calendar(anna: OxUser, title: str) -> Iterator[Folder]:
    """A new private calendar of anna's, gone afterwards: an endless series in it would collide with later tests."""
    folder = anna.make_folder("calendar", title)
    yield folder
    anna.try_write("folders", object_id=folder.id, method="DELETE")


@pytest.fixture
def contacts(anna: OxUser, title: str) -> Folder:
    """A new private contact folder of anna's."""
    return anna.make_folder("contact", title)


@pytest.fixture
def tasks(anna: OxUser, title: str) -> Folder:
    """A new private task folder of anna's."""
    return anna.make_folder("task", title)
