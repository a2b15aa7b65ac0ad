"""Folders and rights (OX reference, section 8; semantics reference, sections 1 and 2)."""

from __future__ import annotations

from datetime import datetime
from enum import IntEnum, StrEnum

from msgspec import Struct

from passerelle.model.ids import FolderId, Stamp, UserId
from passerelle.model.principals import PrincipalKind


class Module(StrEnum):
    """What a folder holds; the values are the words of the OX interface. System folders hold only folders."""

    CALENDAR = "calendar"
    CONTACTS = "contact"
    TASKS = "task"
    SYSTEM = "system"


class FolderType(StrEnum):
    """Private folders belong to their owner, public ones to everybody. "Shared" is a view, never stored."""

    PRIVATE = "private"
    PUBLIC = "public"
    SYSTEM = "system"


class Level(IntEnum):
    """How far one right reaches; each level includes the lower ones (semantics reference, section 2.1)."""

    NONE = 0
    OWN = 2
    ALL = 4
    SUBFOLDERS = 8
    MAXIMUM = 128


class Rights(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Four levels and the administrator flag.

    ``folder``: 0 invisible, 2 see, 4 create items, 8 create subfolders, 128 all.
    ``read``, ``write``, ``delete``: 0 none, 2 own items, 4 all items, 128 all.
    """

    folder: int = 0
    read: int = 0
    write: int = 0
    delete: int = 0
    admin: bool = False


class Right(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The rights of one user or group in one folder. ``system`` marks a path-to-root entry that editors hide."""

    kind: PrincipalKind
    principal: int
    rights: Rights
    system: bool = False


class Folder(Struct, frozen=True, kw_only=True):
    """A folder with its rights. ``owner`` is the creator; for a private folder the user whose it is."""

    id: FolderId
    parent: FolderId
    name: str
    module: Module
    type: FolderType
    owner: UserId
    is_default: bool = False
    created_by: UserId
    created: datetime
    modified_by: UserId
    stamp: Stamp
    rights: tuple[Right, ...] = ()


ROOT = FolderId(0)
PRIVATE = FolderId(1)
PUBLIC = FolderId(2)
SHARED = FolderId(3)
SYSTEM = FolderId(4)
GLOBAL = FolderId(5)
GLOBAL_ADDRESS_BOOK = FolderId(6)
FIRST_ORDINARY = FolderId(20)
"""Folders below this id are the system's and can never be deleted (semantics reference, section 1.1)."""

FULL = Rights(folder=128, read=128, write=128, delete=128, admin=True)
"""What an owner holds (semantics reference, section 2.3)."""
