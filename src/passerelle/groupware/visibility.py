"""The folder tree as one actor sees it, and the path-to-root entries of public folders (semantics, 1.7).

Pure: computed from a list of all folders.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from passerelle.groupware.actor import Actor
from passerelle.groupware.rights import allowed, is_shared, is_visible
from passerelle.groupware.views import FolderView
from passerelle.model.folders import FIRST_ORDINARY, SHARED, Folder, FolderType, Right, Rights
from passerelle.model.ids import FolderId
from passerelle.model.principals import PrincipalKind

PATH_ENTRY = Rights(folder=2)
"""What a path-to-root entry grants: seeing the folder, nothing else."""

Principal = tuple[PrincipalKind, int]


class Tree:
    """All folders of a store, with the questions the rules ask about one actor's view of them."""

    def __init__(self, folders: Iterable[Folder], actor: Actor) -> None:
        self.folders: Mapping[FolderId, Folder] = {folder.id: folder for folder in folders}
        self.actor = actor
        self._children: dict[FolderId, list[Folder]] = defaultdict(list)
        for folder in self.folders.values():
            if folder.id != folder.parent:
                self._children[folder.parent].append(folder)

    def effective(self, folder: Folder) -> Rights:
        """What the actor may do in a folder."""
        return allowed(folder, self.actor)

    def visible(self, id_: FolderId) -> Folder | None:
        """The folder, if it exists and the actor may see it."""
        folder = self.folders.get(id_)
        return folder if folder is not None and is_visible(self.effective(folder)) else None

    def view(self, folder: Folder) -> FolderView:
        """The folder as the actor meets it; a shared one hangs flat below the shared root."""
        shared = is_shared(folder, self.actor)
        shown = msgspec.structs.replace(folder, parent=SHARED) if shared else folder
        return FolderView(folder=shown, effective=self.effective(folder), shared=shared)

    def children(self, id_: FolderId) -> tuple[Folder, ...]:
        """The folders directly below one, visible or not."""
        return tuple(self._children.get(id_, ()))

    def below(self, id_: FolderId) -> Iterator[Folder]:
        """All folders below one, visible or not, parents before children; each once, also in a damaged tree."""
        waiting, seen = list(self.children(id_)), {id_}
        while waiting:
            folder = waiting.pop()
            if folder.id not in seen:
                seen.add(folder.id)
                yield folder
                waiting.extend(self.children(folder.id))

    def above(self, folder: Folder) -> Iterator[Folder]:
        """The ordinary folders between a folder and the system's, nearest first; each once, also in a damaged tree."""
        parent, seen = self.folders.get(folder.parent), {folder.id}
        while parent is not None and parent.id >= FIRST_ORDINARY and parent.id not in seen:
            seen.add(parent.id)
            yield parent
            parent = self.folders.get(parent.parent)


def normal(rights: Iterable[Right]) -> tuple[Right, ...]:
    """The entries people made, without the path-to-root ones."""
    return tuple(right for right in rights if not right.system)


def path_entries(tree: Tree) -> dict[FolderId, tuple[Right, ...]]:
    """The public folders whose path-to-root entries are not what they should be, with their right entries.

    Whoever may see a public folder may see each ordinary folder above it. An entry that is no longer needed
    goes.
    """
    public = [folder for folder in tree.folders.values() if _takes_entries(folder)]
    wanted: dict[FolderId, set[Principal]] = {folder.id: set() for folder in public}
    for folder in public:
        seen_by = _seen_by(folder)
        for ancestor in tree.above(folder):
            wanted.setdefault(ancestor.id, set()).update(seen_by)
    changed = {}
    for folder in public:
        entries = _with_path_entries(folder, wanted[folder.id])
        if entries != folder.rights:
            changed[folder.id] = entries
    return changed


def _takes_entries(folder: Folder) -> bool:
    return folder.type is FolderType.PUBLIC and folder.id >= FIRST_ORDINARY


def _seen_by(folder: Folder) -> set[Principal]:
    """Who sees a folder by an entry that somebody made."""
    return {(right.kind, right.principal) for right in normal(folder.rights) if is_visible(right.rights)}


def _with_path_entries(folder: Folder, wanted: set[Principal]) -> tuple[Right, ...]:
    missing = sorted(wanted - _seen_by(folder))
    added = (Right(kind=kind, principal=id_, rights=PATH_ENTRY, system=True) for kind, id_ in missing)
    return (*normal(folder.rights), *added)
