"""Reading and writing properties that Outlook's object model has no attribute for, ours among them."""

from __future__ import annotations

import base64
import zlib
from typing import Final, Protocol

import msgspec

from passerelle.peers.outlook import objects
from passerelle.peers.outlook.constants import ComCode
from passerelle.peers.outlook.errors import ComError, code_of
from passerelle.peers.outlook.mapping.kept import Kept
from passerelle.peers.outlook.reference import NAMESPACE, PROPERTY_SETS, mapi

_OWN: Final = f"{NAMESPACE}/string/{PROPERTY_SETS['strings']}/passerelle-kept"
"""What is kept beside an item: in ``PS_PUBLIC_STRINGS``, which every store keeps and copies along with the item."""

_PIECE: Final = 2_000
"""Characters of one property: a ``PropertyAccessor`` gives no more than 4,088 bytes."""
_PACKED: Final = "z"
"""Begins a text that is compressed. It says how many pieces there are: the first ends with ``:``, and the number."""


class HasProperties(Protocol):
    """Whatever has MAPI properties: an item, a recipient, an attachment."""

    @property
    def PropertyAccessor(self) -> objects.PropertyAccessor:  # noqa: N802 - Outlook's name
        """The way to them."""


def get(source: HasProperties, name: str) -> object | None:
    """The value of a MAPI property, by its canonical name; None if it is not set. Bytes come as hexadecimal digits."""
    found = _get(source.PropertyAccessor, mapi()[name].schema)
    return bytes(found).hex().upper() if isinstance(found, bytes | memoryview) else found


def put(source: HasProperties, name: str, value: object) -> None:
    """Set a MAPI property; one of bytes from hexadecimal digits."""
    accessor, schema = source.PropertyAccessor, mapi()[name].schema
    binary = mapi()[name].type == "binary"
    accessor.SetProperty(schema, accessor.StringToBinary(str(value)) if binary else value)


def read_kept(source: HasProperties) -> Kept:
    """What is kept beside an item; nothing if that is damaged, for then Outlook's own values are all there is."""
    accessor = source.PropertyAccessor
    first = _get(accessor, _OWN)
    if not isinstance(first, str) or not first:
        return Kept()
    text = first
    if first.startswith(_PACKED):
        count, _, text = first[1:].partition(":")
        rest = [_get(accessor, f"{_OWN}-{number}") for number in range(1, int(count) if count.isdecimal() else 0)]
        text = "".join((text, *(piece for piece in rest if isinstance(piece, str))))
    try:
        data = zlib.decompress(base64.b64decode(text)) if first.startswith(_PACKED) else text.encode()
        return msgspec.json.decode(data, type=Kept)
    except (ValueError, zlib.error, msgspec.DecodeError):
        return Kept()


def write_kept(source: HasProperties, kept: Kept) -> None:
    """Keep something beside an item, from its next saving on."""
    data = msgspec.json.encode(kept)
    pieces = [data.decode()] if len(data) <= _PIECE else _pieces(data)
    accessor = source.PropertyAccessor
    for number, piece in enumerate(pieces):
        accessor.SetProperty(f"{_OWN}-{number}" if number else _OWN, piece)


def _pieces(data: bytes) -> list[str]:
    text = base64.b64encode(zlib.compress(data)).decode()
    size = _PIECE - 10
    found = [text[at : at + size] for at in range(0, len(text), size)]
    return [f"{_PACKED}{len(found)}:{found[0]}", *found[1:]]


def _get(accessor: objects.PropertyAccessor, schema: str) -> object | None:
    try:
        return accessor.GetProperty(schema)
    except ComError as error:
        if code_of(error) == ComCode.NOT_FOUND:
            return None
        raise
