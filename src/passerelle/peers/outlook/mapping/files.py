"""The files that hang on Outlook's items, which come and go by paths. Touches Outlook's objects, and files."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO, Final

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
        if one.Type == AttachmentType.ByValue and not is_picture(one.FileName)
    )


def is_picture(name: str) -> bool:
    """Whether Outlook would take a file of this name for a contact's picture."""
    return name.casefold() == PICTURE.casefold()


def save_file(item: objects.Item, file: File, into: BinaryIO, context: Context) -> None:
    """Write the bytes of a file on an item into a stream."""
    with saved(item.Attachments.Item(file.index), context) as path, path.open("rb") as content:
        shutil.copyfileobj(content, into)


def digest_of(item: objects.Item, file: File, context: Context) -> str:
    """The SHA-256 of the bytes of a file on an item."""
    with saved(item.Attachments.Item(file.index), context) as path, path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def add_file(item: objects.Item, name: str, content: BinaryIO, context: Context) -> str:
    """Hang a file on an item, which is saved later. What Outlook calls it."""
    with written(name, content, context) as path:
        return item.Attachments.Add(path, int(AttachmentType.ByValue), 1, name).FileName


def remove_file(item: objects.Item, file: File) -> None:
    """Take a file off an item, which is saved later. The files after it move up."""
    item.Attachments.Remove(file.index)


@contextmanager
def saved(attachment: objects.Attachment, context: Context) -> Iterator[Path]:
    """An attachment on the disk for as long as it is asked for."""
    with TemporaryDirectory(dir=context.directory) as directory:
        path = Path(directory) / "data"
        attachment.SaveAsFile(str(path))
        yield path


@contextmanager
def written(name: str, content: BinaryIO, context: Context) -> Iterator[str]:
    """A file on the disk for as long as it is asked for. Its name is one that Windows allows."""
    with TemporaryDirectory(dir=context.directory) as directory:
        path = Path(directory) / safe_name(name)
        with path.open("wb") as file:
            shutil.copyfileobj(content, file)
        yield str(path)


def safe_name(name: str) -> str:
    """A name that Windows allows: what it forbids becomes ``_``, and a long one is cut."""
    stem, dot, ending = _FORBIDDEN.sub("_", name).strip(" .").rpartition(".")
    return f"{stem[: _LONGEST_NAME - len(ending)]}{dot}{ending[:_LONGEST_NAME]}" or "_"
