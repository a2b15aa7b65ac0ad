"""The ASGI application: which URL is answered by which module."""

from __future__ import annotations

from collections.abc import Callable

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import RedirectResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp

from passerelle.groupware.lineage import lineage
from passerelle.model.folders import Module
from passerelle.server.auth import Authenticator
from passerelle.server.feeds import Feeds
from passerelle.server.health import Health
from passerelle.server.limits import Barrier, Patience
from passerelle.server.metrics import Metrics
from passerelle.server.ox.attachments import AttachmentServlet
from passerelle.server.ox.directory import directory_verbs
from passerelle.server.ox.folders import folder_verbs
from passerelle.server.ox.free_busy import FreeBusyServlet
from passerelle.server.ox.items import item_verbs
from passerelle.server.ox.login import Login
from passerelle.server.ox.servlet import Servlet
from passerelle.server.ox.version import VersionServlet
from passerelle.server.push.hub import Hub
from passerelle.server.push.stream import EventStream
from passerelle.server.requests import Watched
from passerelle.server.throttle import Throttle
from passerelle.server.trail import Trail
from passerelle.store import Store

Pages = Callable[[Authenticator, Hub], ASGIApp]
"""Makes the web pages; whoever logs in there is let in by the server's authenticator, and told of changes by a hub."""


def create_app(
    store: Store,
    metrics: Metrics | None = None,
    trail: Trail | None = None,
    hub: Hub | None = None,
    pages: Pages | None = None,
) -> ASGIApp:
    """The server over a store: every protocol and its protections, counted and noted by whom one likes.

    ``hub`` tells of changes while it runs; without one, nobody does. ``pages`` makes what people see at ``/desk``.
    """
    metrics, trail = metrics or Metrics(), trail or Trail(store)
    authenticator = Authenticator(store, Throttle(), metrics, trail)
    health = Health(store)
    servlets = {
        "folders": folder_verbs(),
        "calendar": item_verbs(Module.CALENDAR),
        "contacts": item_verbs(Module.CONTACTS),
        "tasks": item_verbs(Module.TASKS),
        "groupuser": directory_verbs(),
    }
    routes: list[BaseRoute] = []
    line = lineage(store)
    for name, verbs in servlets.items():
        routes += _both(f"/servlet/webdav.{name}", Servlet(store, authenticator, verbs, line))
    routes += _both("/servlet/webdav.attachments", AttachmentServlet(store, authenticator))
    routes += _both("/servlet/webdav.version", VersionServlet())
    routes += _both("/servlet/webdav.freebusy", FreeBusyServlet(store))
    routes.append(Route("/feeds/{token}/{name}", Feeds(store, Throttle())))
    if hub is not None:
        routes.append(Route("/events", EventStream(store, authenticator, hub)))
    routes.append(Route("/ajax/login", Login(authenticator).endpoint, methods=["GET", "POST"]))
    if pages is not None:
        routes += [Route("/", RedirectResponse("/desk/", 303)), Mount("/desk", pages(authenticator, hub or Hub(store)))]
    routes += [Route("/health", health.alive), Route("/health/ready", health.ready)]
    # As middleware, they stand inside Starlette's own barrier, which would answer 500 to whatever passes them.
    return Starlette(
        routes=routes, middleware=[Middleware(Watched, metrics.answered), Middleware(Barrier), Middleware(Patience)]
    )


def _both(path: str, servlet: ASGIApp) -> list[BaseRoute]:
    """A servlet answers all verbs itself, and also with a trailing slash (OX reference, section 19.3)."""
    return [Route(path, servlet), Route(f"{path}/", servlet)]
