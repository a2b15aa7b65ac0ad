"""Runs the pages of a replica on loopback, for the browser of whoever starts them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, final

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import RedirectResponse
from starlette.routing import Mount, Route

from passerelle.desk.app import create_desk
from passerelle.desk.connector.household import Household
from passerelle.desk.latchkey import Latchkey, NamedHost
from passerelle.server.limits import Barrier, Patience
from passerelle.server.push.hub import Teller
from passerelle.server.run import HubServer, listening_socket

HOST: Final = "127.0.0.1"
GRACE_S: Final = 3


@final
class Pages:
    """The pages of a replica, while they are served. May be used by any thread."""

    def __init__(self, server: HubServer, doors: Latchkey, address: str) -> None:
        self._server = server
        self._doors = doors
        self._address = address

    def invite(self, page: str = "/") -> str:
        """The address that lets one browser in, and leads to a page."""
        return f"http://{self._address}/desk{self._doors.invite(page)}"

    def end(self) -> None:
        """Have them served no longer, after what is under way."""
        self._server.should_exit = True


def serve_replica(household: Household, port: int, on_ready: Callable[[Pages], None]) -> None:
    """Answer the browser until told to end, in the main thread also by SIGTERM or Ctrl-C.

    ``on_ready`` is given the pages, to let a browser in.

    Raises:
        Misconfigured: the port is taken.
    """
    with listening_socket(HOST, port) as bound:
        address = f"{HOST}:{bound.getsockname()[1]}"
        doors, hub = Latchkey(household.session, household), household.hubs
        server = HubServer(
            uvicorn.Config(
                application(doors, hub, address),
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=GRACE_S,
            ),
            hub,
        )
        with hub.running():
            on_ready(Pages(server, doors, address))
            server.run(sockets=[bound])


def application(doors: Latchkey, hub: Teller, address: str) -> Starlette:
    """The pages behind doors, for requests that name the address that they are at. ``hub`` tells of changes."""
    port = address.partition(":")[2]
    hosts = (address, f"localhost:{port}")
    return Starlette(
        routes=[Route("/", RedirectResponse("/desk/", 303)), Mount("/desk", create_desk(doors, hub))],
        middleware=[Middleware(NamedHost, hosts), Middleware(Barrier), Middleware(Patience)],
    )
