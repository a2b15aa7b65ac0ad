"""Named levels of rights, 0 to 8, and rights packed into one number (semantics reference, sections 2.2 and 2.3). Pure.

The levels are those of the manual, sections 7.5.1.3 to 7.5.1.11. They are presets: a folder stores rights, and a level
is recognised in them. Rights that are none of the presets are *custom*.
"""

from __future__ import annotations

from msgspec import Struct

from passerelle.model.folders import Level, Rights
from passerelle.model.text import Text


class NamedLevel(Struct, frozen=True):
    """A preset: its number, what its holder may do in few words, and the rights that it stands for."""

    number: int
    name: Text
    rights: Rights


LEVELS: tuple[NamedLevel, ...] = (
    NamedLevel(0, Text("see the folder"), Rights(folder=2)),
    NamedLevel(1, Text("create items"), Rights(folder=4)),
    NamedLevel(2, Text("read"), Rights(folder=2, read=4)),
    NamedLevel(3, Text("read, create and delete own items"), Rights(folder=4, read=4, delete=2)),
    NamedLevel(4, Text("read, create, change and delete own items"), Rights(folder=4, read=4, write=2, delete=2)),
    NamedLevel(5, Text("like 4, and create subfolders"), Rights(folder=8, read=4, write=2, delete=2)),
    NamedLevel(6, Text("read, create, change and delete all items"), Rights(folder=4, read=4, write=4, delete=4)),
    NamedLevel(7, Text("full access"), Rights(folder=8, read=4, write=4, delete=4)),
    NamedLevel(8, Text("administer"), Rights(folder=8, read=4, write=4, delete=4, admin=True)),
)
"""The presets; each stands at the index of its number."""

_BY_RIGHTS = {level.rights: level.number for level in LEVELS}

_PACKED = {Level.NONE: 0, Level.OWN: 1, Level.ALL: 2, Level.SUBFOLDERS: 4, Level.MAXIMUM: 64}
_UNPACKED = {packed: level for level, packed in _PACKED.items()}
_BITS = 7
_GROUP = (1 << _BITS) - 1
_SHIFTS = {"folder": 0, "read": _BITS, "write": 2 * _BITS, "delete": 3 * _BITS}
_ADMIN = 1 << 4 * _BITS


def rights_of(number: int) -> Rights:
    """The rights that a level stands for.

    Raises:
        IndexError: there is no such level.
    """
    if number < 0:
        raise IndexError(number)
    return LEVELS[number].rights


def level_of(rights: Rights) -> int | None:
    """The number of the level that rights are, or None for custom ones. "Everything" (128) counts as the most there is.

    >>> level_of(Rights(folder=128, read=128, write=128, delete=128, admin=True)), level_of(Rights(folder=2, read=2))
    (8, None)
    """
    return _BY_RIGHTS.get(
        Rights(
            folder=min(rights.folder, Level.SUBFOLDERS),
            read=min(rights.read, Level.ALL),
            write=min(rights.write, Level.ALL),
            delete=min(rights.delete, Level.ALL),
            admin=rights.admin,
        )
    )


def packed(rights: Rights) -> int:
    """Rights as one number: seven bits for each of the four, and the administrator's bit above them.

    >>> packed(Rights(folder=128, read=128, write=128, delete=128, admin=True))
    403710016
    """
    number = sum(_code(getattr(rights, name)) << shift for name, shift in _SHIFTS.items())
    return number | (_ADMIN if rights.admin else 0)


def unpacked(number: int) -> Rights:
    """The rights that one number stands for.

    Raises:
        ValueError: it has bits that stand for nothing.
    """
    codes = {name: number >> shift & _GROUP for name, shift in _SHIFTS.items()}
    if number >> 4 * _BITS not in (0, 1) or not _UNPACKED.keys() >= set(codes.values()):
        raise ValueError(number)
    levels = {name: int(_UNPACKED[code]) for name, code in codes.items()}
    return Rights(**levels, admin=bool(number & _ADMIN))


def _code(level: int) -> int:
    """The code of the highest level that is reached; values between the levels count as the lower one."""
    return max(code for reached, code in _PACKED.items() if reached <= level)
