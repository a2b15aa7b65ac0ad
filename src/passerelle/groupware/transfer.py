"""Files in and out: calendars (.ics) and address books (.vcf) for a user's folders.

An import is idempotent: what a folder already has, by uid, stays as it is. Items that a file cannot say properly are
taken as they are, with none of the limits that people's own changes have; nobody is mailed, and no conflict refuses
what happened long ago.
"""

from __future__ import annotations

from collections.abc import Iterator

from passerelle.groupware import imports
from passerelle.groupware.access import readable_folder
from passerelle.groupware.actor import actor_of
from passerelle.groupware.exports import cards, series, whole
from passerelle.groupware.imports import ImportReport, Intake
from passerelle.groupware.session import Session
from passerelle.groupware.teller import Teller
from passerelle.model.errors import Unreadable
from passerelle.model.folders import Folder, Module
from passerelle.model.ids import FolderId
from passerelle.model.items import Contact
from passerelle.model.records import ItemRecord
from passerelle.wire import icalendar, vcard
from passerelle.wire.findings import Problem

__all__ = ["ImportReport", "export_folder", "export_item", "import_file"]


def import_file(session: Session, folder: FolderId | None, name: str, data: bytes) -> ImportReport:
    """Import a calendar or an address book; ``name`` is for the report and tells the format where content does not.

    Without a folder, or where a folder holds something else, items go into the user's default folder of their kind.
    A replica refuses what others take part in: its server would invite them anew.

    Raises:
        NotFound, Forbidden: the folder is invisible, or nothing may be put into it.
    """
    intake = Intake(session, folder, meetings=session.teller is not Teller.SERVER)
    try:
        if _is_address_book(name, data):
            imports.take_cards(intake, vcard.read(data))
        else:
            imports.take_calendar(intake, icalendar.read(data, session.user.zone))
    except Unreadable as error:
        intake.refused.append(Problem(error.line, error.text))
    return intake.report(name)


def _is_address_book(name: str, data: bytes) -> bool:
    head = data[:4096].upper()
    if b"BEGIN:VCALENDAR" in head or b"BEGIN:VCARD" in head:
        return b"BEGIN:VCALENDAR" not in head
    return name.lower().endswith((".vcf", ".vcard"))


def export_folder(session: Session, folder: FolderId, *, small_pictures: bool = False) -> Iterator[bytes]:
    """A folder's readable items as a file, piece by piece: iCalendar, for contacts vCard.

    ``small_pictures`` puts copies of 200 pixels in the place of larger pictures (docs/decisions/0020).

    Raises:
        NotFound, Forbidden: the folder is invisible, or must not be read.
    """
    found = _readable(session, folder)
    if found.module is Module.CONTACTS:
        return vcard.write_parts(cards(session, found, small_pictures=small_pictures))
    return icalendar.write_parts(series(session, found), name=found.name)


def export_item(session: Session, record: ItemRecord) -> bytes:
    """One item, which the session has read, as a file: iCalendar, a contact as vCard; a series is whole."""
    if isinstance(record.item, Contact):
        return vcard.write([record.item])
    return b"".join(icalendar.write_parts([whole(session, record)]))


def _readable(session: Session, id_: FolderId) -> Folder:
    module = session.folder(id_).folder.module
    with session.store.reading() as tx:
        actor = actor_of(tx, session.user_id)
        return readable_folder(tx, actor, id_, module)[0]
