"""``passerelle folders|list|show|export``: what is in the replica."""

from __future__ import annotations

import sys
from typing import cast

from passerelle.cli.naming import find_folder, find_item
from passerelle.cli.options import Account, ConnectorData, Json, SmallPictures
from passerelle.cli.output import print_json, print_table
from passerelle.cli.replicas import open_replica
from passerelle.groupware.describing import as_mapping, rows, title, when
from passerelle.groupware.folder_tree import in_tree
from passerelle.groupware.session import Session
from passerelle.groupware.views import FolderView
from passerelle.model.folders import FIRST_ORDINARY, GLOBAL_ADDRESS_BOOK, Folder, Module
from passerelle.model.ids import Stamp
from passerelle.model.levels import level_of
from passerelle.model.text import Text
from passerelle.translations import said


def folders(*, account: Account = None, data: ConnectorData = None, json: Json = False) -> int:
    """Show the folders of an account with what you may do there and how many items they hold.

    They come as a tree: your own, public ones, those that others share with you ("Anna – Calendar"), and the system's.

    Args:
        account: Which account, if you have several.
        data: Directory of your accounts.
        json: Print JSON for a script.
    """
    with open_replica(data, account) as session:
        shown = [view for view in session.folders().changed if _is_shown(view.folder)]
        with session.store.reading() as tx:
            older = tx.left_out.counts()
        names = session.folder_names(view.folder for view in shown)
        found = [
            _described(session, view, depth, older.get(view.folder.id, 0)) | {"shown": names[view.folder.id]}
            for depth, view in in_tree(shown)
        ]
    if json:
        print_json(found)
    else:
        columns = ("Id", "Name", "Module", "Kind", "You may", "Level", "Items")
        print_table(Text("Folders"), columns, [_cells(one) for one in found])
    return 0


def list_items(folder: str, /, *, account: Account = None, data: ConnectorData = None, json: Json = False) -> int:
    """Show the items of a folder.

    Args:
        folder: Name, end of the path, or id.
        account: Which account, if you have several.
        data: Directory of your accounts.
        json: Print JSON for a script.
    """
    with open_replica(data, account) as session:
        place = find_folder(session, folder)
        records = list(session.changes(place.id, place.module, Stamp(0)).items)
        name = session.folder_names((place,))[place.id]
    if json:
        print_json([as_mapping(record) for record in records])
    else:
        third = Text("When") if place.module is not Module.CONTACTS else Text("E-mail")
        ordered = sorted(records, key=lambda record: (when(record.item), title(record.item)))
        cells = [(record.id, title(record.item), when(record.item)) for record in ordered]
        print_table(name, ("Id", "Title", third), cells)
    return 0


def show(number: int, /, *, account: Account = None, data: ConnectorData = None, json: Json = False) -> int:
    """Show one item with all its fields.

    Args:
        number: The item's id, as "list" shows it.
        account: Which account, if you have several.
        data: Directory of your accounts.
        json: Print JSON for a script.
    """
    with open_replica(data, account) as session:
        record, _ = find_item(session, number)
    if json:
        print_json(as_mapping(record))
    else:
        print_table(title(record.item), ("Field", "Value"), rows(record.item))
    return 0


def export(
    folder: str,
    /,
    *,
    account: Account = None,
    data: ConnectorData = None,
    small_pictures: SmallPictures = False,
) -> int:
    """Write a folder to standard output: calendars and tasks as iCalendar, contacts as vCard.

    Args:
        folder: Name, end of the path, or id.
        account: Which account, if you have several.
        data: Directory of your accounts.
        small_pictures: Pictures of contacts with 200 pixels, for telephones; without it as they are kept.
    """
    from passerelle.groupware.transfer import export_folder

    with open_replica(data, account) as session:
        for piece in export_folder(session, find_folder(session, folder).id, small_pictures=small_pictures):
            sys.stdout.buffer.write(piece)
    return 0


_WORDS = (
    Text("calendar"), Text("contact"), Text("task"), Text("private"), Text("public"), Text("shared"), Text("system"),
    Text("read"), Text("read, write"), Text("read, delete"), Text("read, write, delete"),
)  # fmt: skip
"""What a module, a kind of folder and rights are called."""


def _word(text: object) -> object:
    return next((word for word in _WORDS if word == text), text)


def _cells(one: dict[str, object]) -> tuple[object, ...]:
    """A folder as a line of the tree."""
    name = "  " * int(str(one["depth"])) + said(cast("str", one["shown"]))
    words = (_word(one[word]) for word in ("module", "kind", "rights"))
    older = Text("{items} (+ {count} older)", items=str(one["items"]), count=str(one["left_out"]))
    return (one["id"], name, *words, _level(one["level"]), older if one["left_out"] else one["items"])


def _level(number: object) -> Text:
    """A level of rights as people are shown it: its number, or "custom" for rights that are none of the nine."""
    return Text("custom") if number is None else Text(str(number))


def _is_shown(folder: Folder) -> bool:
    return folder.id >= FIRST_ORDINARY or folder.id == GLOBAL_ADDRESS_BOOK


def _described(session: Session, view: FolderView, depth: int, older: int) -> dict[str, object]:
    one, rights = view.folder, view.effective
    kind = "shared" if view.shared else one.type.value
    may = [word for word, level in (("read", rights.read), ("write", rights.write), ("delete", rights.delete)) if level]
    items = len(session.ids(one.id, one.module)) if rights.read else 0
    return {
        "id": one.id,
        "parent": one.parent,
        "name": one.name,
        "depth": depth,
        "module": one.module.value,
        "kind": kind,
        "default": one.is_default,
        "rights": ", ".join(may),
        "level": level_of(rights),
        "items": items,
        "left_out": older,
    }
