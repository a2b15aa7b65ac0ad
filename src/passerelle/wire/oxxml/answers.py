"""The server's side of multistatus answers, in pieces to be streamed (OX reference, 4.2, 5.3, 6)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from passerelle.model.errors import Collision, Overlap, Refused, Unreadable
from passerelle.model.moments import milliseconds
from passerelle.wire.oxxml.errors import BAD_REQUEST, SERVER_ERROR, code
from passerelle.wire.oxxml.markup import DAV, DECLARATION, OURS, OX, attribute, escape, flag
from passerelle.wire.oxxml.requests import WrongRoot, next_client_id

_START = f'<D:response xmlns:ox="{OX}"><D:href>'
_PROP = "</D:href><D:propstat><D:prop>"
_END = "</D:propstat></D:response>\n"
_OK = f"</D:prop><D:status>200</D:status><D:responsedescription>OK</D:responsedescription>{_END}"
_START_B, _PROP_B, _OK_B = _START.encode(), _PROP.encode(), _OK.encode()

CLOSE = b"</D:multistatus>\n"
"""The end of every answer."""


def opening(version: str, build: str) -> bytes:
    """The beginning of every answer: declaration and root with our version and name (section 3)."""
    root = f'<D:multistatus xmlns:D="{DAV}" version="{attribute(version)}" buildname="{attribute(build)}">\n'
    return f"{DECLARATION}{root}".encode()


def live(object_id: int, properties: bytes) -> bytes:
    """An object that is there, new or changed; ``properties`` comes from its kind's ``encode``."""
    return b"".join((_START_B, b"%d" % object_id, _PROP_B, properties, _OK_B))


def gone(object_id: int, stamp: int | None = None, recurrence_id: int | None = None) -> bytes:
    """A deletion stub.

    Folders have no ``stamp``; ``recurrence_id`` names the series that an appointment was part of.
    """
    return (
        f"{_START}{object_id}{_PROP}{_result(object_id, stamp, recurrence_id, None)}"
        f"<ox:object_status>DELETE</ox:object_status>{_OK}"
    ).encode()


def listing(ids: Iterable[int]) -> Iterator[bytes]:
    """The answer to the LIST mode: one response with the ids of all objects, in pieces."""
    yield f"{_START}0{_PROP}<ox:object_status>LIST</ox:object_status><ox:object_list>".encode()
    pending: list[str] = []
    for one in ids:
        pending.append(f"<ox:id>{one}</ox:id>")
        if len(pending) == _PIECE:
            yield "".join(pending).encode()
            pending.clear()
    yield f"{''.join(pending)}</ox:object_list>{_OK}".encode()


_PIECE = 1000


def written(
    object_id: int, stamp: int | None, *, recurrence_id: int | None = None, client_id: str | None = None
) -> bytes:
    """One block of a write has been carried out.

    ``recurrence_id`` is 0 for single appointments, None for contacts.
    """
    prop = _result(object_id, stamp, recurrence_id, client_id)
    return _response(object_id, prop, 200, "[1200] OK")


def failed(
    refused: Refused,
    object_id: int = 0,
    *,
    recurrence_id: int | None = None,
    client_id: str | None = None,
    extended: bool = False,
) -> bytes:
    """One block of a write was refused; ``object_id`` is 0 for what was to be made.

    Overlaps list what stands there.
    """
    status, _, text = code(refused)
    items = conflict_items(refused.collisions, extended=extended) if isinstance(refused, Overlap) else ""
    return _response(object_id, _result(object_id, None, recurrence_id, client_id), status, text, items)


def not_found() -> bytes:
    """The single object that was asked for is not there (section 4.2)."""
    return _response(0, "", 404, "[1001] Object not found")


def broken(
    message: str, object_id: int | None = None, *, recurrence_id: int | None = None, client_id: str | None = None
) -> bytes:
    """A block that failed on our side; without ``object_id`` an object that cannot be written out.

    The rest of the answer goes on.
    """
    prop = "" if object_id is None else _result(object_id, None, recurrence_id, client_id)
    return _response(object_id or 0, prop, 500, f"[{SERVER_ERROR}] {message}")


def unreadable(error: Unreadable, body: bytes) -> bytes:
    """The only response to a write that could not be read, of which nothing was carried out (section 6.3)."""
    status = 400 if isinstance(error, WrongRoot) else 500
    line = f", line {error.line}" if error.line else ""
    prop = _result(0, None, None, next_client_id(body, error.line))
    return _response(0, prop, status, f"[{BAD_REQUEST}] [{str(error).rstrip('.')}{line}]")


def conflict_items(collisions: Sequence[Collision], *, extended: bool = False) -> str:
    """What stands in an appointment's way (section 10.5): two elements of the DAV namespace.

    ``extended`` marks resources that can never be booked twice, so that no client tries again in vain.
    """
    return f"<D:conflictitems>{''.join([_conflict_item(one, extended) for one in collisions])}</D:conflictitems>"


def _conflict_item(one: Collision, extended: bool) -> str:  # noqa: FBT001 - as given to conflict_items
    hard = f' xmlns:p="{OURS}" p:hard="true"' if extended and one.hard else ""
    when = f"{milliseconds(one.start)},{milliseconds(one.end)},{flag(one.whole_day)}"
    return f'<D:conflictitem ox:subject="{attribute(one.title)}"{hard}>{when}</D:conflictitem>'


def _optional(name: str, value: int | None) -> str:
    return "" if value is None else f"<ox:{name}>{value}</ox:{name}>"


def _result(object_id: int, stamp: int | None, recurrence_id: int | None, client_id: str | None) -> str:
    named = "" if client_id is None else f"<ox:client_id>{escape(client_id)}</ox:client_id>"
    return (
        f"<ox:object_id>{object_id}</ox:object_id>{_optional('last_modified', stamp)}"
        f"{_optional('recurrence_id', recurrence_id)}{named}"
    )


def _response(object_id: int, prop: str, status: int, description: str, after: str = "") -> bytes:
    inner = f"<D:prop>{prop}</D:prop>" if prop else "<D:prop/>"
    return (
        f"{_START}{object_id}</D:href><D:propstat>{inner}<D:status>{status}</D:status>"
        f"<D:responsedescription>{escape(description)}</D:responsedescription>{after}"
        f"{_END}"
    ).encode()
