"""The files on items in Outlook, which gives them no names that last: one is known by its name and its content."""

from __future__ import annotations

import mimetypes
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import BinaryIO, Final

from msgspec import Struct

from passerelle.model.errors import NotFound, Refused
from passerelle.model.items import Appointment, Item
from passerelle.model.records import Attachment
from passerelle.peers.base import FileId, RemoteFile
from passerelle.peers.outlook import objects
from passerelle.peers.outlook.answers import answering
from passerelle.peers.outlook.mapping.context import Context
from passerelle.peers.outlook.mapping.files import (
    File,
    add_file,
    digest_of,
    is_picture,
    read_files,
    remove_file,
    safe_name,
    save_file,
)

_TYPES: Final = mimetypes.MimeTypes()
"""Outlook does not say of what type a file is; Python's own list is the same on all machines."""
_UNKNOWN_TYPE: Final = "application/octet-stream"


class Hanging(Struct, frozen=True):
    """A file on an item, with the name by which it is known."""

    file: File
    remote: RemoteFile


def name_of(item: Item, file: Attachment) -> str | None:
    """What Outlook calls a file; None if it is not to be shown there.

    Occurrences have no files of their own, the formatted form of a note is no file to people, and one that is called as
    pictures of contacts are would become one.
    """
    is_occurrence = isinstance(item, Appointment) and item.recurrence_id is not None
    name = safe_name(file.name)
    return None if file.rtf or is_occurrence or is_picture(name) else name


def told(item: objects.Item, files: Iterable[File], context: Context) -> tuple[RemoteFile, ...] | Refused:
    """The files on an item for the engine. If one of them cannot be had, none is called gone."""
    try:
        with answering():
            return tuple(one.remote for one in _hanging(item, files, context))
    except Refused as error:
        return error


def find(item: objects.Item, id_: FileId, context: Context) -> Hanging:
    """A file by its id.

    Raises:
        NotFound: it is gone.
    """
    found = next((one for one in _hanging(item, read_files(item), context) if one.remote.id == id_), None)
    if found is None:
        raise NotFound("The file is gone in Outlook.")
    return found


def save(item: objects.Item, id_: FileId, into: BinaryIO, context: Context) -> None:
    """Write the bytes of a file into a stream. Raises NotFound."""
    save_file(item, find(item, id_, context).file, into, context)


def add(item: objects.Item, file: Attachment, content: BinaryIO, context: Context) -> str:
    """Hang a file on an item, which is saved later. What Outlook calls it."""
    return add_file(item, file.name, content, context)


def added(item: objects.Item, name: str, digest: str, context: Context) -> RemoteFile:
    """The file that was hung on an item under a name, as Outlook has it now.

    Raises:
        Refused: Outlook does not show it.
    """
    files = [one for one in read_files(item) if one.name == name]
    found = [one.remote for one in _hanging(item, files, context)]
    alike = [one for one in found if one.digest == digest] or found
    if not alike:
        raise Refused("Outlook took the file, but does not show it.")
    return alike[-1]


def remove(item: objects.Item, id_: FileId, context: Context) -> None:
    """Take a file off an item, which is saved later. Raises NotFound."""
    remove_file(item, find(item, id_, context).file)


def _hanging(item: objects.Item, files: Iterable[File], context: Context) -> Iterator[Hanging]:
    """Files with their names; of several with one name and content, each after the first has a number."""
    seen: Counter[str] = Counter()
    for file in files:
        digest = digest_of(item, file, context)
        name = f"{digest[:32]} {file.name}"
        seen[name] += 1
        id_ = FileId(name if seen[name] == 1 else f"{name} {seen[name]}")
        media_type = _TYPES.guess_type(file.name)[0] or _UNKNOWN_TYPE
        yield Hanging(file, RemoteFile(id=id_, name=file.name, media_type=media_type, digest=digest))
