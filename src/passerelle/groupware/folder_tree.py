"""Folders in the order of a tree: private, public, shared, the system's (manual, 7.2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from passerelle.groupware.views import FolderView
from passerelle.model.folders import FolderType
from passerelle.model.ids import FolderId

_ORDER = {FolderType.PRIVATE: 0, FolderType.PUBLIC: 1, FolderType.SYSTEM: 3}
_SHARED = 2


def in_tree(views: Iterable[FolderView]) -> list[tuple[int, FolderView]]:
    """The folders, each below its parent, with the number of those above it."""
    known = {view.folder.id: view for view in views}
    below: dict[FolderId | None, list[FolderView]] = defaultdict(list)
    for view in known.values():
        parent = view.folder.parent
        is_below = parent in known and parent != view.folder.id  # the root lies in itself
        below[parent if is_below else None].append(view)
    return list(_walk(below, None, 0))


def _walk(
    below: dict[FolderId | None, list[FolderView]], parent: FolderId | None, depth: int
) -> Iterator[tuple[int, FolderView]]:
    for view in sorted(below[parent], key=_place):
        yield depth, view
        yield from _walk(below, view.folder.id, depth + 1)


def _place(view: FolderView) -> tuple[int, int, bool, str]:
    """Default folders first among those of one kind, then by name; those of one owner stand together."""
    folder = view.folder
    owner = folder.owner if view.shared else 0
    return (_SHARED if view.shared else _ORDER[folder.type], owner, not folder.is_default, folder.name.casefold())
