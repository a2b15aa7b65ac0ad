"""A small client of the OX interface that shares no code with the product: what does the server really hold?

It speaks just enough of the OX reference (sections 3 to 5) to read change lists and to write as others do.
"""

from __future__ import annotations

import base64
import re
import urllib.request
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from typing import Final
from xml.sax.saxutils import escape

import msgspec

from tests.support.commands import User

DAV: Final = "{DAV:}"
OX: Final = "{http://www.open-xchange.org}"
NAMESPACES: Final = 'xmlns:D="DAV:" xmlns:ox="http://www.open-xchange.org"'


class OxObject:
    """A folder or an object as the server sends it."""

    def __init__(self, prop: ET.Element) -> None:
        """Wraps the D:prop element of an answer."""
        self._prop = prop

    def __getitem__(self, name: str) -> str:
        """Returns the text of an element; the empty text if the server did not send it."""
        return self._prop.findtext(OX + name) or ""

    def __contains__(self, name: str) -> bool:
        """Tells whether the server sent the element."""
        return self._prop.find(OX + name) is not None

    def __repr__(self) -> str:
        """Shows the XML, for the message of a failed test."""
        return ET.tostring(self._prop, encoding="unicode")

    @property
    def names(self) -> frozenset[str]:
        """The names of all elements that the server sent."""
        return frozenset(element.tag.removeprefix(OX) for element in self._prop)

    def entries(self, name: str) -> list[dict[str, str]]:
        """Returns the children of a container: their attributes, with "kind" and "text"."""
        container = self._prop.find(OX + name)
        return [_entry(child) for child in container] if container is not None else []


class OxAnswer(msgspec.Struct, frozen=True):
    """The server's answer to one write; `code` is the number in brackets."""

    status: str
    code: str
    object_id: str
    last_modified: str


class OxClient:
    """One user's view of the server."""

    def __init__(self, url: str, user: User) -> None:
        """Remembers address and credentials; nothing is sent yet."""
        self._url = url.rstrip("/")
        credentials = base64.b64encode(f"{user.login}:{user.password}".encode()).decode()
        self._headers = {"Authorization": f"Basic {credentials}", "Content-Type": "text/xml; charset=utf-8"}

    def folders(self) -> list[OxObject]:
        """Returns all folders."""
        return list(self._list("folders", {}))

    def folder(self, title: str) -> OxObject:
        """Returns the one folder of that title."""
        found = [folder for folder in self.folders() if folder["title"] == title]
        assert len(found) == 1, f"the server has {len(found)} folders {title!r}: {self.folders()}"
        return found[0]

    def objects(self, module: str, folder_id: str) -> list[OxObject]:
        """Returns all objects of a folder; `module` is calendar, contacts or tasks."""
        return list(self._list(module, {"folder_id": folder_id}))

    def object(self, module: str, folder_id: str, object_id: str) -> OxObject | None:
        """Returns one object of a folder, or None."""
        found = (o for o in self.objects(module, folder_id) if o["object_id"] == object_id)
        return next(found, None)

    def write(self, module: str, fields: Mapping[str, str], containers: str = "") -> OxAnswer:
        """Creates, changes or deletes one object or folder; `containers` is added to the fields as it is."""
        elements = "".join(f"<ox:{name}>{escape(value)}</ox:{name}>" for name, value in fields.items())
        body = f"<D:set><D:prop>{elements}{containers}</D:prop></D:set>"
        root = self._send("PROPPATCH", module, f"<D:propertyupdate {NAMESPACES}>{body}</D:propertyupdate>")
        (answer,) = _answers(root)
        return answer

    def write_well(self, module: str, fields: Mapping[str, str], containers: str = "") -> str:
        """Writes as `write` does, expects success and returns the object_id."""
        answer = self.write(module, fields, containers)
        assert answer.status == "200", f"the server refused {dict(fields)}: {answer}"
        return answer.object_id

    def _list(self, module: str, query: Mapping[str, str]) -> Iterator[OxObject]:
        query = {**query, "lastsync": "0", "objectmode": "MODIFIED"}
        elements = "".join(f"<ox:{name}>{value}</ox:{name}>" for name, value in query.items())
        body = f"<D:propfind {NAMESPACES}><D:prop>{elements}</D:prop></D:propfind>"
        return (OxObject(prop) for prop in self._send("PROPFIND", module, body).iter(DAV + "prop"))

    def _send(self, method: str, module: str, body: str) -> ET.Element:
        request = urllib.request.Request(
            f"{self._url}/servlet/webdav.{module}", body.encode(), self._headers, method=method
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return ET.fromstring(answer.read())


def _entry(element: ET.Element) -> dict[str, str]:
    attributes = {name.removeprefix(OX): value for name, value in element.attrib.items()}
    return {"kind": element.tag.removeprefix(OX), "text": element.text or "", **attributes}


def _answers(root: ET.Element) -> Iterator[OxAnswer]:
    for propstat in root.iter(DAV + "propstat"):
        prop = propstat.find(DAV + "prop")
        fields = OxObject(prop if prop is not None else ET.Element("none"))
        description = propstat.findtext(DAV + "responsedescription") or ""
        code = re.match(r"\[([^]]*)]", description)
        yield OxAnswer(
            status=propstat.findtext(DAV + "status") or "",
            code=code[1] if code else "",
            object_id=fields["object_id"],
            last_modified=fields["last_modified"],
        )
