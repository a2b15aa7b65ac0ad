"""Items in answers to a peer that knows our extension: some dozens in one element, each whole, as JSON.

What an object is – its number, its version, who made it – stands there too. Measured, a reader takes half of the
time that it takes where that stands in elements of the interface, an object in a response of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cache
from typing import TypeVar, get_args, get_type_hints

import msgspec

from passerelle.model.errors import Invalid, Refused
from passerelle.model.ids import AttachmentId, ItemId, Stamp, UserId
from passerelle.model.items import Item
from passerelle.model.moments import Instant, Timed, WholeDays, milliseconds
from passerelle.model.participants import Participant
from passerelle.model.records import Attachment, ItemRecord
from passerelle.model.recurrence import Recurrence
from passerelle.model.text import Text
from passerelle.wire.oxxml import asides, extension
from passerelle.wire.oxxml.reading import Response

_I = TypeVar("_I", bound=Item)

_PIECE_BYTES = 64 * 1024
"""About as much as a server sends at once. Readers keep a piece in memory, and refuse text of 10 MB."""


_UNSAID = msgspec.Raw(b"null")


class FileEntry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A file that hangs on an object. ``created`` is in milliseconds since 1970, ``digest`` the SHA-256 of it."""

    id: AttachmentId
    name: str
    media_type: str
    created: int
    digest: str
    rtf: bool = False


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One object: which one it is, and ``item``, all it holds. ``created`` is in milliseconds since 1970.

    ``master`` is set on change exceptions. There is no ``item`` where the server could not write it.
    """

    id: ItemId
    stamp: Stamp
    created_by: UserId
    created: int
    master: ItemId | None = None
    item: msgspec.Raw = _UNSAID
    files: tuple[FileEntry, ...] = ()


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """One response of an answer: some objects, or behind the last of a change list how many ``objects`` it has.

    A list that something on the way shortened may be well-formed all the same; a client that believed it would never
    ask for the rest again.
    """

    items: tuple[Entry, ...] = ()
    objects: int | None = None


def entry(record: ItemRecord) -> msgspec.Raw:
    """An object, as a server writes it."""
    return _encoded(record, msgspec.Raw(_encode(record.item)))


def broken(record: ItemRecord) -> msgspec.Raw:
    """What stands for an object that could not be written."""
    return _encoded(record, _UNSAID)


def _encoded(record: ItemRecord, item: msgspec.Raw) -> msgspec.Raw:
    one = Entry(
        id=record.id,
        stamp=record.stamp,
        created_by=record.created_by,
        created=milliseconds(record.created),
        master=record.master,
        item=item,
        files=tuple(map(_file, record.attachments)) if record.attachments else (),
    )
    return msgspec.Raw(_encode(one))


def _file(one: Attachment) -> FileEntry:
    return FileEntry(
        id=one.id,
        name=one.name,
        media_type=one.media_type,
        created=milliseconds(one.created),
        digest=one.digest,
        rtf=one.rtf,
    )


def single(one: msgspec.Raw) -> bytes:
    """The response with one object; its ``href`` is 0."""
    return asides.write({"items": [one]})


def listing(entries: Iterable[msgspec.Raw], before: int) -> Iterator[bytes]:
    """The responses of a change list; ``before`` of its objects have come already, as others."""
    count = before
    for some in _portions(entries):
        count += len(some)
        yield asides.write({"items": some})
    yield asides.write({"objects": count})


def _portions(entries: Iterable[msgspec.Raw]) -> Iterator[list[msgspec.Raw]]:
    waiting: list[msgspec.Raw] = []
    size = 0
    for one in entries:
        length = len(memoryview(one))
        if waiting and size + length > _PIECE_BYTES:
            yield waiting
            waiting, size = [], 0
        waiting.append(one)
        size += length
    if waiting:
        yield waiting


def read(response: Response) -> Piece | None:
    """What a response holds of these; None where it is something else.

    Raises:
        Unreadable: it is malformed. An item that is none is found only by :func:`item`, and hinders no other.
    """
    return asides.read(response, _PIECES)


def item(kind: type[_I], content: msgspec.Raw) -> _I:
    """The item of an entry. ``kind`` is what its folder holds.

    Raises:
        Refused: the server could not write it.
        Invalid: not such a JSON object, another kind of item, or values that no item can have.
    """
    if content is _UNSAID:
        raise Refused("The server cannot show this object. Its log says why.")
    try:
        found = _ITEMS.decode(content)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise Invalid(Text("The extension element cannot be read: {error}.", error=str(error)), "extension") from error
    if not isinstance(found, kind):
        raise Invalid("The extension element holds an item of another kind than its folder.", "extension")
    changes: dict[str, object] = {}
    for name in _checked_names(type(found)):
        value = getattr(found, name)
        if value:
            checked = extension.checked(name, value)
            if checked is not value:
                changes[name] = checked
    return msgspec.structs.replace(found, **changes) if changes else found


_encode = msgspec.json.Encoder().encode
_PIECES: msgspec.json.Decoder[Piece] = msgspec.json.Decoder(Piece)
_ITEMS: msgspec.json.Decoder[Item] = msgspec.json.Decoder(Item)
_SUSPECT = {datetime, Timed, WholeDays, Instant, Recurrence, Participant}


@cache
def _checked_names(kind: type[Item]) -> tuple[str, ...]:
    """The attributes of which not every value that JSON can hold is one that an item can have."""
    hints = get_type_hints(kind)
    return tuple(
        name for name in kind.__struct_fields__ if name == "user_fields" or not _SUSPECT.isdisjoint(_parts(hints[name]))
    )


def _parts(hint: object) -> set[object]:
    """A type and all that it is made of."""
    return {hint}.union(*[_parts(part) for part in get_args(hint)])
