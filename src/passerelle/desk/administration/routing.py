"""Which address shows what of the administration, to administrators only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from starlette.responses import Response
from starlette.routing import BaseRoute

from passerelle.desk.administration import groups, links, resources, server, users
from passerelle.desk.doors import Area, Doors, Guest
from passerelle.desk.endpoints import Page, doing, shown
from passerelle.desk.visit import Visit
from passerelle.groupware.admin.administration import Administration
from passerelle.model.text import Text

Administrative = Callable[[Administration, Visit], Response]
_AREA: Final = Area("/admin", Text("Administration"))

_SHOWN: Final[dict[str, Administrative]] = {
    "": users.page,
    "/users/rows": users.rows,
    "/user": users.form,
    "/user/password": users.password,
    "/user/delete": users.removal,
    "/groups": groups.page,
    "/groups/rows": groups.rows,
    "/group": groups.form,
    "/group/people": groups.people,
    "/resources": resources.page,
    "/resources/rows": resources.rows,
    "/resource": resources.form,
    "/logins": server.logins,
    "/logins/rows": server.login_rows,
    "/links": links.page,
    "/links/rows": links.rows,
    "/health": server.health,
    "/check": server.check,
}
_DOING: Final[dict[str, Administrative]] = {
    "/user/save": users.save,
    "/user/password": users.set_password,
    "/user/delete": users.remove,
    "/group/save": groups.save,
    "/group/delete": groups.remove,
    "/resource/save": resources.save,
    "/resource/delete": resources.remove,
    "/logins/end": server.end_login,
    "/links/revoke": links.revoke,
}


def routes(doors: Doors) -> Sequence[BaseRoute]:
    """All of them."""
    return (
        *(shown(f"/admin{path}", _administered(page), doors) for path, page in _SHOWN.items()),
        *(doing(f"/admin{path}", _administered(page), doors) for path, page in _DOING.items()),
    )


def areas(guest: Guest) -> Sequence[Area]:
    """Where they are, for who may see them."""
    return (_AREA,) if guest.session is not None and guest.session.user.administrator else ()


def _administered(page: Administrative) -> Page:
    """A page that nobody gets who is no administrator: what it needs to do anything cannot be made."""
    return lambda visit: page(Administration(visit.session), visit)
