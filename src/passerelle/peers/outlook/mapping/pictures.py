"""A contact's picture, which Outlook takes from a file and gives as one. Touches Outlook's objects, and files."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from passerelle.peers.outlook import objects
from passerelle.peers.outlook.mapping.context import Context

FILE = "ContactPicture.jpg"
"""The name of the attachment that is the picture."""


def read_picture(item: objects.ContactItem, context: Context) -> bytes | None:
    """The picture's bytes."""
    if not item.HasPicture:
        return None
    attachments = item.Attachments
    for number in range(1, attachments.Count + 1):
        attachment = attachments.Item(number)
        if attachment.FileName.casefold() == FILE.casefold():
            return data_of(attachment, context)
    return None


def data_of(attachment: objects.Attachment, context: Context) -> bytes:
    """The bytes of an attachment."""
    with TemporaryDirectory(dir=context.directory) as directory:
        path = Path(directory) / "data"
        attachment.SaveAsFile(str(path))
        return path.read_bytes()


def write_picture(item: objects.ContactItem, data: bytes | None, context: Context) -> None:
    """Give a contact a picture in the place of the one it has, or none."""
    if data is None:
        item.RemovePicture()
        return
    with TemporaryDirectory(dir=context.directory) as directory:
        path = Path(directory) / FILE
        path.write_bytes(data)
        item.AddPicture(str(path))
