"""A server of the first generation, as strict as the OX reference says it was, on a socket.

Its answers are the documents of ``files``, each with the section that it follows. What differs from today's servers:
``lastsync`` selects a change list and ``MODIFIED`` is always on, ``LIST`` is an unknown word (section 4.1); codes are
numbers (6.1); a write that cannot be read is an HTTP error without XML, after what stood before it was carried out
(2.3, 5.1); times have no zone; prefixes, encoding and transfer are as it likes.
"""

from __future__ import annotations

import base64
import gzip
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from threading import Thread
from xml.sax.saxutils import escape

from lxml import etree

FILES = Path(__file__).with_name("files")
LOGIN, PASSWORD = "anton", "sécret"
OX = "{http://www.open-xchange.org}"
DAV = "{DAV:}"
CALENDAR, CONTACTS = 31, 32
_PATHS = {"calendar": CALENDAR, "contacts": CONTACTS}
_CONTROL = {"object_id", "folder_id", "last_modified", "client_id", "method", "object_status"}
LONGEST_TITLE = 255
Content = dict[str, str]


class HttpError(Exception):
    """The whole request is answered by a status without XML."""

    def __init__(self, status: int) -> None:
        super().__init__(str(status))
        self.status = status


class Refusal(Exception):
    """One block of a write is refused."""

    def __init__(self, status: int, number: int, internal: str) -> None:
        super().__init__(internal)
        self.status, self.number, self.internal = status, number, internal


@dataclass
class Item:
    """An object: its elements as text, and when it was last changed, or removed."""

    id: int
    folder: int
    content: Content
    stamp: int
    is_gone: bool = False


@dataclass
class OldServer:
    """The server's memory and its manners."""

    numeric: bool = True
    encoding: str = "ISO-8859-1"
    packed: bool = False
    """Whether answers come compressed and in chunks."""
    items: dict[int, Item] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    stumbles: int | None = None
    """The HTTP status with which it breaks off at a contact called “Stumble”, having carried out what came before."""
    locked: set[str] = field(default_factory=set)
    """Requests (``PROPPATCH contacts``) for which it accepts no login."""
    is_down: bool = False
    """Whether it answers every write by status 500."""
    unwritable: set[int] = field(default_factory=set)
    """Objects that the user may not change."""
    url: str = ""
    _clock: int = 1_300_000_000_000
    _next: int = 800

    def put(self, folder: int, **content: str) -> Item:
        """Somebody adds an object."""
        self._next += 1
        self.items[self._next] = Item(self._next, folder, dict(content), self.tick())
        return self.items[self._next]

    def change(self, item: Item, **content: str) -> None:
        """Somebody changes an object."""
        item.content.update(content)
        item.stamp = self.tick()

    def remove(self, item: Item) -> None:
        """Somebody deletes an object."""
        item.is_gone, item.stamp = True, self.tick()

    def tick(self) -> int:
        """Two changes at a time have the same stamp (section 7, advice 4)."""
        self._clock += 1
        return self._clock // 2 * 2

    def live(self, folder: int) -> list[Item]:
        """What is in a folder."""
        return [one for one in self.items.values() if one.folder == folder and not one.is_gone]

    # --- reading ---

    def propfind(self, path: str, body: bytes) -> str:
        prop = etree.fromstring(body).find(f"{DAV}prop")
        if prop is None:
            raise HttpError(400)
        asked = _said(prop)
        if path == "groupuser":
            return _document("groupuser")
        if "lastsync" not in asked and "object_id" not in asked:
            raise HttpError(400)
        words = {word.strip().upper() for word in asked.get("objectmode", "MODIFIED").split(",")}
        if not words <= {"MODIFIED", "NEW_AND_MODIFIED", "DELETED"}:
            raise HttpError(409)
        if path == "folders":
            return _document("folders") if int(asked["lastsync"]) <= 1_300_000_000_000 else _multistatus([])
        if "lastsync" not in asked:
            return _multistatus([self._single(int(asked["object_id"]))])
        return _multistatus(self._changes(int(asked["folder_id"]), int(asked["lastsync"]), words))

    def _changes(self, folder: int, since: int, words: set[str]) -> Iterator[str]:
        """First deletions, then changes; the bound is inclusive, as in early servers (section 4.2)."""
        new = [one for one in self.items.values() if one.folder == folder and one.stamp >= since]
        if "DELETED" in words:
            yield from (_filled("deleted", id=str(one.id), stamp=str(one.stamp)) for one in new if one.is_gone)
        yield from (self._shown(one) for one in new if not one.is_gone)

    def _single(self, number: int) -> str:
        found = self.items.get(number)
        if found is None or found.is_gone:
            return _filled("refused", id="0", client="", status="404", said="[1001] Object not found")
        return self._shown(found)

    def _shown(self, item: Item) -> str:
        content = {name: text for name, text in item.content.items() if text and name != "categories"}
        categories = _element("categories", item.content.get("categories")) * 2
        name = "appointment" if item.folder == CALENDAR else "contact"
        return _filled(
            name,
            id=str(item.id),
            folder=str(item.folder),
            stamp=str(item.stamp),
            content="".join(_element(*one) for one in content.items()) + (categories if name == "appointment" else ""),
            categories=categories,
        )

    # --- writing ---

    def proppatch(self, path: str, body: bytes) -> str:
        """Carried out while it is read: what comes before an error has been done (section 5.1)."""
        if self.is_down:
            raise HttpError(500)
        done = []
        try:
            for _, block in etree.iterparse(BytesIO(body), tag=f"{DAV}set"):
                done.append(self._block(path, block[0]))
        except etree.XMLSyntaxError as error:
            raise HttpError(400) from error
        return _multistatus(done)

    def _block(self, path: str, prop: etree._Element) -> str:
        said = _said(prop)
        client = _element("client_id", said.get("client_id"))
        number = int(said.get("object_id", 0))
        try:
            item = self._carry_out(_PATHS[path], number, said)
        except Refusal as refusal:
            bracketed = str(refusal.number) if self.numeric else refusal.internal
            return _filled(
                "refused", id=str(number), client=client, status=str(refusal.status), said=f"[{bracketed}] refused"
            )
        stamp = "" if item.is_gone else _element("last_modified", str(item.stamp))
        return _filled("written", id=str(item.id), client=client, stamp=stamp)

    def _carry_out(self, folder: int, number: int, said: Mapping[str, str]) -> Item:
        if self.stumbles is not None and said.get("last_name") == "Stumble":
            raise HttpError(self.stumbles)
        if len(said.get("title", "")) > LONGEST_TITLE:
            raise Refusal(409, 1100, "APP-0072")
        if not number:
            return self.put(folder, **_content(said))
        item = self.items.get(number)
        if item is None or item.is_gone:
            raise Refusal(404, 1001, "1001")
        if "last_modified" not in said:
            raise Refusal(409, 1004, "OX-0003")
        if item.stamp > int(said["last_modified"]):
            raise Refusal(409, 1000, "1000")
        if number in self.unwritable:
            raise Refusal(403, 1002, "APP-0059")
        if said.get("method") == "DELETE":
            self.remove(item)
        else:
            self.change(item, **_content(said))
        return item


def _said(prop: etree._Element) -> dict[str, str]:
    """The elements of a request by local name; of other namespaces none."""
    named = ((str(child.tag), child.text or "") for child in prop)
    return {name.removeprefix(OX): text for name, text in named if name.startswith(OX)}


def _content(said: Mapping[str, str]) -> Content:
    return {name: text for name, text in said.items() if name not in _CONTROL}


def _element(name: str, text: str | None) -> str:
    return "" if text is None else f"<o:{name}>{escape(text)}</o:{name}>"


def _document(name: str) -> str:
    return re.sub(r"<!--.*?-->\s*", "", (FILES / f"{name}.xml").read_text(encoding="utf-8"), flags=re.DOTALL)


def _filled(name: str, **values: str) -> str:
    return _document(name).format(**values)


def _multistatus(responses: Iterator[str] | list[str]) -> str:
    head = '<d:multistatus xmlns:d="DAV:" buildnumber="5.2" buildname="Altserver">'
    return f"{head}{''.join(responses)}</d:multistatus>"


@contextmanager
def running(server: OldServer) -> Iterator[OldServer]:
    """Serve while the block lasts."""
    listener = ThreadingHTTPServer(("127.0.0.1", 0), _handler(server))
    listener.daemon_threads = True
    server.url = f"http://127.0.0.1:{listener.server_address[1]}"
    thread = Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        listener.shutdown()
        thread.join()
        listener.server_close()


def _in_chunks(content: bytes) -> bytes:
    pieces = [content[at : at + 97] for at in range(0, len(content), 97)]
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in (*pieces, b""))


def _handler(server: OldServer) -> type[BaseHTTPRequestHandler]:  # noqa: C901 - a class with its methods
    """How it speaks HTTP."""
    expected = "Basic " + base64.b64encode(f"{LOGIN}:{PASSWORD}".encode()).decode()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # or each answer waits 40 ms for the client to acknowledge its head

        def do_PROPFIND(self) -> None:
            self._answer(server.propfind)

        def do_PROPPATCH(self) -> None:
            self._answer(server.proppatch)

        def _answer(self, act: Callable[[str, bytes], str]) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            path = self.path.removeprefix("/servlet/webdav.")
            server.requests.append(f"{self.command} {path}")
            if self.headers["Authorization"] != expected or server.requests[-1] in server.locked:
                self._empty(401, ("WWW-Authenticate", 'Basic realm="OX WebDAV"'))
                return
            try:
                text = f'<?xml version="1.0" encoding="{server.encoding}"?>\r\n{act(path, body)}'
            except HttpError as error:
                self._empty(error.status)
                return
            self._document(text.encode(server.encoding, "xmlcharrefreplace"), in_chunks=server.packed)

        def _empty(self, status: int, *headers: tuple[str, str]) -> None:
            self.send_response(status)
            for header in (*headers, ("Content-Length", "0")):
                self.send_header(*header)
            self.end_headers()

        def _document(self, content: bytes, *, in_chunks: bool) -> None:
            self.send_response(207)
            self.send_header("Content-Type", "text/xml")
            headers = {"Content-Encoding": "gzip", "Transfer-Encoding": "chunked"}
            for header in (headers if in_chunks else {"Content-Length": str(len(content))}).items():
                self.send_header(*header)
            self.end_headers()
            self.wfile.write(_in_chunks(gzip.compress(content)) if in_chunks else content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base class
            """Be silent."""

    return Handler
