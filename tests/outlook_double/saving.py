"""What Outlook does with its records: keep, move and delete items, and tell about it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from passerelle.peers.outlook.constants import DefaultFolder
from tests.outlook_double import failures
from tests.outlook_double.records import Content, FolderRecord, Record
from tests.outlook_double.session import Session


def keep(session: Session, record: Record, content: Content) -> None:
    """Save an item, and tell; who saved hears of it as well (section 1). Raises ComError for a read-only folder."""
    is_new = not record.exists
    keep_silently(session, record, content)
    if session.machine.habits.echo or session.is_quiet:
        tell(session, record, "ItemAdd" if is_new else "ItemChange")


def keep_silently(session: Session, record: Record, content: Content) -> None:
    """Save an item. Its id may change, and its time is cut (section 2). Raises ComError for a read-only folder."""
    check_writable(record.folder)
    record.content = content
    if not record.exists:
        _give_id(session, record)
        record.created = _cut(session, session.machine.now)
    elif _changes_id(session):
        renumber(session, record)
    record.version += 1
    record.modified = _cut(session, session.machine.now)


def tell(session: Session, record: Record, event: str, after: timedelta = timedelta()) -> None:
    """Put an event about an item into the message queue."""

    def arguments() -> tuple[object, ...]:
        if not record.exists:
            raise failures.not_found()
        return (session.item(record),)

    session.tell(("Items", record.folder), event, arguments, after)


def delete(session: Session, record: Record) -> None:
    """Delete an item: that moves it to the deleted items, or from there away (section 1)."""
    bin_ = record.folder.store.folders[DefaultFolder.DeletedItems]
    is_final = any(folder is bin_ for folder in _upwards(record.folder))
    move(session, record, None if is_final else bin_)


def move(session: Session, record: Record, target: FolderRecord | None) -> None:
    """Move an item, or with no target delete it for good, unless a listener of BeforeItemMove cancels that.

    Between stores it gets another id. Raises ComError for a read-only folder.
    """
    check_writable(record.folder)
    if target is not None:
        check_writable(target)
    place = session.folder(target) if target is not None else None
    watched = ("Folder", record.folder)
    is_heard = bool(session.listeners(watched, "BeforeItemMove"))
    if is_heard and not session.ask(watched, "BeforeItemMove", session.item(record), place):
        return
    session.tell(("Items", record.folder), "ItemRemove", tuple, timedelta())
    _transfer(session, record, target)


def _transfer(session: Session, record: Record, target: FolderRecord | None) -> None:
    source = record.folder
    _take_id(record)
    if target is None:
        record.entry_id = ""
        return
    record.folder = target
    if source.store is target.store:
        target.records[record.entry_id] = record
    else:
        _give_id(session, record)
    record.modified = _cut(session, session.machine.now)
    record.version += 1
    tell(session, record, "ItemAdd")


def check_writable(folder: FolderRecord) -> None:
    """Raise ComError for a folder that may not be written to (section 8)."""
    if folder.read_only:
        raise failures.denied()


def _changes_id(session: Session) -> bool:
    every = session.machine.habits.id_changes_every
    session.machine.saves += 1
    return bool(every) and session.machine.saves % every == 0


def _take_id(record: Record) -> None:
    record.folder.records.pop(record.entry_id, None)


def _give_id(session: Session, record: Record) -> None:
    record.entry_id = session.machine.profile.new_id()
    record.folder.records[record.entry_id] = record


def _cut(session: Session, moment: datetime) -> datetime:
    resolution = session.machine.habits.time_resolution
    epoch = datetime(2000, 1, 1, tzinfo=UTC)
    return epoch + (moment - epoch) // resolution * resolution


def _upwards(folder: FolderRecord) -> list[FolderRecord]:
    chain = [folder]
    while (parent := chain[-1].parent) is not None:
        chain.append(parent)
    return chain


def discard(session: Session, record: Record) -> None:
    """Take an item away for good, as Outlook does itself."""
    session.tell(("Items", record.folder), "ItemRemove", tuple, timedelta())
    _transfer(session, record, None)


def renumber(session: Session, record: Record) -> None:
    """Give an item another id, as when its folder goes to another store."""
    _take_id(record)
    _give_id(session, record)
