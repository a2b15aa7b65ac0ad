"""Who is let in: the server's pages ask for a password, those of a replica for a token that its user was given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from passerelle.groupware.free_busy import BusyTime
from passerelle.groupware.session import Session
from passerelle.model.participants import Participant
from passerelle.model.text import Text


class Guest(Struct, frozen=True):
    """Somebody who was let in; ``key`` is the secret that this browser alone has.

    Before the first account there is no ``session``: then there are only the pages that make one.
    """

    session: Session | None
    key: str


class Area(Struct, frozen=True):
    """A part of the pages beside calendar, contacts and tasks: its path, its name, and how much waits there.

    ``light`` is where a word on how things are comes from, for the frame of every page; "" for none.
    """

    path: str
    label: Text
    waiting: int = 0
    light: str = ""


class Doors(Protocol):
    """Lets people in and out."""

    can_leave: bool
    """Whether there is a way out, ``/leave``."""

    is_replica: bool
    """Whether a replica is behind them, which knows less of others than a server, and keeps no files on items."""

    home: str
    """The first page, for whoever has no session yet."""

    def server(self) -> str:
        """Where the pages of the server are that a replica is in step with; "" where there are none of ours."""

    def busy(
        self, parties: Iterable[Participant], start: datetime, end: datetime
    ) -> Mapping[tuple[str, str], tuple[BusyTime, ...]]:
        """When participants are busy, by their identity, as the server that a replica is in step with tells now."""

    def guest(self, request: Request) -> Guest | None:
        """Whoever sends the request, if that person was let in. May block."""

    def holds(self, key: str) -> bool:
        """Whether a browser with this key is still let in. To ask is no visit. May block."""

    def turn_away(self, request: Request) -> Response:
        """What somebody gets who is not let in and wants to see a page."""

    def routes(self) -> Sequence[Route]:
        """The ways in and out, which are open to everybody."""

    def pages(self) -> Sequence[BaseRoute]:
        """The pages that stand behind these doors only."""

    def areas(self, guest: Guest) -> Sequence[Area]:
        """The areas that a guest finds there."""
