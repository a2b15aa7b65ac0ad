"""What a session hands out: folders as one user meets them, change lists, and the directory."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from passerelle.model.folders import Folder, Rights
from passerelle.model.ids import FolderId, GroupId, Stamp
from passerelle.model.items import Contact
from passerelle.model.principals import Group, Resource, User
from passerelle.model.records import ItemRecord, Tombstone


class FolderCount(Struct, frozen=True):
    """How many items there are in a folder, and how many of them are not done; a series counts once."""

    items: int = 0
    open: int = 0

    def and_more(self, count: int, *, is_done: bool) -> FolderCount:
        """The count with some items more."""
        return FolderCount(self.items + count, self.open + (0 if is_done else count))


class FolderView(Struct, frozen=True, kw_only=True):
    """A folder as one user meets it.

    ``effective`` is what the user may do there. ``shared`` marks another user's private folder; its
    ``folder.parent`` is the shared root (3) whatever the owner's tree looks like, because its real parent
    may be invisible.
    """

    folder: Folder
    effective: Rights
    shared: bool = False


class FolderChanges(Struct, frozen=True, kw_only=True):
    """The visible folders that changed since a stamp, and the ids of those that are gone for this user."""

    changed: tuple[FolderView, ...]
    gone: tuple[FolderId, ...] = ()


class ItemChanges(Struct, frozen=True, kw_only=True):
    """The items that changed in a folder since a stamp. ``items`` is read in pages, and only once."""

    gone: tuple[Tombstone, ...]
    items: Iterator[ItemRecord]


class Person(Struct, frozen=True, kw_only=True):
    """A user of the directory with the entry in the global address book and the groups."""

    user: User
    contact: Contact | None
    groups: tuple[GroupId, ...] = ()


class DirectoryChanges(Struct, frozen=True, kw_only=True):
    """Principals that changed since a stamp; removed ones have ``deleted`` set."""

    people: tuple[Person, ...] = ()
    groups: tuple[Group, ...] = ()
    resources: tuple[Resource, ...] = ()
    stamp: Stamp = Stamp(0)
