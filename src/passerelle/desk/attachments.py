"""Files that hang on items, in their dialogs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from msgspec import Struct
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from passerelle.desk.doors import Doors
from passerelle.desk.endpoints import doing, entered, shown, status_of
from passerelle.desk.folders.tree import module_of
from passerelle.desk.saving import record_of
from passerelle.desk.visit import Visit
from passerelle.groupware.attachments import NewFile, Target
from passerelle.model.errors import Refused
from passerelle.model.ids import AttachmentId, ItemId
from passerelle.server.files import download, received

_UNKNOWN_TYPE: Final = "application/octet-stream"


class Line(Struct, frozen=True):
    """A file as the list shows it; ``size`` is in kilobytes, at least one."""

    id: AttachmentId
    name: str
    size: int


def routes(doors: Doors) -> Sequence[BaseRoute]:
    """The list of an item's files, and what can be done with each."""
    return (
        shown("/attachments", listing, doors),
        shown("/attachments/file", file, doors),
        Route("/attachments/add", _adding(doors), methods=["POST"]),
        doing("/attachments/remove", remove, doors),
    )


def listing(visit: Visit, *, follows: bool = False) -> Response:
    """The files of an item; where the page made the change, its form ``follows`` to the item's new version."""
    module = module_of(visit)
    record = record_of(visit, module)
    lines = [Line(one.id, one.name, max(1, one.size // 1000)) for one in record.attachments if not one.rtf]
    values = {"record": record, "module": visit.fields["module"], "lines": lines, "follows": follows}
    return visit.page("attachments.html", values)


def file(visit: Visit) -> Response:
    """One file, to be kept."""
    return download(*visit.session.open_attachment(_target(visit), AttachmentId(visit.number("file"))))


def remove(visit: Visit) -> Response:
    """Take a file off an item."""
    target = _target(visit)
    is_seen = _is_as_seen(visit)
    visit.session.detach(target, AttachmentId(visit.number("file")))
    return listing(visit, follows=is_seen)


def _adding(doors: Doors) -> Callable[[Request], Awaitable[Response]]:
    async def add(request: Request) -> Response:
        visit = await run_in_threadpool(entered, request, doors, dict(request.query_params))
        if isinstance(visit, Response):
            return visit
        try:
            limit = (await run_in_threadpool(visit.session.attachment_limits)).file
            async with received(request, limit) as (stream, size):
                new = NewFile(
                    name=visit.fields.get("name", ""),
                    media_type=request.headers.get("content-type") or _UNKNOWN_TYPE,
                    size=size,
                    stream=stream,
                )
                return await run_in_threadpool(_attach, visit, new)
        except Refused as error:
            return PlainTextResponse(visit.words.say(error.text), status_of(error))

    return add


def _attach(visit: Visit, new: NewFile) -> Response:
    is_seen = _is_as_seen(visit)
    visit.session.attach(_target(visit), new)
    return listing(visit, follows=is_seen)


def _is_as_seen(visit: Visit) -> bool:
    """Whether the item is still as the dialog shows it."""
    return record_of(visit, module_of(visit)).stamp == visit.number("stamp")


def _target(visit: Visit) -> Target:
    record = record_of(visit, module_of(visit))
    return Target(ItemId(record.id), module_of(visit), record.folder)
