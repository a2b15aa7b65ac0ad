"""Files on items, as a client sends and fetches them (OX reference, section 15)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import quote_plus, unquote_plus

import msgspec

from tests.support.ox.answers import OX, Response, responses
from tests.support.ox.client import Folder, OxUser, Reply, basic

MODULES: Final = {"calendar": "1", "tasks": "4", "contacts": "7"}
URL: Final = "/servlet/webdav.attachments"


class Listed(msgspec.Struct, frozen=True):
    """A file as its item lists it."""

    id: int
    name: str
    media_type: str
    rtf: bool


class Files:
    """The files of one item in one folder, in one user's view."""

    def __init__(self, folder: Folder, item: Response) -> None:
        self._user = folder.user
        self._folder = folder
        self._item = item

    def send(self, method: str, body: bytes = b"", **headers: str | None) -> Reply:
        """Sends a request whose headers name the item; a header that is None is left out."""
        named: dict[str, str | None] = {
            "module": MODULES[self._folder.servlet],
            "target_id": str(self._item.id),
            "target_folder_id": str(self._folder.id),
            **headers,
        }
        return send(self._user, method, {name: value for name, value in named.items() if value is not None}, body)

    def put(self, name: str, content: bytes, media_type: str = "text/plain", **headers: str) -> Response:
        """Hangs a file on the item."""
        said = {"filename": quote_plus(name), "Content-Type": media_type, **headers}
        reply = self.send("PUT", content, **said)
        assert reply.status == 207, reply
        (answer,) = responses(reply.body)
        assert answer.outcome == ("200", "1200"), answer
        return answer

    def get(self, id_: int) -> Reply:
        """Fetches a file."""
        return self.send("GET", object_id=str(id_))

    def delete(self, id_: int) -> Reply:
        """Takes a file off the item."""
        return self.send("DELETE", object_id=str(id_))

    def listed(self) -> list[Listed]:
        """The files that the item shows when it is loaded."""
        found = self._folder.load(self._item).prop.iter(OX + "attachment")
        return [
            Listed(
                id=int(one.get(OX + "id", "")),
                name=unquote_plus(one.text or ""),
                media_type=one.get(OX + "mimetype", ""),
                rtf=one.get(OX + "rtf_flag") == "true",
            )
            for one in found
        ]


def send(user: OxUser, method: str, headers: Mapping[str, str], body: bytes = b"") -> Reply:
    """Sends a request with just these headers beside the credentials."""
    return user.http.send(method, URL, body, {**basic(user.account.login, user.account.password), **headers})
