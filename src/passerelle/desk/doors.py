"""Who is let in: the server's pages ask for a password, those of a replica for a token that its user was given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from passerelle.groupware.session import Session


class Guest(Struct, frozen=True):
    """Somebody who was let in; ``key`` is the secret that this browser alone has."""

    session: Session
    key: str


class Doors(Protocol):
    """Lets people in and out."""

    can_leave: bool
    """Whether there is a way out, ``/leave``."""

    def guest(self, request: Request) -> Guest | None:
        """Whoever sends the request, if that person was let in. May block."""

    def holds(self, key: str) -> bool:
        """Whether a browser with this key is still let in. To ask is no visit. May block."""

    def turn_away(self, request: Request) -> Response:
        """What somebody gets who is not let in and wants to see a page."""

    def routes(self) -> Sequence[Route]:
        """The ways in and out, which are open to everybody."""
