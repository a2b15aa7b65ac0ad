"""What Outlook does with folders, and tells about it."""

from __future__ import annotations

from datetime import timedelta

from passerelle.peers.outlook.constants import DefaultFolder, ItemType
from tests.outlook_double import failures, saving
from tests.outlook_double.records import FolderRecord, Record
from tests.outlook_double.session import Session
from tests.outlook_double.stored import checked


def path_of(folder: FolderRecord) -> str:
    """Its path, from the store on."""
    return f"{path_of(folder.parent)}\\{folder.name}" if folder.parent else f"\\\\{folder.name}"


def add(session: Session, parent: FolderRecord, name: str, kind: ItemType) -> FolderRecord:
    """Make a folder."""
    saving.check_writable(parent)
    _check_name(parent, name)
    folder = session.machine.profile.new_folder(parent.store, parent, name, kind)
    _tell(session, folder, "FolderAdd")
    return folder


def rename(session: Session, folder: FolderRecord, name: str) -> None:
    """Give a folder another name; the topmost one of a data file may have any."""
    if folder.parent is None and folder.store.path:
        folder.name = checked(name, str, "Name")
        return
    _check_changeable(folder)
    assert folder.parent is not None
    _check_name(folder.parent, checked(name, str, "Name"))
    folder.name = name
    _tell(session, folder, "FolderChange")


def delete(session: Session, folder: FolderRecord) -> None:
    """Delete a folder: that moves it to the deleted items, or from there away with all that is in it."""
    _check_changeable(folder)
    bin_ = folder.store.folders[DefaultFolder.DeletedItems]
    if folder.parent is bin_:
        _leave(session, folder)
        return
    while any(child.name == folder.name for child in bin_.children):
        folder.name += "1"
    move(session, folder, bin_)


def move(session: Session, folder: FolderRecord, target: FolderRecord) -> None:
    """Hang a folder elsewhere; in another store, all in it gets other ids."""
    _check_changeable(folder)
    saving.check_writable(target)
    _check_name(target, folder.name)
    if folder in [target, *_above(target)]:
        raise failures.invalid("A folder cannot be moved into itself.")
    if not session.ask(("Folder", folder), "BeforeFolderMove", session.folder(target)):
        return
    _leave(session, folder)
    target.children.append(folder)
    folder.parent = target
    if folder.store is not target.store:
        _change_store(session, folder, target)
    _tell(session, folder, "FolderAdd")


def copy(session: Session, folder: FolderRecord, target: FolderRecord) -> FolderRecord:
    """Copy a folder with its items, and those below it."""
    made = add(session, target, folder.name, folder.type)
    for record in folder.records.values():
        content = record.content.copy()
        saving.keep(session, Record(record.type, record.message_class, made, content), content)
    for child in folder.children:
        copy(session, child, made)
    return made


def _change_store(session: Session, folder: FolderRecord, target: FolderRecord) -> None:
    for each in folder.walk():
        each.store = target.store
        each.entry_id = session.machine.profile.new_id()
        for record in list(each.records.values()):
            saving.renumber(session, record)


def _leave(session: Session, folder: FolderRecord) -> None:
    assert folder.parent is not None
    folder.parent.children.remove(folder)
    session.tell(("Folders", folder.parent), "FolderRemove", tuple, timedelta())


def _tell(session: Session, folder: FolderRecord, event: str) -> None:
    session.tell(("Folders", folder.parent), event, lambda: (session.folder(folder),), timedelta())


def _check_changeable(folder: FolderRecord) -> None:
    saving.check_writable(folder)
    if folder.default is not None or folder.parent is None:
        raise failures.denied("You cannot change a default folder of Outlook.")


def _check_name(parent: FolderRecord, name: str) -> None:
    if not name.strip() or "\\" in name:
        raise failures.invalid("The name of the folder is not valid.")
    if any(child.name.casefold() == name.casefold() for child in parent.children):
        raise failures.invalid("A folder with this name already exists.")


def _above(folder: FolderRecord) -> list[FolderRecord]:
    return [folder.parent, *_above(folder.parent)] if folder.parent else []
