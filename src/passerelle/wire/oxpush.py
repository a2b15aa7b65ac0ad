"""The datagrams of UDP push (OX reference, section 18): fields separated by the byte 1."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from passerelle.model.errors import Unreadable
from passerelle.model.ids import FolderId, UserId

LONGEST: Final = 512
"""Bytes of the longest datagram that can be a registration; a real one has some twenty."""
OK: Final = b"OK\x01"
"""The answer to a registration."""

_SEPARATOR: Final = b"\x01"
_MAGIC: Final = b"1337"
_REGISTER: Final = b"1"
_MOST_DIGITS: Final = 18


class Registration(Struct, frozen=True):
    """Who wants to hear of changes, at the address that the datagram came from."""

    user: UserId
    context: int


def read_registration(datagram: bytes) -> Registration:
    """A registration: magic, number of bytes, and as many bytes: type, user and context (section 18.1).

    Separators at the end are tolerated.

    Raises:
        Unreadable: it is none, or another message, or shorter than it says.
    """
    if len(datagram) > LONGEST:
        raise Unreadable("The datagram is longer than any registration.")
    magic, _, rest = datagram.partition(_SEPARATOR)
    length, _, content = rest.partition(_SEPARATOR)
    if magic != _MAGIC:
        raise Unreadable("The datagram does not begin with the word of the protocol.")
    said = _number(length)
    if len(content) < said:
        raise Unreadable("The datagram is shorter than it says.")
    if content[said:].strip(_SEPARATOR):
        raise Unreadable("The datagram is longer than it says.")
    fields = content[:said].rstrip(_SEPARATOR).split(_SEPARATOR)
    match fields:
        case [kind, user, context] if kind == _REGISTER:
            return Registration(UserId(_number(user)), _number(context))
        case _:
            raise Unreadable("The datagram is no registration.")


def write_registration(registration: Registration) -> bytes:
    """What a client sends to register."""
    content = _SEPARATOR.join([_REGISTER, b"%d" % registration.user, b"%d" % registration.context])
    return _SEPARATOR.join([_MAGIC, b"%d" % len(content), content])


def write_event(folder: FolderId) -> bytes:
    """What a client is sent when something in a folder changed (section 18.2)."""
    return b"%d" % folder + _SEPARATOR


def read_event(datagram: bytes) -> FolderId:
    """The folder in which something changed.

    Raises:
        Unreadable: it is no event.
    """
    digits, _, rest = datagram.partition(_SEPARATOR)
    if rest.strip(_SEPARATOR):
        raise Unreadable("The datagram is no event.")
    return FolderId(_number(digits))


def _number(digits: bytes) -> int:
    if not digits.isdigit() or len(digits) > _MOST_DIGITS:
        raise Unreadable("A number of the datagram is none.")
    return int(digits)
