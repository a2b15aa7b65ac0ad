"""``webdav.attachments``: files that hang on items, sent and fetched as plain bodies (OX reference, section 15).

All arguments are request headers. The interface knows no error texts here: a failure is a bare status, so the reason
goes into a header of our own for those who look.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import quote, unquote_plus

from msgspec import Struct
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from passerelle.groupware.attachments import NewFile, Target
from passerelle.groupware.session import Session
from passerelle.model.errors import Contradiction, Forbidden, Invalid, Missing, NotFound, Refused, Unauthenticated
from passerelle.model.folders import Module
from passerelle.model.ids import AttachmentId, FolderId, ItemId
from passerelle.server.auth import Authenticator, TooManyAttempts
from passerelle.server.files import download, received
from passerelle.server.ox.answer import document
from passerelle.server.ox.servlet import MULTISTATUS, log_in, options, refuse_login
from passerelle.store import Store
from passerelle.wire.oxxml import answers
from passerelle.wire.oxxml.values import LONG, boolean, integer

REASON: Final = "X-Reason"
_MODULES: Final = {1: Module.CALENDAR, 4: Module.TASKS, 7: Module.CONTACTS}
_IN_MEMORY_BYTES: Final = 256 * 1024
_PIECE_BYTES: Final = 256 * 1024
_PLAIN_BYTES: Final = "application/octet-stream"
_VERBS: Final = ("GET", "PUT", "DELETE")


class Arguments(Struct, frozen=True):
    """What the headers of a request name."""

    target: Target
    attachment: AttachmentId | None
    headers: Mapping[str, str]


class AttachmentServlet:
    """The URL of attachments as an ASGI application."""

    def __init__(self, store: Store, authenticator: Authenticator) -> None:
        self._store = store
        self._authenticator = authenticator

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        response = await self._answer(Request(scope, receive))
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        if request.method == "OPTIONS":
            return options(_VERBS)
        try:
            session = await log_in(request, self._store, self._authenticator)
        except (Unauthenticated, TooManyAttempts) as error:
            return refuse_login(error)
        try:
            match request.method:
                case "GET":
                    return await run_in_threadpool(_get, session, _arguments(request.headers))
                case "PUT":
                    return await _put(session, request)
                case "DELETE":
                    return await run_in_threadpool(_delete, session, _arguments(request.headers))
                case _:
                    return _failed(400, f"{request.method} is not supported here. Use one of {', '.join(_VERBS)}.")
        except Refused as error:
            return _failed(_status(error, request.method), str(error))


def _arguments(headers: Mapping[str, str]) -> Arguments:
    """The arguments that all verbs share.

    Raises:
        Missing: a mandatory header is absent.
        Invalid: a number is none, or names no module with attachments.
    """
    module = _MODULES.get(_number(headers, "module") or 0)
    if module is None:
        raise Invalid("The header module names none of 1 (appointment), 4 (task) and 7 (contact).", "module")
    item = _number(headers, "target_id")
    if item is None:
        raise Missing("The header target_id is missing.", "target_id")
    folder, attachment = _number(headers, "target_folder_id"), _number(headers, "object_id")
    return Arguments(
        Target(ItemId(item), module, FolderId(folder) if folder else None),
        AttachmentId(attachment) if attachment else None,
        headers,
    )


def _number(headers: Mapping[str, str], name: str) -> int | None:
    text = headers.get(name)
    return None if text is None else integer(text, name, 0, LONG)


def _existing(arguments: Arguments) -> AttachmentId:
    if arguments.attachment is None:
        raise Missing("The header object_id is missing.", "object_id")
    return arguments.attachment


def _get(session: Session, arguments: Arguments) -> Response:
    return download(*session.open_attachment(arguments.target, _existing(arguments)))


async def _put(session: Session, request: Request) -> Response:
    arguments = _arguments(request.headers)
    if arguments.target.folder is None:
        raise Missing("The header target_folder_id is missing.", "target_folder_id")
    limit = (await run_in_threadpool(session.attachment_limits)).file
    async with received(request, limit) as (stream, size):
        file = NewFile(
            name=_file_name(request.headers),
            media_type=request.headers.get("content-type") or _PLAIN_BYTES,
            size=size,
            stream=stream,
            rtf=boolean(request.headers.get("rtf_flag", "false")),
        )
        attachment, stamp = await run_in_threadpool(session.attach, arguments.target, file, arguments.attachment)
    answer = answers.written(attachment.id, stamp, client_id=request.headers.get("client_id"))
    return Response(b"".join(document([answer])), 207, media_type=MULTISTATUS)


def _file_name(headers: Mapping[str, str]) -> str:
    """The name, URL-encoded UTF-8; bytes that were not encoded at all are taken as UTF-8."""
    said = headers.get("filename", "").encode("latin-1").decode("utf-8", "replace")
    return unquote_plus(said)


def _delete(session: Session, arguments: Arguments) -> Response:
    if arguments.target.folder is None:
        raise Missing("The header target_folder_id is missing.", "target_folder_id")
    session.detach(arguments.target, _existing(arguments))
    return Response()


def _status(error: Refused, method: str) -> int:
    """The bare status of a refusal: any failure of PUT is 500, the other verbs tell some apart."""
    if method != "PUT" and isinstance(error, NotFound):
        return 404
    if method != "PUT" and isinstance(error, Contradiction):
        return 409
    if method != "PUT" and isinstance(error, Forbidden):
        return 403
    return 500


def _failed(status: int, reason: str) -> Response:
    return Response(status_code=status, headers={REASON: quote(reason, safe=" ,.:()'%/")})
