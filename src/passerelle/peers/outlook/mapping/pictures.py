"""A contact's picture, which Outlook takes from a file and gives as one. Touches Outlook's objects, and files."""

from __future__ import annotations

from io import BytesIO

from passerelle.peers.outlook import objects
from passerelle.peers.outlook.mapping.context import Context
from passerelle.peers.outlook.mapping.files import PICTURE, attachments, is_picture, saved, written


def read_picture(item: objects.ContactItem, context: Context) -> bytes | None:
    """The picture's bytes."""
    if not item.HasPicture:
        return None
    found = next((one for one in attachments(item) if is_picture(one.FileName)), None)
    if found is None:
        return None
    with saved(found, context) as path:
        return path.read_bytes()


def write_picture(item: objects.ContactItem, data: bytes | None, context: Context) -> None:
    """Give a contact a picture in the place of the one it has, or none."""
    if data is None:
        item.RemovePicture()
        return
    with written(PICTURE, BytesIO(data), context) as path:
        item.AddPicture(path)
