"""The tree, and the dialogs about a folder: a new one, its properties, its end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec
from msgspec import Struct
from starlette.responses import Response

from passerelle.desk import saving
from passerelle.desk.folders.links import can_share
from passerelle.desk.folders.permissions import BOXES, LEVEL_BOXES, added, entries, rows
from passerelle.desk.folders.tree import MODULES, tree
from passerelle.desk.parties import GRANTABLE
from passerelle.desk.visit import Typed, Visit
from passerelle.groupware.folder_tree import in_tree
from passerelle.groupware.rights import may_create_folders, may_create_items
from passerelle.groupware.views import FolderCount, FolderView
from passerelle.model.errors import Refused
from passerelle.model.folders import FIRST_ORDINARY, PRIVATE, PUBLIC, FolderType, Module, Right
from passerelle.model.ids import FolderId
from passerelle.model.levels import LEVELS
from passerelle.model.participants import Participant, ParticipantKind
from passerelle.model.text import Text

KINDS: Final = {
    Module.CALENDAR: Text("Appointments"),
    Module.CONTACTS: Text("Contacts"),
    Module.TASKS: Text("Tasks"),
}
_ROOTS: Final = {PRIVATE: Text("Private folders"), PUBLIC: Text("Public folders")}

_INDENT: Final = "\N{EM SPACE}"


class Parent(Struct, frozen=True):
    """A folder that others can lie in."""

    id: FolderId
    name: str


def branches(visit: Visit) -> Response:
    """The tree beside a page."""
    return visit.page("folders/branches.html", tree(visit, visit.fields.get("page", "")))


def menu(visit: Visit) -> Response:
    """What can be done with a folder."""
    view = _view(visit)
    return visit.page(
        "folders/menu.html",
        {
            "view": view,
            "name": _name(visit, view),
            "can_add": may_create_folders(view.effective),
            "can_take": may_create_items(view.effective),
            "is_counted": visit.session.preferences().counts,
            "can_share": can_share(visit, view),
            "can_go": _is_changeable(view) and not view.folder.is_default,
            "page": next(name for name, module in MODULES.items() if module is view.folder.module),
        },
    )


def count(visit: Visit) -> Response:
    """Have the tree say how much is in each folder, or not."""
    is_wanted = bool(visit.fields.get("counts"))
    visit.session.choose_preferences(msgspec.structs.replace(visit.session.preferences(), counts=is_wanted))
    return Response(status_code=204)


def blank(visit: Visit) -> Response:
    """The dialog of a new folder."""
    return _new(visit, {"parent": "", "module": "", "name": "", **visit.fields})


def create(visit: Visit) -> Response:
    """Make a folder as the form says; if that is refused, the form says why."""
    fields = visit.fields
    try:
        module = MODULES.get(fields.get("module", ""))
        visit.session.create_folder(FolderId(visit.number("parent")), fields.get("name", ""), module=module)
    except Refused as error:
        return _new(visit, fields, error)
    return visit.done(Text("The folder is made."), folders=True)


def properties(visit: Visit) -> Response:
    """The dialog of a folder."""
    view = _view(visit)
    values = {"name": view.folder.name, "parent": str(view.folder.parent), "opened": visit.fields.get("opened", "")}
    return _properties(visit, view, values, view.folder.rights)


def names(visit: Visit) -> Response:
    """Names of users and groups that begin as what was typed, to choose from."""
    found = visit.directory.matching(visit.fields.get("who", ""), GRANTABLE)
    return visit.page("calendar/names.html", {"names": found})


def permit(visit: Visit) -> Response:
    """The dialog with one more user or group, or one fewer; nothing is saved yet."""
    view = _view(visit)
    chosen = entries(visit.fields, view.folder)
    error = None
    try:
        if visit.fields.get("remove"):
            chosen = tuple(one for one in chosen if f"{one.kind.value}-{one.principal}" != visit.fields["remove"])
        else:
            new = added(visit.fields.get("who", ""), visit.directory)
            is_there = any((one.kind, one.principal) == (new.kind, new.principal) for one in chosen)
            chosen = chosen if is_there else (*chosen, new)
    except Refused as refused:
        error = refused
    return _properties(visit, view, visit.fields, chosen, error)


def save(visit: Visit) -> Response:
    """Change a folder as the form says; if that is refused, the form says why."""
    view, fields = _view(visit), visit.fields
    given = entries(fields, view.folder) if "rows" in fields else None
    try:
        visit.session.update_folder(
            view.folder.id,
            name=fields.get("name"),
            parent=FolderId(visit.number("parent")) if fields.get("parent") else None,
            rights=given,
            expected=saving.stamp_of(visit),
        )
    except Refused as error:
        return _properties(visit, view, fields, view.folder.rights if given is None else given, error)
    return visit.done(Text("The folder is saved."), folders=True)


def ending(visit: Visit) -> Response:
    """The dialog that asks whether a folder is to go, and says what goes with it (manual, 7.4)."""
    view = _view(visit)
    return _ending(visit, view)


def delete(visit: Visit) -> Response:
    """Delete a folder with all in it."""
    view = _view(visit)
    try:
        visit.session.delete_folder(view.folder.id, saving.stamp_of(visit))
    except Refused as error:
        return _ending(visit, view, error)
    return visit.done(Text("The folder is deleted."), folders=True)


def _view(visit: Visit) -> FolderView:
    return visit.session.folder(FolderId(visit.number("id")))


def _name(visit: Visit, view: FolderView) -> str:
    return visit.session.folder_names((view.folder,))[view.folder.id]


def _is_changeable(view: FolderView) -> bool:
    return view.effective.admin and not view.shared and view.folder.id >= FIRST_ORDINARY


def _size(visit: Visit, view: FolderView) -> dict[str, object]:
    """How many items and how many folders lie in one."""
    counts = visit.session.counts(view.folder.module)
    below = _below(visit.session.folders().changed, view.folder.id)
    here = counts.get(view.folder.id, FolderCount())
    return {
        "items": here.items,
        "open": here.open if view.folder.module is Module.TASKS else None,
        "items_below": sum(counts[one].items for one in below if one in counts),
        "below": len(below),
    }


def _below(views: Sequence[FolderView], id_: FolderId) -> list[FolderId]:
    found = [id_]
    for one in found:
        found += [view.folder.id for view in views if view.folder.parent == one and not view.shared]
    return found[1:]


def _parents(visit: Visit, type_: FolderType | None = None, besides: FolderId | None = None) -> list[Parent]:
    """The folders that one can lie in, those below it left out."""
    views = visit.session.folders().changed
    left_out = set() if besides is None else {besides, *_below(views, besides)}
    names = visit.session.folder_names(view.folder for view in views)
    shown = {**names, **{id_: visit.words.say(name) for id_, name in _ROOTS.items()}}
    return [
        Parent(view.folder.id, _INDENT * max(0, depth - 1) + shown[view.folder.id])
        for depth, view in in_tree(views)
        if may_create_folders(view.effective) and view.folder.id not in left_out and _takes(view, type_)
    ]


def _takes(view: FolderView, type_: FolderType | None) -> bool:
    """Whether folders of a type can lie in one; without a type, any."""
    if type_ is None:
        return view.folder.type is not FolderType.SYSTEM or view.folder.id in _ROOTS
    if view.folder.type is FolderType.SYSTEM:
        return view.folder.id == (PRIVATE if type_ is FolderType.PRIVATE else PUBLIC)
    return view.folder.type is type_ and not view.shared


def _new(visit: Visit, values: Mapping[str, str], error: Refused | None = None) -> Response:
    kinds = {name: KINDS[module] for name, module in MODULES.items()}
    shown = {
        "values": Typed(values),
        "kinds": kinds,
        "parents": _parents(visit),
        "error": None if error is None else visit.words.say(saving.reason(error)),
    }
    return visit.page("folders/new.html", shown, 200 if error is None else 422)


def _ending(visit: Visit, view: FolderView, error: Refused | None = None) -> Response:
    shown = {
        "view": view,
        "name": _name(visit, view),
        "error": None if error is None else visit.words.say(saving.reason(error)),
        **_size(visit, view),
    }
    return visit.page("folders/ending.html", shown, 200 if error is None else 422)


def _properties(
    visit: Visit, view: FolderView, values: Mapping[str, str], rights: tuple[Right, ...], error: Refused | None = None
) -> Response:
    folder = view.folder
    shown = {
        "view": view,
        "title": _name(visit, view),
        "values": Typed(values),
        "kind": KINDS.get(folder.module, Text("Folders")),
        "owner": visit.directory.name_of(Participant(kind=ParticipantKind.USER, id=folder.owner)),
        "is_changeable": _is_changeable(view),
        "is_fixed": folder.is_default or not _is_changeable(view),
        "parents": _parents(visit, folder.type, folder.id) if _is_changeable(view) else [],
        "rows": rows(rights, folder, visit.directory),
        "levels": LEVELS,
        "level_boxes": LEVEL_BOXES,
        "boxes": BOXES,
        "opened": values.get("opened", ""),
        "error": None if error is None else visit.words.say(saving.reason(error)),
        **_size(visit, view),
    }
    return visit.page("folders/properties.html", shown, 200 if error is None else 422)
