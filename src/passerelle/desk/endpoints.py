"""From a function of a visit to a route: who is let in, what a form may hold, and what a refusal looks like."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from passerelle.desk.doors import Doors
from passerelle.desk.guarding import proves
from passerelle.desk.visit import Fields, NobodyYet, Visit
from passerelle.model.errors import Forbidden, NotFound, PasserelleError, Stale, Unreachable
from passerelle.server.limits import BodyTooLarge, read_body
from passerelle.server.requests import USER

Page = Callable[[Visit], Response]
MAX_FORM_BYTES: Final = 2 * 1024 * 1024
MAX_FILE_BYTES: Final = 32 * 1024 * 1024
MAX_FIELDS: Final = 1000
PLACE_HEADER: Final = "X-Desk-Place"
"""The place in history after something was done: the page looks anew, and need not be told of what was before."""


def shown(path: str, page: Page, doors: Doors) -> Route:
    """A page that shows something."""

    async def endpoint(request: Request) -> Response:
        return await run_in_threadpool(_answer, request, page, doors, dict(request.query_params))

    return Route(path, endpoint, methods=["GET"])


def doing(path: str, page: Page, doors: Doors) -> Route:
    """A page that does something, for one of our own forms."""

    async def endpoint(request: Request) -> Response:
        fields = await read_fields(request)
        return await run_in_threadpool(_answer, request, page, doors, fields)

    return Route(path, endpoint, methods=["POST"])


def receiving(path: str, page: Callable[[Visit, bytes], Response], doors: Doors) -> Route:
    """A page that takes a file, which is the whole body; who it comes from is asked before it is read."""

    async def endpoint(request: Request) -> Response:
        if await run_in_threadpool(doors.guest, request) is None:
            return doors.turn_away(request)
        body = await read_body(request.receive, MAX_FILE_BYTES, announced=request.headers.get("content-length"))
        fields = dict(request.query_params)
        return await run_in_threadpool(_answer, request, lambda visit: page(visit, body), doors, fields)

    return Route(path, endpoint, methods=["POST"])


async def read_fields(request: Request) -> Fields:
    """What a form says.

    Raises:
        BodyTooLarge: more bytes, or more fields, than a form may hold.
    """
    body = await read_body(request.receive, MAX_FORM_BYTES)
    try:
        return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MAX_FIELDS))
    except ValueError as error:
        raise BodyTooLarge from error


def entered(request: Request, doors: Doors, fields: Fields) -> Visit | Response:
    """The visit of somebody who is let in, and whose request comes from one of our pages; or an answer to others."""
    guest = doors.guest(request)
    if guest is None:
        return doors.turn_away(request)
    if guest.session is not None:
        request.scope[USER] = guest.session.user_id
    visit = Visit(request, doors, guest, fields)
    if request.method != "GET" and not proves(request, guest.key, fields.get("token", "")):
        return PlainTextResponse(visit.words.say("This page is out of date. Load it again."), 403)
    return visit


def _answer(request: Request, page: Page, doors: Doors, fields: Fields) -> Response:
    visit = entered(request, doors, fields)
    if isinstance(visit, Response):
        return visit
    try:
        answer = page(visit)
        stays = answer.status_code == HTTPStatus.NO_CONTENT and "HX-Redirect" not in answer.headers
        if stays and visit.guest.session is not None:
            answer.headers[PLACE_HEADER] = str(visit.guest.session.moment())
        return answer
    except NobodyYet:
        return RedirectResponse(f"{visit.root}{doors.home}", 303)
    except PasserelleError as error:
        return PlainTextResponse(visit.words.say(error.text), status_of(error))


def status_of(error: PasserelleError) -> int:
    """The HTTP status of a refusal."""
    match error:
        case NotFound():
            return 404
        case Forbidden():
            return 403
        case Stale():
            return 409
        case Unreachable():
            return 502
        case _:
            return 422
