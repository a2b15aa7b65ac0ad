"""The files that hang on Outlook's items, which come and go by paths. Touches Outlook's objects, and files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from msgspec import Struct

from passerelle.peers.outlook import objects
from passerelle.peers.outlook.constants import AttachmentType
from passerelle.peers.outlook.mapping.context import Context

PICTURE: Final = "ContactPicture.jpg"
"""The name of the attachment that is a contact's picture."""

_FORBIDDEN = re.compile(r'[\x00-\x1f<>:"/\\|?*]')
_LONGEST_NAME: Final = 120
"""Characters of a name: with the directory's it must stay below the 260 of a Windows path."""


class File(Struct, frozen=True):
    """An attachment of an item: where it stands among them, from 1, its name, and its size in bytes by Outlook."""

    index: int
    name: str
    size: int


def attachments(item: objects.Item) -> Iterator[objects.Attachment]:
    """All that hangs on an item."""
    found = item.Attachments
    for number in range(1, found.Count + 1):
        yield found.Item(number)


def read_files(item: objects.Item) -> tuple[File, ...]:
    """The files on an item, without a contact's picture, links, and items inside of items."""
    return tuple(
        File(one.Index, one.FileName, one.Size)
        for one in attachments(item)
        if one.Type == AttachmentType.ByValue and one.FileName.casefold() != PICTURE.casefold()
    )


def read_file(item: objects.Item, file: File, context: Context) -> bytes:
    """The bytes of a file on an item."""
    return data_of(item.Attachments.Item(file.index), context)


def add_file(item: objects.Item, name: str, data: bytes, context: Context) -> None:
    """Hang a file on an item, which is saved later. Characters that Windows forbids in names become ``_``."""
    with written(name, data, context) as path:
        item.Attachments.Add(path, int(AttachmentType.ByValue), 1, name)


def remove_file(item: objects.Item, file: File) -> None:
    """Take a file off an item, which is saved later. The files after it move up."""
    item.Attachments.Remove(file.index)


def data_of(attachment: objects.Attachment, context: Context) -> bytes:
    """The bytes of an attachment."""
    with TemporaryDirectory(dir=context.directory) as directory:
        path = Path(directory) / "data"
        attachment.SaveAsFile(str(path))
        return path.read_bytes()


@contextmanager
def written(name: str, data: bytes, context: Context) -> Iterator[str]:
    """A file on the disk for as long as it is asked for. Its name is one that Windows allows."""
    stem, dot, ending = _FORBIDDEN.sub("_", name).strip(" .").rpartition(".")
    safe = f"{stem[: _LONGEST_NAME - len(ending)]}{dot}{ending[:_LONGEST_NAME]}" or "_"
    with TemporaryDirectory(dir=context.directory) as directory:
        path = Path(directory) / safe
        path.write_bytes(data)
        yield str(path)
