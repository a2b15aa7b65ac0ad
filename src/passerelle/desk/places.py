"""The folders beside a page: those of one module that its user may read, in the groups that OX knows (manual, 7.2)."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from passerelle.groupware.rights import may_create_items
from passerelle.groupware.session import Session
from passerelle.groupware.views import FolderView
from passerelle.model.folders import FolderType, Module
from passerelle.model.ids import FolderId
from passerelle.model.records import ItemRecord
from passerelle.model.text import Text

HUES = 8
"""How many colours the styles know; folders take them in turn."""


class Place(Struct, frozen=True, kw_only=True):
    """A folder as a page shows it. ``hue`` is the number of its colour; ``takes`` whether items may be put into it."""

    id: FolderId
    name: str
    hue: int
    takes: bool
    is_default: bool


class Group(Struct, frozen=True):
    """Places under one heading."""

    heading: Text
    places: tuple[Place, ...]


def places(session: Session, module: Module) -> tuple[Group, ...]:
    """The readable folders of a module, in groups; groups without any are left out."""
    views = [view for view in session.folders().changed if view.folder.module is module and view.effective.read]
    names = session.folder_names(view.folder for view in views)
    found = []
    hue = 0
    for heading, members in _grouped(views):
        shown = []
        for view in sorted(members, key=_order):
            shown.append(_place(view, names[view.folder.id], hue % HUES))
            hue += 1
        found.append(Group(heading, tuple(shown)))
    return tuple(found)


def default_place(groups: tuple[Group, ...]) -> Place | None:
    """Where new items go if nobody says otherwise."""
    all_places = [place for group in groups for place in group.places if place.takes]
    return next((place for place in all_places if place.is_default), all_places[0] if all_places else None)


def shown_place(values: Mapping[str, str], groups: tuple[Group, ...]) -> FolderId | None:
    """The folder whose items a page shows: the one that is asked for, else where new items go."""
    asked = values.get("place", "")
    default = default_place(groups)
    known = (place.id for group in groups for place in group.places if str(place.id) == asked)
    return next(known, default.id if default else None)


def chosen_place(values: Mapping[str, str], record: ItemRecord | None, groups: tuple[Group, ...]) -> str:
    """The folder that a form has chosen: what was typed, where the item is, else where new ones go; "" for none."""
    typed = values.get("place", "")
    if typed:
        return typed
    if record is not None:
        return str(record.folder)
    default = default_place(groups)
    return str(default.id) if default else ""


def _grouped(views: list[FolderView]) -> list[tuple[Text, list[FolderView]]]:
    headings = (
        (
            Text("Private folders"),
            [view for view in views if view.folder.type is FolderType.PRIVATE and not view.shared],
        ),
        (Text("Public folders"), [view for view in views if view.folder.type is FolderType.PUBLIC]),
        (Text("Shared folders"), [view for view in views if view.shared]),
        (Text("System folders"), [view for view in views if view.folder.type is FolderType.SYSTEM]),
    )
    return [(heading, members) for heading, members in headings if members]


def _order(view: FolderView) -> tuple[bool, str]:
    return not view.folder.is_default, view.folder.name.casefold()


def _place(view: FolderView, name: str, hue: int) -> Place:
    return Place(
        id=view.folder.id,
        name=name,
        hue=hue,
        takes=may_create_items(view.effective),
        is_default=view.folder.is_default and not view.shared,
    )
