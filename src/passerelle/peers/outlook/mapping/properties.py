"""Reading and writing properties that Outlook's object model has no attribute for, ours among them."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping
from typing import Final, Protocol

import msgspec

from passerelle.peers.outlook import bulk, objects
from passerelle.peers.outlook.constants import ComCode
from passerelle.peers.outlook.errors import ComError, code_of
from passerelle.peers.outlook.mapping.kept import Kept
from passerelle.peers.outlook.reference import NAMESPACE, PROPERTY_SETS, mapi

OWN: Final = f"{NAMESPACE}/string/{PROPERTY_SETS['strings']}/passerelle-kept"
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


def put(source: HasProperties, values: Mapping[str, object]) -> None:
    """Set MAPI properties by the names of their schemas."""
    if values:
        bulk.write(source.PropertyAccessor, values)


def put_singly(source: HasProperties, values: Mapping[str, object]) -> None:
    """Set MAPI properties as ``put`` does, but each by a call of its own."""
    accessor = source.PropertyAccessor
    for schema, value in values.items():
        accessor.SetProperty(schema, value)


def to_set(name: str, value: object) -> tuple[str, object]:
    """A MAPI property, by its canonical name, as it is set; one of bytes from hexadecimal digits."""
    found = mapi()[name]
    return found.schema, bytes.fromhex(str(value)) if found.type == "binary" else value


def kept_of(found: Mapping[str, object], accessor: objects.PropertyAccessor) -> Kept:
    """What is kept beside an item of whose properties some were read; what is kept in further ones is read.

    Nothing if that is damaged, for then Outlook's own values are all there is.
    """
    first = found.get(OWN)
    if not isinstance(first, str) or not first:
        return Kept()
    text = first
    if first.startswith(_PACKED):
        text = first.partition(":")[2]
        names = pieces_of(first)[1:]
        rest = bulk.read(accessor, names) if names else {}
        text = "".join((text, *(piece for name in names if isinstance(piece := rest.get(name), str))))
    try:
        data = zlib.decompress(base64.b64decode(text)) if first.startswith(_PACKED) else text.encode()
        return msgspec.json.decode(data, type=Kept)
    except (ValueError, zlib.error, msgspec.DecodeError):
        return Kept()


def words_of(kept: Kept) -> dict[str, str]:
    """The properties that keep something beside an item, from its next saving on."""
    data = msgspec.json.encode(kept)
    pieces = [data.decode()] if len(data) <= _PIECE else _pieces(data)
    return {_piece(number): piece for number, piece in enumerate(pieces)}


def pieces_of(first: object) -> list[str]:
    """The properties in which something is kept whose first piece this is."""
    if not isinstance(first, str) or not first.startswith(_PACKED):
        return [OWN]
    count = first[1:].partition(":")[0]
    return [_piece(number) for number in range(int(count) if count.isdecimal() else 1)]


def _piece(number: int) -> str:
    return f"{OWN}-{number}" if number else OWN


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
