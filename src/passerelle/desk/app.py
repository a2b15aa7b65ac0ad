"""The application of the pages: which address is answered by which page."""

from __future__ import annotations

from http import HTTPStatus

from starlette.datastructures import MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route, Router
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from passerelle.desk import about, attachments, manual, outgoing, placing, reminding
from passerelle.desk.assets import DIRECTORY, FOREVER
from passerelle.desk.calendar import pages as calendar
from passerelle.desk.calendar import planner, year
from passerelle.desk.contacts import linked, merging
from passerelle.desk.contacts import pages as contacts
from passerelle.desk.doors import Doors
from passerelle.desk.endpoints import doing, receiving, shown
from passerelle.desk.folders import files, links
from passerelle.desk.folders import pages as folders
from passerelle.desk.guarding import Protected
from passerelle.desk.live import Live
from passerelle.desk.paper import routing as paper
from passerelle.desk.requests import root_of
from passerelle.desk.searching import found
from passerelle.desk.tasks import pages as tasks
from passerelle.desk.undoing import undo
from passerelle.server.push.hub import Teller


def create_desk(doors: Doors, hub: Teller) -> ASGIApp:
    """The pages behind some doors, to be mounted wherever one likes. ``hub`` tells them what changes elsewhere."""
    routes: list[BaseRoute] = [
        Route("/", _first),
        *doors.routes(),
        Route("/events", Live(doors, hub), methods=["GET"]),
        *doors.pages(),
        *attachments.routes(doors),
        shown("/about", about.page, doors),
        shown("/about/manual", manual.page, doors),
        shown("/calendar", calendar.page, doors),
        _compressed(shown("/calendar/events", calendar.events, doors)),
        shown("/calendar/year", year.year, doors),
        shown("/calendar/item", calendar.form, doors),
        doing("/calendar/save", calendar.save, doors),
        doing("/calendar/move", calendar.move, doors),
        doing("/calendar/delete", calendar.delete, doors),
        doing("/calendar/answer", calendar.answer, doors),
        doing("/calendar/planner", planner.planner, doors),
        shown("/calendar/names", planner.names, doors),
        shown("/calendar/zones", planner.zones, doors),
        shown("/contacts", contacts.page, doors),
        shown("/contacts/rows", contacts.rows, doors),
        shown("/contacts/item", contacts.form, doors),
        shown("/contacts/photo", contacts.photo, doors),
        shown("/contacts/people", contacts.people, doors),
        shown("/contacts/names", linked.names, doors),
        shown("/contacts/linked", linked.page, doors),
        shown("/contacts/duplicates", merging.page, doors),
        shown("/contacts/merge", merging.form, doors),
        doing("/contacts/merged", merging.save, doors),
        doing("/contacts/save", contacts.save, doors),
        doing("/contacts/delete", contacts.delete, doors),
        *placing.routes(doors),
        *outgoing.routes(doors),
        *paper.routes(doors),
        *links.routes(doors),
        shown("/search", found, doors),
        doing("/undo", undo, doors),
        *reminding.routes(doors),
        shown("/folders/tree", folders.branches, doors),
        shown("/folders/menu", folders.menu, doors),
        shown("/folders/new", folders.blank, doors),
        shown("/folders/item", folders.properties, doors),
        shown("/folders/names", folders.names, doors),
        shown("/folders/ending", folders.ending, doors),
        shown("/folders/file", files.fetch, doors),
        receiving("/folders/take", files.take, doors),
        doing("/folders/count", folders.count, doors),
        doing("/folders/create", folders.create, doors),
        doing("/folders/permit", folders.permit, doors),
        doing("/folders/save", folders.save, doors),
        doing("/folders/delete", folders.delete, doors),
        shown("/tasks", tasks.page, doors),
        shown("/tasks/rows", tasks.rows, doors),
        shown("/tasks/item", tasks.form, doors),
        doing("/tasks/save", tasks.save, doors),
        doing("/tasks/tick", tasks.tick, doors),
        doing("/tasks/answer", tasks.answer, doors),
        doing("/tasks/delete", tasks.delete, doors),
        Mount("/static", _Forever(GZipMiddleware(StaticFiles(directory=DIRECTORY)))),
    ]
    return Protected(Router(routes))


async def _first(request: Request) -> Response:
    return RedirectResponse(f"{root_of(request)}/calendar", 303)


def _compressed(route: Route) -> Route:
    """A route whose answers are large, and hold no secret of the page: those must not be compressed (BREACH)."""
    return Route(route.path, GZipMiddleware(route.app), methods=["GET"])


class _Forever:
    """Files that a browser may keep: their names change with their content."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""

        async def keeping_send(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == HTTPStatus.OK:
                MutableHeaders(scope=message)["Cache-Control"] = FOREVER
            await send(message)

        await self._app(scope, receive, keeping_send)
