"""Finds what a person names: a folder by id, name or path; an item by id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from passerelle.groupware.folder_names import is_called, needs_owner
from passerelle.model.errors import Contradiction, NotFound
from passerelle.model.folders import Folder, Module
from passerelle.model.ids import ItemId
from passerelle.model.principals import User
from passerelle.model.records import ItemRecord
from passerelle.model.text import Text
from passerelle.store import Store
from passerelle.translations import said

if TYPE_CHECKING:
    from passerelle.groupware.session import Session

MODULES = (Module.CALENDAR, Module.CONTACTS, Module.TASKS)


def find_folder(session: Session, name: str) -> Folder:
    """A folder by id, by name, by the end of its path (``Team/Plans``), or as it is shown (``Anna – Plans``).

    A name without an owner means one's own or a public folder, if there is such.

    Raises:
        NotFound: no visible folder is called so.
        Contradiction: several are.
    """
    folders = [view.folder for view in session.folders().changed if view.folder.module in MODULES]
    by_id = {str(folder.id): folder for folder in folders}
    if name in by_id:
        return by_id[name]
    names = session.folder_names(folders)
    wanted = name.casefold().strip("/").split("/")
    found = [
        folder
        for folder in folders
        if path(folder, by_id)[-len(wanted) :] == wanted or is_called(name, said(names[folder.id]))
    ]
    own = [folder for folder in found if not needs_owner(folder, session.user_id)]
    own = [folder for folder in own if folder.is_default] or own
    if not found:
        message = Text("There is no folder “{name}”. “folders” lists what there is.", name=name)
        raise NotFound(message)
    if len(found) > 1 and len(own) != 1:
        choices = ", ".join(f"{said(names[folder.id])} ({folder.id})" for folder in found)
        message = Text(
            "Several folders are called “{name}”. Give the id of one: {choices}.", name=name, choices=choices
        )
        raise Contradiction(message)
    return (own or found)[0]


def default_folder(session: Session, module: Module) -> Folder:
    """The user's own default folder of a module.

    Raises:
        NotFound: there is none.
    """
    for view in session.folders().changed:
        folder = view.folder
        if folder.is_default and folder.module is module and folder.owner == session.user.id:
            return folder
    message = Text("There is no default folder for module {module}. Name one with --folder.", module=Text(module))
    raise NotFound(message)


def path(folder: Folder, by_id: dict[str, Folder]) -> list[str]:
    """The names from the topmost visible folder down to this one, case-folded."""
    parent = by_id.get(str(folder.parent))
    return [*(path(parent, by_id) if parent else []), folder.name.casefold()]


def find_item(session: Session, number: int) -> tuple[ItemRecord, Module]:
    """An item by id, in whichever module it is.

    Raises:
        NotFound: there is no such item.
    """
    for module in MODULES:
        try:
            return session.get(ItemId(number), module, None), module
        except NotFound:
            continue
    message = Text("There is no item {number}. “list FOLDER” shows the ids.", number=number)
    raise NotFound(message)


def find_user(store: Store, login: str) -> User:
    """A user of the server by login.

    Raises:
        NotFound: there is none.
    """
    with store.reading() as tx:
        user = tx.principals.user_by_login(login)
    if user is None:
        message = Text("There is no user “{login}”. “passerelle server user list” shows all.", login=login)
        raise NotFound(message)
    return user
