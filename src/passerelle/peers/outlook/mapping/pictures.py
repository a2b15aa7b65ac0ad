"""A contact's picture, which Outlook takes from a file and gives as one. Touches Outlook's objects, and files."""

from __future__ import annotations

from passerelle.peers.outlook import objects
from passerelle.peers.outlook.mapping.context import Context
from passerelle.peers.outlook.mapping.files import PICTURE, attachments, data_of, written


def read_picture(item: objects.ContactItem, context: Context) -> bytes | None:
    """The picture's bytes."""
    if not item.HasPicture:
        return None
    each = (one for one in attachments(item) if one.FileName.casefold() == PICTURE.casefold())
    return next((data_of(one, context) for one in each), None)


def write_picture(item: objects.ContactItem, data: bytes | None, context: Context) -> None:
    """Give a contact a picture in the place of the one it has, or none."""
    if data is None:
        item.RemovePicture()
        return
    with written(PICTURE, data, context) as path:
        item.AddPicture(path)
