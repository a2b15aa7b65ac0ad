"""The three request documents, read and written (OX reference, sections 4.1, 5.1, 6.3 and 14.1)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import StrEnum

from lxml import etree
from msgspec import Struct

from passerelle.model.errors import Invalid, Unreadable
from passerelle.wire.oxxml.markup import DAV, DECLARATION, OURS, OX, element
from passerelle.wire.oxxml.parsing import PROP, Properties, parse, properties
from passerelle.wire.oxxml.values import LONG, integer

_UPDATE = f"{{{DAV}}}propertyupdate"
_SET = f"{{{DAV}}}set"
_REMOVE = f"{{{DAV}}}remove"
_MULTISTATUS = f"{{{DAV}}}multistatus"
_NAMESPACES = f'xmlns:D="{DAV}" xmlns:ox="{OX}"'
EXTENDED = f'<p:extended xmlns:p="{OURS}"/>'

_client_id = re.compile(rb"<(?:[\w.-]+:)?client_id[^<>]*+>([^<]*+)<")


class WrongRoot(Unreadable):
    """A write whose root element is not one that writes have (section 6.3: status 400 rather than 500)."""


class Method(StrEnum):
    """What one block of a write does (section 5.1)."""

    SAVE = "SAVE"
    DELETE = "DELETE"
    CONFIRM = "CONFIRM"
    CLEAR = "CLEAR"


class Mode(StrEnum):
    """Which parts of a change list are asked for (section 4.1)."""

    MODIFIED = "MODIFIED"
    DELETED = "DELETED"
    LIST = "LIST"


class Propfind(Struct, frozen=True, kw_only=True):
    """A read. ``modes`` set: a change list since ``lastsync``; None: the one object ``object_id``.

    ``extended`` is asked for by clients that know :mod:`passerelle.wire.oxxml.extension`.
    """

    folder_id: int | None = None
    object_id: int | None = None
    lastsync: int = 0
    modes: frozenset[Mode] | None = None
    extended: bool = False


class DirectoryQuery(Struct, frozen=True, kw_only=True):
    """A read of the directory: a search pattern (``*`` for all) per kind asked for, None for the others."""

    user: str | None = None
    group: str | None = None
    resource: str | None = None
    lastsync: int | None = None
    extended: bool = False


class Control(Struct, frozen=True, kw_only=True):
    """The control elements of one block of a write (section 5.1).

    No ``object_id``: create. ``folder_id`` is where the object is now, ``destination`` (``ox:folder``) where
    it is to go. ``last_modified`` is the version that the change is based on, in milliseconds. A position
    (``recurrence_position``, 1-based, or ``recurrence_date_position``, milliseconds) names one occurrence of
    a series.
    """

    method: Method = Method.SAVE
    object_id: int | None = None
    folder_id: int | None = None
    destination: int | None = None
    last_modified: int | None = None
    client_id: str | None = None
    recurrence_position: int | None = None
    recurrence_date_position: int | None = None


class Update(Control, frozen=True, kw_only=True):
    """One block of a write as a server reads it.

    ``problem`` is set where a number is none: such a block must not be carried out, the others may.
    """

    properties: Properties
    problem: Invalid | None = None


class Operation(Control, frozen=True, kw_only=True):
    """One block of a write as a client writes it: ``properties`` come from the kind's codec."""

    properties: bytes = b""


def read_propfind(body: bytes) -> Propfind:
    """What a PROPFIND of folders, appointments, contacts or tasks asks for.

    ``lastsync`` without ``objectmode`` counts as a change list of modified objects, as old servers had it.

    Raises:
        Unreadable: no XML, no ``D:prop``, neither an object nor a change list is asked for, or an id that is no number.
        Invalid: an unknown word in ``objectmode``.
    """
    prop = _query(body)
    lastsync = prop.value("lastsync")
    modes = _modes(prop)
    if modes is None and lastsync is not None and prop.value("object_id") is None:
        modes = frozenset({Mode.MODIFIED})
    try:
        object_id, folder_id = _id(prop, "object_id"), _id(prop, "folder_id")
    except Invalid as error:
        raise Unreadable(str(error)) from error
    if modes is None and object_id is None:
        raise Unreadable("The request must say object_id, or lastsync and objectmode.")
    return Propfind(
        folder_id=folder_id,
        object_id=object_id,
        lastsync=_lastsync(lastsync) or 0,
        modes=modes,
        extended=prop.extended,
    )


def read_directory_query(body: bytes) -> DirectoryQuery:
    """What a PROPFIND of the directory asks for; ``resourcegroup`` is ignored as everywhere.

    Raises:
        Unreadable: no XML, or no ``D:prop``.
    """
    prop = _query(body)
    return DirectoryQuery(
        user=prop.text("user"),
        group=prop.text("group"),
        resource=prop.text("resource"),
        lastsync=_lastsync(prop.value("lastsync")),
        extended=prop.extended,
    )


def read_propertyupdate(body: bytes) -> tuple[Update, ...]:
    """The blocks of a PROPPATCH or PUT, all of them read before any is carried out.

    Raises:
        WrongRoot: the root is neither ``D:propertyupdate`` nor a ``D:multistatus`` around it.
        Unreadable: no XML, not one ``D:prop`` per ``D:set``, or a ``last_modified`` that is not a number.
    """
    return tuple([_update(block) for root in _update_roots(body) for block in _blocks(root)])


def next_client_id(body: bytes, line: int) -> str:
    """The ``client_id`` that answers an unreadable write: first from the line on, else a literal (6.3)."""
    rest = body.split(b"\n", line - 1)[-1] if line > 1 else body
    match = _client_id.search(rest)
    return match[1].decode("utf-8", "replace") if match else "not found"


def write_propfind(query: Propfind) -> bytes:
    """A PROPFIND.

    Where the query has modes, ``lastsync`` goes with them, as both generations of servers need.
    """
    parts = [element("folder_id", query.folder_id) if query.folder_id is not None else ""]
    if query.object_id is not None:
        parts.append(element("object_id", query.object_id))
    if query.modes is not None:
        words = ",".join("NEW_AND_MODIFIED" if mode is Mode.MODIFIED else mode for mode in sorted(query.modes))
        parts += [element("lastsync", query.lastsync), element("objectmode", words)]
    return _propfind(parts, extended=query.extended)


def write_directory_query(query: DirectoryQuery) -> bytes:
    """A PROPFIND of the directory."""
    asked = (("user", query.user), ("group", query.group), ("resource", query.resource))
    parts = [element(name, pattern) for name, pattern in asked if pattern is not None]
    if query.lastsync is not None:
        parts.append(element("lastsync", query.lastsync))
    return _propfind(parts, extended=query.extended)


def write_propertyupdate(operations: Iterable[Operation]) -> bytes:
    """A PROPPATCH with one block per operation, in order."""
    blocks = b"".join(
        b"<D:set><D:prop>" + _control(one).encode() + one.properties + b"</D:prop></D:set>\n" for one in operations
    )
    head = f"{DECLARATION}<D:propertyupdate {_NAMESPACES}>\n"
    return head.encode() + blocks + b"</D:propertyupdate>\n"


def _propfind(parts: list[str], *, extended: bool) -> bytes:
    mark = EXTENDED if extended else ""
    prop = "".join(parts) + mark
    return f"{DECLARATION}<D:propfind {_NAMESPACES}><D:prop>{prop}</D:prop></D:propfind>\n".encode()


def _control(operation: Operation) -> str:
    """Control elements; the method last and only where it is not the default."""
    numbers = (
        ("object_id", operation.object_id),
        ("folder_id", operation.folder_id),
        ("folder", operation.destination),
        ("last_modified", operation.last_modified),
        ("recurrence_position", operation.recurrence_position),
        ("recurrence_date_position", operation.recurrence_date_position),
    )
    parts = [element(name, value) for name, value in numbers if value is not None]
    if operation.client_id is not None:
        parts.append(element("client_id", operation.client_id))
    if operation.method is not Method.SAVE:
        parts.append(element("method", operation.method))
    return "".join(parts)


def _query(body: bytes) -> Properties:
    """The first ``D:prop`` of the root, whose name does not matter (section 4.1)."""
    prop = parse(body).find(PROP)
    if prop is None:
        raise Unreadable("The request has no D:prop element.")
    return properties(prop)


def _modes(prop: Properties) -> frozenset[Mode] | None:
    words = prop.text("objectmode")
    modes = frozenset(_mode(word.strip().upper()) for word in (words or "").split(",") if word.strip())
    return modes or None


def _mode(word: str) -> Mode:
    if word == "NEW_AND_MODIFIED":
        return Mode.MODIFIED
    try:
        return Mode(word)
    except ValueError as error:
        message = f"The object mode “{word[:40]}” is unknown. Use MODIFIED, NEW_AND_MODIFIED, DELETED or LIST."
        raise Invalid(message, "objectmode") from error


def _lastsync(text: str | None) -> int | None:
    """``lastsync``; what is no number counts as 0, as in the Java server, where it is a lower bound only."""
    if text is None:
        return None
    try:
        return max(0, integer(text, "lastsync", -LONG - 1, LONG))
    except Invalid:
        return 0


def _id(prop: Properties, name: str) -> int | None:
    text = prop.value(name)
    return None if text is None else integer(text, name, -LONG - 1, LONG)


def _update_roots(body: bytes) -> list[etree._Element]:
    root = parse(body)
    found = root.findall(_UPDATE) if root.tag == _MULTISTATUS else [root]
    if not found or found[0].tag != _UPDATE:
        raise WrongRoot("The root must be D:propertyupdate, or D:multistatus with it inside.", 1)
    return found


def _blocks(root: etree._Element) -> Iterator[etree._Element]:
    for block in root.iterchildren(_SET, _REMOVE, PROP):
        props = block.findall(PROP)
        if block.tag != _SET or len(props) != 1:
            raise Unreadable("A write consists of D:set elements with one D:prop each.", block.sourceline or 0)
        yield props[0]


def _update(prop: etree._Element) -> Update:
    said = properties(prop)
    try:
        last_modified = _id(said, "last_modified")
    except Invalid as error:  # Java reads the whole body before it carries out anything, and stops at such a number
        raise Unreadable(str(error), prop.sourceline or 0) from error
    numbers, problem = _numbers(said)
    return Update(
        method=_method(said.value("method")),
        object_id=numbers["object_id"],
        folder_id=numbers["folder_id"],
        destination=numbers["folder"],
        last_modified=last_modified,
        client_id=said.text("client_id"),
        recurrence_position=numbers["recurrence_position"] or None,
        recurrence_date_position=numbers["recurrence_date_position"],
        properties=said,
        problem=problem,
    )


_NUMBERS = ("object_id", "folder_id", "folder", "recurrence_position", "recurrence_date_position")


def _numbers(said: Properties) -> tuple[dict[str, int | None], Invalid | None]:
    """The control elements that are numbers, and what is wrong with the first that is none."""
    found: dict[str, int | None] = dict.fromkeys(_NUMBERS)
    problem: Invalid | None = None
    for name in _NUMBERS:
        try:
            found[name] = _id(said, name)
        except Invalid as error:
            problem = problem or error
    return found, problem


def _method(word: str | None) -> Method:
    """An unknown method is SAVE (section 5.1)."""
    return Method.__members__.get((word or "").upper(), Method.SAVE)
