"""Files that hang on items: how they are named, asked for, and refused (OX reference, section 15). Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from urllib.parse import quote_plus, unquote

import httpx2

from passerelle.model.errors import NotFound, PasserelleError, Refused, Unreadable
from passerelle.model.folders import Module
from passerelle.model.moments import milliseconds
from passerelle.model.records import Attachment
from passerelle.model.text import Text
from passerelle.peers.base import FileId, Place, RemoteFile, RemoteId, RemoteItem
from passerelle.peers.ox_webdav import ids
from passerelle.peers.ox_webdav.statuses import failure_of
from passerelle.wire.oxxml.common import AttachmentEntry
from passerelle.wire.oxxml.reading import AnswerReader
from passerelle.wire.oxxml.whole import FileEntry

PATH: Final = "attachments"
REASON: Final = "X-Reason"
"""Where a server of ours says why it refuses a file; any other says only that it does."""

_PAGE: Final = "text/html"
_MODULES = {Module.CALENDAR: 1, Module.TASKS: 4, Module.CONTACTS: 7}


def told(entries: Iterable[AttachmentEntry]) -> tuple[RemoteFile, ...]:
    """The files that an answer lists."""
    return tuple(
        RemoteFile(id=_id(one.id, milliseconds(one.created)), name=one.name, media_type=one.media_type, rtf=one.rtf)
        for one in entries
    )


def told_whole(entries: Iterable[FileEntry]) -> tuple[RemoteFile, ...]:
    """The files that an answer in our extension lists."""
    return tuple(
        RemoteFile(
            id=_id(one.id, one.created), name=one.name, media_type=one.media_type, digest=one.digest, rtf=one.rtf
        )
        for one in entries
    )


def _id(number: int, created: int) -> FileId:
    """A file that is replaced keeps its number; when it came tells the two apart."""
    return FileId(f"{number}/{created}")


def headers(place: Place, item: RemoteId, file: FileId | None = None) -> dict[str, str]:
    """What a request names, in its headers."""
    found = {
        "module": str(_MODULES[place.module]),
        "target_id": str(ids.number_of(item)),
        "target_folder_id": str(ids.number_of(place.folder)),
    }
    return found if file is None else {**found, "object_id": file.partition("/")[0]}


def headers_of_new(place: Place, item: RemoteId, file: Attachment) -> dict[str, str]:
    """What a request says that brings a file."""
    said = {"filename": quote_plus(file.name), "Content-Type": file.media_type}
    return {**headers(place, item), **said, **({"rtf_flag": "true"} if file.rtf else {})}


def number_of_new(answer: bytes) -> int:
    """The number that a file got.

    Raises:
        Unreadable: the answer does not say it.
    """
    reader = AnswerReader()
    responses = list(reader.feed(answer))
    reader.close()
    said = responses[0].properties.value("object_id") if responses else None
    if said is None or not said.isdecimal():
        raise Unreadable("The server's answer does not name the file that it took.")
    return int(said)


def numbered(item: RemoteItem, number: int) -> RemoteFile:
    """The file of an item that has a number.

    Raises:
        Unreadable: the server does not list it.
    """
    listed = item.files if isinstance(item.files, tuple) else ()
    found = next((one for one in listed if one.id.startswith(f"{number}/")), None)
    if found is None:
        raise Unreadable("The server took the file, but does not list it.")
    return found


def check_type(came: str, file: RemoteFile) -> None:
    """Make sure that an answer may be a file: servers give it the type that they tell.

    Raises:
        Unreadable: it is a page, and the file is none.
    """
    if came == _PAGE and file.media_type.partition(";")[0].strip().lower() != _PAGE:
        raise Unreadable("The server sent a page in the place of the file.")


def may_have(item: RemoteItem, file: FileId) -> bool:
    """Whether a file hangs on an item still, as far as the server tells."""
    return not isinstance(item.files, tuple) or any(one.id == file for one in item.files)


def check_gone(item: RemoteItem, file: FileId) -> None:
    """Make sure that an item has a file no more.

    Raises:
        Unreadable: the server still lists it.
    """
    if isinstance(item.files, tuple) and any(one.id == file for one in item.files):
        raise Unreadable("The server still lists the file.")


def failure_of_file(response: httpx2.Response, now: datetime) -> PasserelleError | None:
    """Why a request about a file failed; None where it did not.

    Servers answer 500 to whatever they refuse, so that it is no sign of a server that does not work.
    """
    reason = unquote(response.headers.get(REASON, ""))
    match response.status_code:
        case 404:
            return NotFound(reason or Text("The file is gone on the server."))
        case 500:
            return Refused(reason or Text("The server does not take or give the file, and does not say why."))
        case _:
            error = failure_of(response, now)
            return Refused(reason) if reason and isinstance(error, Refused) else error
