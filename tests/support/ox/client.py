"""A user who speaks the OX interface to a running server, and the folders that this user sees."""

from __future__ import annotations

import base64
import http.client
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from functools import cached_property
from typing import Protocol, Self
from urllib.parse import urlsplit

import msgspec

from tests.support.commands import User
from tests.support.ox import elements as ox
from tests.support.ox.answers import OX, Response, responses
from tests.support.ox.elements import Value, Xml

PATIENCE_S = 30


class Reply(msgspec.Struct, frozen=True):
    """An HTTP answer; header names are lower-case."""

    status: int
    reason: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()


class Wire(Protocol):
    """What carries single requests to a server."""

    host: str
    port: int | None

    def send(self, method: str, path: str, body: bytes | str = b"", headers: Mapping[str, str] | None = None) -> Reply:
        """Sends one request and reads the whole answer."""


class Http:
    """Sends single requests, without any credentials of its own."""

    def __init__(self, url: str) -> None:
        self.host: str = urlsplit(url).hostname or ""
        self.port: int | None = urlsplit(url).port

    def send(self, method: str, path: str, body: bytes | str = b"", headers: Mapping[str, str] | None = None) -> Reply:
        """Sends one request over a connection of its own and reads the whole answer."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=PATIENCE_S)
        raw = body.encode() if isinstance(body, str) else body
        try:
            connection.request(method, path, raw, {"Connection": "close", **(headers or {})})
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Reply(answer.status, answer.reason, found, answer.read())
        finally:
            connection.close()


def basic(login: str, password: str) -> dict[str, str]:
    """The header that logs in."""
    return {"Authorization": "Basic " + base64.b64encode(f"{login}:{password}".encode()).decode()}


class OxUser:
    """One user's view of the server. Methods without "try" expect success."""

    def __init__(self, server: str | Wire, user: User) -> None:
        """Speaks over HTTP to a server's URL, or over another wire."""
        self.account = user
        self.http: Wire = Http(server) if isinstance(server, str) else server
        self._headers = {**basic(user.login, user.password), "Content-Type": "text/xml"}

    def send(self, method: str, servlet: str, body: bytes | str = b"") -> Reply:
        """Sends a request to one servlet, such as "calendar"."""
        return self.http.send(method, f"/servlet/webdav.{servlet}", body, self._headers)

    def ask(self, method: str, servlet: str, body: bytes | str) -> list[Response]:
        """Sends a request that is answered by a multistatus."""
        reply = self.send(method, servlet, body)
        assert reply.status == 207, f"{reply.status} {reply.reason}: {reply.body!r}"
        return responses(reply.body)

    def read(self, servlet: str, **query: Value) -> list[Response]:
        """Reads with exactly these query elements."""
        return self.ask("PROPFIND", servlet, ox.propfind(**query))

    def write(self, servlet: str, *blocks: Xml) -> list[Response]:
        """Writes some blocks in one request."""
        return self.ask("PROPPATCH", servlet, ox.propertyupdate(*blocks))

    def try_write(self, servlet: str, **fields: Value) -> Response:
        """Writes one block, whatever comes of it."""
        (answer,) = self.write(servlet, ox.block(**fields))
        return answer

    def write_well(self, servlet: str, **fields: Value) -> Response:
        """Writes one block."""
        return succeeded(self.try_write(servlet, **fields))

    def load(self, servlet: str, object_id: int) -> Response:
        """Loads one object or folder by its number alone."""
        (answer,) = self.read(servlet, object_id=object_id)
        return succeeded(answer)

    def directory(self, **query: Value) -> ET.Element:
        """The D:prop of the answer of the directory."""
        reply = self.send("PROPFIND", "groupuser", ox.propfind(**query))
        assert reply.status == 207, f"{reply.status}: {reply.body!r}"
        found = ET.fromstring(reply.body).find("{DAV:}response/{DAV:}propstat/{DAV:}prop")
        assert found is not None, reply.body
        return found

    @cached_property
    def id(self) -> int:
        """The user's own number: the entry of the directory that says "myidentity"."""
        (me,) = [one for one in self.directory(user="*").iter(OX + "user") if one.find(OX + "myidentity") is not None]
        return int(me.findtext(OX + "uid") or "")

    def named(self, kind: str, name: str) -> int:
        """The number of a user, a group or a resource of the directory."""
        (found,) = [
            one.findtext(OX + "uid")
            for one in self.directory(**{kind: "*"}).iter(OX + kind)
            if one.findtext(OX + "displayname") == name
        ]
        return int(found or "")

    def folders(self, since: int = 0, mode: str = "MODIFIED") -> list[Response]:
        """A change list of the folders."""
        return self.read("folders", lastsync=since, objectmode=mode)

    def folder(self, id_: int) -> Folder:
        """A folder that the user sees."""
        return Folder(self, _SERVLETS[self.load("folders", id_)["module"]], id_)

    def titled(self, title: str) -> Response:
        """The one folder of that title, as the server describes it."""
        found = [one for one in self.folders() if one["title"] == title]
        assert len(found) == 1, f"{len(found)} folders {title!r}"
        return found[0]

    def default(self, module: str) -> Folder:
        """The user's own default folder of a module: calendar, contact or task."""
        (found,) = [
            one
            for one in self.folders()
            if (one["module"], one["defaultfolder"], one["owner"]) == (module, "true", str(self.id))
        ]
        return Folder(self, _SERVLETS[module], found.id)

    def make_folder(self, module: str, title: str, *rights: Xml, parent: int = 1) -> Folder:
        """Makes a folder; the maker has all rights, others those that are given."""
        made = self.write_well(
            "folders",
            title=title,
            module=module,
            folder_id=parent,
            permissions=ox.together(ox.owner(self.id), *rights),
        )
        return Folder(self, _SERVLETS[module], made.id)


_SERVLETS = {"calendar": "calendar", "contact": "contacts", "task": "tasks"}


class Folder:
    """One folder as one user sees it. Methods without "try" expect success."""

    def __init__(self, user: OxUser, servlet: str, id_: int) -> None:
        self.user = user
        self.servlet = servlet
        self.id = id_

    def seen_by(self, other: OxUser) -> Self:
        """The same folder in another user's view."""
        return type(self)(other, self.servlet, self.id)

    def try_create(self, **fields: Value) -> Response:
        """Creates an object, whatever comes of it."""
        return self.user.try_write(self.servlet, **{"folder_id": self.id, **fields})

    def create(self, **fields: Value) -> Response:
        """Creates an object and returns the answer, which has its number and version."""
        made = succeeded(self.try_create(**fields))
        assert made.id > 0, made
        assert made.last_modified > 0, made
        return made

    def try_update(self, thing: Response, **fields: Value) -> Response:
        """Changes an object based on the version that an earlier answer gave, whatever comes of it."""
        return self.user.try_write(self.servlet, **(self._control(thing) | fields))

    def update(self, thing: Response, **fields: Value) -> Response:
        """Changes an object and returns the answer with its new version."""
        return succeeded(self.try_update(thing, **fields))

    def try_delete(self, thing: Response, **fields: Value) -> Response:
        """Deletes an object, whatever comes of it."""
        return self.try_update(thing, **fields, method="DELETE")

    def delete(self, thing: Response, **fields: Value) -> Response:
        """Deletes an object."""
        return succeeded(self.try_delete(thing, **fields))

    def try_load(self, thing: Response | int) -> Response:
        """Loads an object from this folder, whatever comes of it."""
        id_ = thing if isinstance(thing, int) else thing.id
        (answer,) = self.user.read(self.servlet, folder_id=self.id, object_id=id_)
        return answer

    def load(self, thing: Response | int) -> Response:
        """Loads an object from this folder."""
        return succeeded(self.try_load(thing))

    def changes(self, since: int = 0, mode: str = "NEW_AND_MODIFIED,DELETED") -> list[Response]:
        """The folder's change list."""
        return self.user.read(self.servlet, folder_id=self.id, lastsync=since, objectmode=mode)

    def live(self, since: int = 0) -> list[int]:
        """The numbers of the objects in a change list."""
        return [one.id for one in self.changes(since) if one["object_status"] == "CREATE"]

    def gone(self, since: int = 0) -> list[int]:
        """The numbers of the deletions in a change list."""
        return [one.id for one in self.changes(since) if one["object_status"] == "DELETE"]

    def listed(self) -> list[int]:
        """The numbers that the LIST mode gives."""
        (answer,) = self.user.read(self.servlet, folder_id=self.id, lastsync=0, objectmode="LIST")
        return answer.ids

    def _control(self, thing: Response) -> dict[str, Value]:
        return {"object_id": thing.id, "folder_id": self.id, "last_modified": thing.last_modified}


def succeeded(answer: Response) -> Response:
    """The answer, which says success: of a write with the code 1200, of a read with OK."""
    assert answer.status == "200", answer
    assert answer.code in {"1200", ""}, answer
    return answer
