"""One request of somebody who was let in."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import cached_property
from typing import Final, final

from starlette.requests import Request
from starlette.responses import Response

from passerelle.desk.done import just_done
from passerelle.desk.doors import Doors, Guest
from passerelle.desk.fields import whole
from passerelle.desk.guarding import token_of
from passerelle.desk.instead import page_catalogue
from passerelle.desk.parties import Directory
from passerelle.desk.rendering import render
from passerelle.desk.requests import is_part, root_of, words_of
from passerelle.groupware.free_busy import BusyTime
from passerelle.groupware.history import Place
from passerelle.groupware.session import Session
from passerelle.model.ids import Stamp
from passerelle.model.participants import Participant
from passerelle.model.text import Text
from passerelle.translations import Catalogue, language_of

_LARGEST: Final = 2**62

Fields = Mapping[str, str]
"""What a form or an address says, each name once."""


class Typed(dict[str, str]):
    """What a form shows: what was typed into it, and nothing in the fields that a browser did not send."""

    def __missing__(self, name: str) -> str:
        """A box that is not ticked, or a part of the form that did not apply."""
        return ""


class NobodyYet(Exception):
    """There is no account yet, so that there is nothing to show of one."""


@final
class Visit:
    """Who asks for what, and how an answer is made. ``fields`` is what the form says, or else the address."""

    def __init__(self, request: Request, doors: Doors, guest: Guest, fields: Fields) -> None:
        self.request = request
        self.fields = fields
        self.words: Catalogue = (
            words_of(request) if guest.session is None else page_catalogue(language_of(guest.session.user.locale))
        )
        self.guest = guest
        self._doors = doors
        self._token = token_of(guest.key)
        now = datetime.now(UTC)
        self._began = now.replace(microsecond=now.microsecond // 1000 * 1000)  # as fine as the journal's clock
        self._place: Stamp | None = None
        if guest.session is not None and (request.method == "POST" or not is_part(request)):
            self._place = guest.session.moment()  # before anything is read for the page, or done

    @property
    def session(self) -> Session:
        """What the user can do. Raises NobodyYet."""
        if self.guest.session is None:
            raise NobodyYet
        return self.guest.session

    @property
    def root(self) -> str:
        """Where the pages are mounted."""
        return root_of(self.request)

    @property
    def is_replica(self) -> bool:
        """Whether the pages stand before a replica."""
        return self._doors.is_replica

    @property
    def server(self) -> str:
        """Where the pages of the server are that a replica is in step with; "" where there are none of ours."""
        return self._doors.server()

    def busy_elsewhere(
        self, parties: Iterable[Participant], start: datetime, end: datetime
    ) -> Mapping[tuple[str, str], tuple[BusyTime, ...]]:
        """When participants are busy, by their identity, as the server of a replica tells now."""
        return self._doors.busy(parties, start, end)

    def page(self, template: str, values: Mapping[str, object], status: int = 200) -> Response:
        """A whole page, or a part of one."""
        frame = {
            "token": self._token,
            "user": self.guest.session and self.guest.session.user,
            "can_leave": self._doors.can_leave,
            "is_replica": self.is_replica,
            "areas": self._doors.areas(self.guest),
            "root": self.root,
            "place": self._place,
        }
        return render(template, self.words, {**frame, **values}, status)

    @cached_property
    def directory(self) -> Directory:
        """Everybody who can be invited by name."""
        return Directory(self.session)

    def done(self, message: Text, *, folders: bool = False) -> Response:
        """What was asked for is done: the page closes its dialog, says so with a way to undo it, and shows all anew."""
        undo = "" if folders or self._place is None else just_done(self.session, Place(self._place), self._began)
        told = json.dumps({"done": {"message": self.words.say(message), "folders": folders, "undo": undo}})
        return Response(status_code=204, headers={"HX-Trigger": told})

    def go(self, path: str) -> Response:
        """The page that is to be shown next."""
        return Response(status_code=204, headers={"HX-Redirect": f"{self.root}{path}"})

    def number(self, name: str) -> int:
        """A number of the form.

        Raises:
            Invalid: it is none.
        """
        return whole(self.fields.get(name, ""), name, _LARGEST)
