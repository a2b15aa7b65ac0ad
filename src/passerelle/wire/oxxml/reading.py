"""The client's side of multistatus answers: read as they arrive (OX reference, sections 4.2, 5.3, 6)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import final

from lxml import etree
from msgspec import Struct

from passerelle.model.errors import Collision, Invalid, Refused, Unreadable
from passerelle.wire.oxxml.errors import bracket, refusal
from passerelle.wire.oxxml.markup import DAV, OURS, OX
from passerelle.wire.oxxml.parsing import NOTHING, Properties, properties, refuse_document_type
from passerelle.wire.oxxml.values import LONG, instant, integer

_MULTISTATUS = f"{{{DAV}}}multistatus"
_RESPONSE = f"{{{DAV}}}response"
_HREF = f"{{{DAV}}}href"
_PROPSTAT = f"{{{DAV}}}propstat"
_PROP = f"{{{DAV}}}prop"
_STATUS = f"{{{DAV}}}status"
_DESCRIPTION = f"{{{DAV}}}responsedescription"
_CONFLICTS = f"{{{DAV}}}conflictitems"
_SUBJECT = f"{{{OX}}}subject"
_HARD = f"{{{OURS}}}hard"

_status_number = re.compile(r"(?:^|\s)([1-5][0-9]{2})(?:\s|$)", re.ASCII)


class Response(Struct, frozen=True, kw_only=True):
    """One ``D:response``. ``code`` is the number in the description's brackets, None where there is none.

    ``href`` is the object's id as text, 0 or empty where there is none. ``collisions`` stand in an
    appointment's way.
    """

    href: str = ""
    properties: Properties = NOTHING
    status: int | None = None
    code: int | None = None
    description: str = ""
    collisions: tuple[Collision, ...] = ()

    @property
    def succeeded(self) -> bool:
        """Whether the status is that of a success; a missing one counts as such."""
        return self.status is None or self.status < 300  # noqa: PLR2004 - where redirections begin

    def refused(self) -> Refused | None:
        """Why the operation was refused; None where it succeeded, or failed on the server's side."""
        return None if self.succeeded else refusal(self.status, self.description, self.collisions)


@final
class AnswerReader:
    """Reads an answer piece by piece; memory stays flat, for each response is let go once it is handed out.

    All methods raise ``Unreadable`` for what is not a multistatus document, or has a document type.
    """

    def __init__(self) -> None:
        self._parser = etree.XMLPullParser(
            events=("end",), tag=(_RESPONSE, _MULTISTATUS), resolve_entities=False, no_network=True,
            load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True,
        )  # fmt: skip
        self._is_checked = False
        self._is_complete = False
        self.version = ""
        """The server's version; known with the first response, or at the end."""
        self.build = ""
        """The server's name for itself, as far as it has one."""

    def feed(self, piece: bytes) -> list[Response]:
        """Take the next bytes and return the responses that they complete."""
        if not piece:
            return []
        try:
            self._parser.feed(piece)
        except etree.XMLSyntaxError as error:
            raise Unreadable(f"The server's answer is not well-formed XML: {error.msg}.", error.lineno or 0) from error
        return list(self._completed())

    def close(self) -> None:
        """Make sure that the document is complete: a connection that broke off may have cut it."""
        if not self._is_complete:
            raise Unreadable("The server's answer breaks off.")

    def _completed(self) -> Iterator[Response]:
        for _, node in self._parser.read_events():
            assert isinstance(node, etree._Element)  # noqa: S101, SLF001 - end events carry elements
            if not self._is_checked:
                self._check(node.getroottree().getroot())
            if node.tag == _MULTISTATUS:
                self._is_complete = True
            elif node.getparent() is not None:
                yield _response(node)
                _release(node)

    def _check(self, root: etree._Element) -> None:
        refuse_document_type(root)
        if root.tag != _MULTISTATUS:
            raise Unreadable("The server's answer is no multistatus document.")
        self.version = str(root.get("version") or root.get("buildnumber") or "")
        self.build = str(root.get("buildname") or "")
        self._is_checked = True


def _release(node: etree._Element) -> None:
    """Free what has been read. The node itself stays, empty: the parser may still append text behind it."""
    node.clear(keep_tail=True)
    parent = node.getparent()
    while parent is not None and node.getprevious() is not None:
        del parent[0]


def _response(node: etree._Element) -> Response:
    href = description = status = ""
    found = NOTHING
    collisions: tuple[Collision, ...] = ()
    # In the directory's answer status and description stand beside propstat, not in it (section 14.2).
    for child in _flattened(node):
        tag = child.tag
        if tag == _PROP:
            found = properties(child)
        elif tag == _STATUS:
            status = child.text or ""
        elif tag == _DESCRIPTION:
            description = child.text or ""
        elif tag == _HREF:
            href = (child.text or "").strip()
        elif tag == _CONFLICTS:
            collisions = tuple([_collision(item) for item in child])
    return Response(
        href=href,
        properties=found,
        status=_status(status),
        code=_code(description),
        description=description,
        collisions=collisions,
    )


def _flattened(node: etree._Element) -> Iterator[etree._Element]:
    for child in node:
        if child.tag == _PROPSTAT:
            yield from child
        else:
            yield child


def _status(text: str) -> int | None:
    """The number in ``200`` as in ``HTTP/1.1 200 OK``."""
    if text == "200":
        return 200
    match = _status_number.search(text)
    return int(match[1]) if match else None


def _code(description: str) -> int | None:
    if not description.startswith("["):
        return None
    said = bracket(description)
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 10 else None  # noqa: PLR2004 - no code is longer


def _collision(item: etree._Element) -> Collision:
    """One conflict item: ``<start ms>,<end ms>,<full_time>`` and the title where the reader may know it."""
    parts = (item.text or "").split(",")
    try:
        start, end = (instant(integer(part, "conflictitem", -LONG, LONG), "conflictitem") for part in parts[:2])
    except (Invalid, ValueError) as error:
        raise Unreadable("The server's answer has a conflict item without times.", item.sourceline or 0) from error
    return Collision(
        title=str(item.get(_SUBJECT) or ""),
        start=start,
        end=end,
        whole_day=parts[-1].strip().lower() == "true",
        hard=item.get(_HARD) == "true",
        who=(),
    )
