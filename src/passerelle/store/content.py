"""How items and other values are written into columns: JSON by msgspec, without what belongs elsewhere.

An item's alarm belongs to a user and has rows of its own; a large photo's bytes lie in a file beside the database.
Both are taken off when an item is written and put back when it is read.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

from passerelle.model.items import Appointment, Contact, DistributionList, Item, Photo, Task
from passerelle.model.moments import EPOCH
from passerelle.store.blobs import Shelf

_MICROSECOND = timedelta(microseconds=1)

SMALL_PHOTO_BYTES = 8 * 1024
"""Up to this size a photo stays in its row: docs/decisions/0011."""

encode = msgspec.json.Encoder(decimal_format="string").encode
decode_item: Callable[[bytes], Item] = msgspec.json.Decoder(Item).decode
decode_keys = msgspec.json.Decoder(tuple[datetime, ...]).decode

KINDS: dict[type[Item], str] = {
    Appointment: "appointment",
    Contact: "contact",
    DistributionList: "list",
    Task: "task",
}
"""What the column ``kind`` says of an item."""


def to_microseconds(moment: datetime) -> int:
    """Microseconds since 1970 of an aware instant: exact, as columns keep it."""
    return (moment - EPOCH) // _MICROSECOND


def from_microseconds(value: int) -> datetime:
    """The UTC instant of a column."""
    return EPOCH + value * _MICROSECOND


class Stored(msgspec.Struct, frozen=True):
    """An item as columns: its content, the digest of its photo, and the alarm that was on it."""

    content: bytes
    photo: str | None
    alarm: int | None


def take_apart(item: Item, blobs: Shelf) -> Stored:
    """Split an item into its columns; a photo's bytes are kept in ``blobs`` first."""
    if isinstance(item, Appointment):
        if item.alarm is None:
            return Stored(encode(item), None, None)
        return Stored(encode(replace(item, alarm=None)), None, item.alarm)
    if isinstance(item, Task):
        if item.alarm is None:
            return Stored(encode(item), None, None)
        return Stored(encode(replace(item, alarm=None)), None, to_microseconds(item.alarm))
    return _contact_apart(item, blobs)


def put_together(content: bytes, photo: str | None, alarm: int | None, blobs: Shelf) -> Item:
    """The item that :func:`take_apart` split, with one user's alarm."""
    item = decode_item(content)
    if photo is None and alarm is None:
        return item
    if isinstance(item, Appointment):
        return replace(item, alarm=alarm)
    if isinstance(item, Task):
        return item if alarm is None else replace(item, alarm=from_microseconds(alarm))
    return _with_photo(item, photo, blobs)


def encode_whole(item: Item, blobs: Shelf) -> tuple[bytes, str | None]:
    """An item with the alarm on it, and the digest of its photo, which is kept in ``blobs`` first."""
    if isinstance(item, Contact):
        stored = _contact_apart(item, blobs)
        return stored.content, stored.photo
    return encode(item), None


def decode_whole(content: bytes, photo: str | None, blobs: Shelf) -> Item:
    """The item that :func:`encode_whole` wrote."""
    item = decode_item(content)
    return _with_photo(item, photo, blobs) if isinstance(item, Contact) else item


def _contact_apart(item: Contact, blobs: Shelf) -> Stored:
    if item.photo is None or len(item.photo.data) <= SMALL_PHOTO_BYTES:
        return Stored(encode(item), None, None)
    digest, _size = blobs.put(io.BytesIO(item.photo.data))
    return Stored(encode(replace(item, photo=Photo(item.photo.media_type, b""))), digest, None)


def _with_photo(item: Contact, photo: str | None, blobs: Shelf) -> Contact:
    if photo is None or item.photo is None:
        return item
    with blobs.open(photo) as file:
        return replace(item, photo=Photo(item.photo.media_type, file.read()))
