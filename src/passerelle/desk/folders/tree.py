"""The tree beside a page: the folders of its module, each below its parent, in the groups of OX (manual, 7.2)."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from passerelle.desk.places import Place, places, shown_place
from passerelle.desk.visit import Visit
from passerelle.groupware.folder_tree import in_tree
from passerelle.groupware.views import FolderCount, FolderView
from passerelle.model.errors import Invalid, NotFound
from passerelle.model.folders import PRIVATE, PUBLIC, FolderType, Module
from passerelle.model.ids import FolderId
from passerelle.model.text import Text

MODULES: Mapping[str, Module] = {"calendar": Module.CALENDAR, "contacts": Module.CONTACTS, "tasks": Module.TASKS}
"""The pages that have a tree, and what their folders hold."""
DEEPEST = 4
"""Deeper folders are not indented further."""


class Row(Struct, frozen=True, kw_only=True):
    """A folder in the tree. One that may only be seen has no ``place``; ``count`` is None unless wanted."""

    id: FolderId
    name: str
    depth: int
    place: Place | None
    count: FolderCount | None
    is_shared_out: bool


class Branch(Struct, frozen=True, kw_only=True):
    """Folders under one heading; new ones can be made below ``root``, if there is one."""

    heading: Text
    root: FolderId | None
    rows: tuple[Row, ...]


_BRANCHES: tuple[tuple[Text, FolderId | None], ...] = (
    (Text("Private folders"), PRIVATE),
    (Text("Public folders"), PUBLIC),
    (Text("Shared folders"), None),
    (Text("System folders"), None),
)


def module_of(visit: Visit) -> Module:
    """What kind of items a form or an address is about. Raises Invalid: it does not say so."""
    found = MODULES.get(visit.fields.get("module", ""))
    if found is None:
        raise Invalid("Say where the item is.", "module")
    return found


def tree(visit: Visit, page: str) -> dict[str, object]:
    """What the template of the tree shows beside a page.

    Raises:
        NotFound: no such page has a tree.
    """
    module = MODULES.get(page)
    if module is None:
        raise NotFound(Text("There is no page “{page}”.", page=page))
    groups = places(visit.session, module)
    known = {place.id: place for group in groups for place in group.places}
    is_counted = visit.session.preferences().counts
    counts = visit.session.counts(module) if is_counted else {}
    views = [view for view in visit.session.folders().changed if view.folder.module is module]
    names = visit.session.folder_names(view.folder for view in views)
    found: list[list[Row]] = [[] for _ in _BRANCHES]
    for depth, view in in_tree(views):
        id_ = view.folder.id
        found[_branch(view)].append(
            Row(
                id=id_,
                name=names[id_],
                depth=min(depth, DEEPEST),
                place=known.get(id_),
                count=counts.get(id_, FolderCount()) if is_counted and id_ in known else None,
                is_shared_out=_is_shared_out(view),
            )
        )
    branches = [
        Branch(heading=heading, root=root, rows=tuple(rows))
        for (heading, root), rows in zip(_BRANCHES, found, strict=True)
        if rows or root is not None
    ]
    chosen = shown_place(visit.fields, groups)
    return {"branches": branches, "module": page, "chosen": chosen, "groups": groups}


def _branch(view: FolderView) -> int:
    if view.shared:
        return 2
    return {FolderType.PRIVATE: 0, FolderType.PUBLIC: 1, FolderType.SYSTEM: 3}[view.folder.type]


def _is_shared_out(view: FolderView) -> bool:
    """Whether others have rights in one of the user's own folders."""
    return view.folder.type is FolderType.PRIVATE and not view.shared and len(view.folder.rights) > 1
