"""The dialog that shares a calendar as a link: for programs of others that read it without login (decision 0044)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Struct
from starlette.responses import Response
from starlette.routing import BaseRoute

from passerelle.desk import saving
from passerelle.desk.doors import Doors
from passerelle.desk.endpoints import doing, shown
from passerelle.desk.rendering import moment_in_words
from passerelle.desk.visit import Typed, Visit
from passerelle.groupware.actor import Actor
from passerelle.groupware.feeds.making import create, may_pass_on, of_folder, revoke
from passerelle.groupware.views import FolderView
from passerelle.model.errors import Invalid, Refused
from passerelle.model.ids import FolderId
from passerelle.model.text import Text
from passerelle.store.feeds import Detail, Feed
from passerelle.translations import Catalogue

LEVELS: Final = {
    Detail.BUSY: (Text("Busy times only"), Text("When you are busy, and nothing of what it is about.")),
    Detail.LIMITED: (Text("Titles and places"), Text("No notes, and not who takes part.")),
    Detail.FULL: (Text("Everything"), Text("With notes, and with who takes part.")),
}
_NOT_SIMPLE: Final = re.compile(r"[^a-z0-9]+")


class Shown(Struct, frozen=True):
    """A link in a list: what is known of it, in words. ``fetched`` is empty where nobody has read it yet."""

    feed: Feed
    level: Text
    created: str
    fetched: str


def routes(doors: Doors) -> Sequence[BaseRoute]:
    """The dialog, and what it does."""
    return (
        shown("/folders/links", dialog, doors),
        doing("/folders/links/create", make, doors),
        doing("/folders/links/revoke", end, doors),
    )


def can_share(visit: Visit, view: FolderView) -> bool:
    """Whether a folder can be shared as a link, be it only at the server of a replica."""
    return may_pass_on(view.folder, view.effective, Actor(visit.session.user_id, frozenset()))


def dialog(visit: Visit) -> Response:
    """The links to a calendar, and a form for one more."""
    return _dialog(visit, visit.fields)


def make(visit: Visit) -> Response:
    """Make a link as the form says, and show it this one time; if that is refused, the form says why."""
    fields = visit.fields
    try:
        link = create(visit.session, FolderId(visit.number("id")), _detail(fields), fields.get("label", ""))
    except Refused as error:
        return _dialog(visit, fields, error=error)
    return _dialog(visit, {"id": fields["id"]}, address=_address(visit, link.token))


def end(visit: Visit) -> Response:
    """Take a link back."""
    revoke(visit.session, visit.fields.get("link", ""))
    return _dialog(visit, {"id": visit.fields.get("id", "")})


def described(feed: Feed, zone: str, words: Catalogue) -> Shown:
    """A link in words."""
    fetched = "" if feed.fetched is None else moment_in_words(feed.fetched, zone, words)
    return Shown(feed, LEVELS[feed.detail][0], moment_in_words(feed.created, zone, words), fetched)


def _detail(fields: Mapping[str, str]) -> Detail:
    try:
        return Detail(fields.get("detail", ""))
    except ValueError as error:
        raise Invalid("Say how much the link shows.", "detail") from error


def _address(visit: Visit, token: str) -> str:
    """Where the calendar is read from: at this server, by the name that the browser knows it by."""
    folder = visit.session.folder(FolderId(visit.number("id"))).folder
    name = _NOT_SIMPLE.sub("-", folder.name.casefold()).strip("-") or "calendar"
    url = visit.request.url
    return f"{url.scheme}://{url.netloc}{visit.request.scope.get('app_root_path', '')}/feeds/{token}/{name}.ics"


def _dialog(visit: Visit, values: Mapping[str, str], *, address: str = "", error: Refused | None = None) -> Response:
    view = visit.session.folder(FolderId(visit.number("id")))
    zone = visit.session.user.zone
    shown = {
        "view": view,
        "name": visit.session.folder_names((view.folder,))[view.folder.id],
        "levels": LEVELS,
        "links": [described(one, zone, visit.words) for one in of_folder(visit.session, view.folder.id)],
        "values": Typed({"detail": Detail.BUSY.value, **values}),
        "address": address,
        "webcal": re.sub(r"^https?:", "webcal:", address),
        "server": visit.server,
        "error": None if error is None else visit.words.say(saving.reason(error)),
    }
    return visit.page("folders/links.html", shown, 200 if error is None else 422)
