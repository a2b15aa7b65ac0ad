"""Reads answers of the OX interface (OX reference, sections 3, 4.2 and 5.3)."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import Final

DAV: Final = "{DAV:}"
OX: Final = "{http://www.open-xchange.org}"
_CODE: Final = re.compile(r"\[([^]]*)]")


class Response:
    """One D:response: an object, a deletion, a list, or what became of a write."""

    def __init__(self, element: ET.Element) -> None:
        self.element = element
        self._propstat = _only(element, DAV + "propstat")
        self.prop = _only(self._propstat, DAV + "prop")

    def __getitem__(self, name: str) -> str:
        """The text of an element, which must be there."""
        found = self.prop.find(OX + name)
        assert found is not None, f"no {name} in {self}"
        return found.text or ""

    def __contains__(self, name: str) -> bool:
        return self.prop.find(OX + name) is not None

    def __repr__(self) -> str:
        return ET.tostring(self.element, encoding="unicode")

    @property
    def href(self) -> str:
        """The number of the object, 0 without one."""
        return self.element.findtext(DAV + "href") or ""

    @property
    def status(self) -> str:
        """The inner status, a bare number."""
        return self._propstat.findtext(DAV + "status") or ""

    @property
    def description(self) -> str:
        """Code and text for people."""
        return self._propstat.findtext(DAV + "responsedescription") or ""

    @property
    def code(self) -> str:
        """What stands in brackets at the beginning of the description; empty on reads."""
        found = _CODE.match(self.description)
        return found[1] if found else ""

    @property
    def outcome(self) -> tuple[str, str]:
        """Status and code together, as tests compare them."""
        return self.status, self.code

    @property
    def id(self) -> int:
        """The object's number."""
        return int(self["object_id"])

    @property
    def last_modified(self) -> int:
        """The object's version, milliseconds."""
        return int(self["last_modified"])

    @property
    def names(self) -> list[str]:
        """The names of all elements, in order."""
        return [child.tag.removeprefix(OX) for child in self.prop]

    @property
    def values(self) -> dict[str, str]:
        """All elements without children."""
        return {child.tag.removeprefix(OX): child.text or "" for child in self.prop if not len(child)}

    def entries(self, name: str) -> list[dict[str, str]]:
        """The children of a container: their attributes, with "kind" and "text"; none if it is missing."""
        container = self.prop.find(OX + name)
        return [] if container is None else [entry(child) for child in container]

    @property
    def ids(self) -> list[int]:
        """The numbers in the answer to the LIST mode."""
        return [int(child["text"]) for child in self.entries("object_list")]

    @property
    def collisions(self) -> list[tuple[str, int, int, str]]:
        """What stands in the way of an appointment: title, start, end, whether it is a whole day."""
        items = self._propstat.findall(f"{DAV}conflictitems/{DAV}conflictitem")
        return [_collision(item) for item in items]


def responses(body: bytes) -> list[Response]:
    """The responses of a multistatus answer, whose frame is checked on the way."""
    root = ET.fromstring(body)
    assert root.tag == DAV + "multistatus", f"not a multistatus: {body[:200]!r}"
    assert all(child.tag == DAV + "response" for child in root), f"more than responses: {body[:2000]!r}"
    return [Response(child) for child in root]


def without(number: int, text: object) -> str:
    """A text with a number taken out, to compare what is said of one thing with what is said of another."""
    return re.sub(rf"\b{number}\b", "N", str(text))


def entry(element: ET.Element) -> dict[str, str]:
    """An element as its attributes, with "kind" and "text"."""
    attributes = {name.removeprefix(OX): value for name, value in element.attrib.items()}
    return {"kind": element.tag.removeprefix(OX), "text": element.text or "", **attributes}


def _only(element: ET.Element, name: str) -> ET.Element:
    found = element.findall(name)
    assert len(found) == 1, f"{len(found)} times {name} in {ET.tostring(element, encoding='unicode')}"
    return found[0]


def _collision(item: ET.Element) -> tuple[str, int, int, str]:
    start, end, whole_day = (item.text or "").split(",")
    return item.attrib[OX + "subject"], int(start), int(end), whole_day
