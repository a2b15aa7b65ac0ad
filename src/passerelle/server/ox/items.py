"""``webdav.calendar``, ``webdav.contacts`` and ``webdav.tasks`` (OX reference, sections 4, 5 and 10 to 13)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import cast

import msgspec
import structlog

from passerelle.groupware.session import Session
from passerelle.model.errors import Contradiction, Forbidden, Missing, NotFound
from passerelle.model.folders import Module
from passerelle.model.ids import FolderId, ItemId, Stamp
from passerelle.model.items import Appointment, Contact, DistributionList, Item, Task
from passerelle.model.patch import Patch
from passerelle.model.records import ItemRecord, Tombstone
from passerelle.server.ox.answer import document
from passerelle.server.ox.quirks import spared
from passerelle.server.ox.servlet import Handler
from passerelle.server.ox.writing import OwnChanges, carry_out
from passerelle.wire.oxxml import answers, appointment, contact, people, places, task, versions, whole
from passerelle.wire.oxxml.errors import NO_FOLDER
from passerelle.wire.oxxml.parsing import Properties
from passerelle.wire.oxxml.requests import Method, Mode, Propfind, Update, read_propfind

log = structlog.get_logger(__name__)

_CODECS = {Module.CALENDAR: appointment, Module.CONTACTS: contact, Module.TASKS: task}


def item_verbs(module: Module) -> Mapping[str, Handler]:
    """The verbs of the servlet of one module."""
    servlet = ItemServlet(module)
    return {"PROPFIND": servlet.read, "PROPPATCH": servlet.write, "PUT": servlet.write}


class ItemServlet:
    """Reads and writes the items of one module."""

    def __init__(self, module: Module) -> None:
        self._module = module
        self._codec = _CODECS[module]
        self._has_series = module is not Module.CONTACTS

    # Reading

    def read(self, session: Session, body: bytes) -> Iterator[bytes]:
        """Answer a PROPFIND: a change list, or one object."""
        query = read_propfind(body)
        if query.modes is None:
            return document([self._single(session, query)])
        folder = FolderId(query.folder_id) if query.folder_id else None
        return document(self._change_list(session, folder, query, query.modes))

    def _single(self, session: Session, query: Propfind) -> bytes:
        folder = FolderId(query.folder_id) if query.folder_id else None
        try:
            record = session.get(ItemId(query.object_id or 0), self._module, folder)
        except (NotFound, Forbidden):  # what the asker may not read here must look like what is not there
            return answers.not_found()
        if query.extended:
            return whole.single(_entry(record))
        return self._live(record, _Masters(session))

    def _change_list(
        self, session: Session, folder: FolderId | None, query: Propfind, modes: frozenset[Mode]
    ) -> Iterator[bytes]:
        """Deletions, then changes, then the list (section 4.2). What can be refused is refused at once."""
        changes = session.changes(folder, self._module, Stamp(query.lastsync))
        listed = session.versions(folder, self._module) if Mode.LIST in modes else None

        def pieces() -> Iterator[bytes]:
            gone = changes.gone if Mode.DELETED in modes else ()
            yield from map(_gone, gone)
            if Mode.MODIFIED in modes and query.extended:
                yield from whole.listing(map(_entry, changes.items), len(gone))
            elif Mode.MODIFIED in modes:
                masters = _Masters(session)
                yield from (self._live(record, masters) for record in changes.items)
            if listed is not None:
                yield from versions.listing(listed) if query.extended else answers.listing(listed)

        return pieces()

    def _live(self, record: ItemRecord, masters: _Masters) -> bytes:
        try:
            if isinstance(record.item, Appointment):
                properties = appointment.encode(record, master=masters.of(record))
            else:
                properties = self._codec.encode(record)
        except Exception:  # one object that cannot be written out must not hide the others (section 4.2)
            log.exception("object_not_encoded", object_id=record.id)
            return answers.broken("This object cannot be shown. The server's log says why.")
        return answers.live(record.id, properties)

    # Writing

    def write(self, session: Session, body: bytes) -> Iterator[bytes]:
        """Answer a PROPPATCH or PUT."""
        return carry_out(session, body, self._block, has_series=self._has_series)

    def _block(self, session: Session, update: Update, own: OwnChanges) -> bytes:
        try:
            return self._carry_out(session, update, own)
        except NotFound as error:
            # 1001 is about objects; a folder that is not there is answered like one that the user may not see
            if error.code == NO_FOLDER:
                raise Forbidden(str(error), error.code) from error
            raise

    def _carry_out(self, session: Session, update: Update, own: OwnChanges) -> bytes:
        match update.method:
            case Method.DELETE:
                return self._delete(session, update, own)
            case Method.CONFIRM if self._has_series:
                return self._confirm(session, update)
            case Method.CLEAR:
                message = "Only folders can be cleared."
                raise Contradiction(message)
            case _ if update.object_id is None:
                return self._create(session, update)
            case _:
                return self._change(session, update, own)

    def _create(self, session: Session, update: Update) -> bytes:
        properties = update.properties
        item = self._new(self._codec.patch(properties, None, session.user.zone))
        folder = update.folder_id or update.destination
        if not folder:
            message = "The element “folder_id” is missing: it says where the new object goes."
            raise Missing(message, "folder_id")
        ignore_conflicts = properties.flag("ignore_conflicts")
        record = session.create(FolderId(folder), item, ignore_conflicts=ignore_conflicts, notify=_notifies(properties))
        return self._written(update, record.id, record.stamp, master=_series(record))

    def _new(self, values: Patch) -> Item:
        """An item of this module from the values that a write says."""
        kind: Callable[..., Item] = Task
        if self._module is Module.CALENDAR:
            kind = Appointment
        elif self._module is Module.CONTACTS:
            kind = DistributionList if "members" in values else Contact
        return kind(**values)

    def _change(self, session: Session, update: Update, own: OwnChanges) -> bytes:
        id_, folder = _target(update)
        expected = own.expected(update)
        ignore_conflicts, notify = update.properties.flag("ignore_conflicts"), _notifies(update.properties)
        stored = session.get(id_, self._module, folder)
        change = self._patcher(session, update.properties, stored)
        at = self._occurrence(session, update)
        if at is not None:
            record = session.change_occurrence(
                id_, folder, at, change, expected=expected, ignore_conflicts=ignore_conflicts, notify=notify
            )
            own.record(update, session.get(id_, self._module, folder).stamp)
        else:
            record = session.update(
                id_,
                folder,
                change,
                module=self._module,
                expected=expected,
                destination=FolderId(update.destination) if update.destination else None,
                ignore_conflicts=ignore_conflicts,
                notify=notify,
            )
            own.record(update, record.stamp)
        return self._written(update, record.id, record.stamp, master=_series(record))

    def _patcher(self, session: Session, properties: Properties, stored: ItemRecord) -> Callable[[Item], Patch]:
        def change(item: Item) -> Patch:
            patch: Patch = self._codec.patch(properties, item, session.user.zone, stamp=stored.stamp)
            return spared(session.origin, patch, stored.changed)

        return change

    def _occurrence(self, session: Session, update: Update) -> date | None:
        """The day of the occurrence that a block names (section 11.1); None where it concerns the whole object.

        A change exception may repeat its own position.
        """
        named = update.recurrence_date_position is not None or update.recurrence_position is not None
        if not named or self._module is not Module.CALENDAR:
            return None
        id_, folder = _target(update)
        stored = session.get(id_, self._module, folder)
        if not isinstance(stored.item, Appointment):
            return None
        if stored.master is not None:
            appointment.require_own_place(update, stored, _Masters(session).of(stored))
            return None
        if stored.item.recurrence is None:
            message = "The appointment is no series."
            raise Contradiction(message, "APP-0029")
        return places.occurrence_day(stored.item.when, stored.item.recurrence, update, stored.stamp)

    def _delete(self, session: Session, update: Update, own: OwnChanges) -> bytes:
        id_, folder = _target(update)
        expected = own.expected(update)
        at = self._occurrence(session, update)
        if at is not None:
            stamp = session.delete_occurrence(id_, folder, at, expected=expected)
            own.record(update, stamp)
            return self._written(update, id_, stamp, master=id_)
        session.delete(id_, folder, module=self._module, expected=expected)
        return self._written(update, id_, None)

    def _confirm(self, session: Session, update: Update) -> bytes:
        answer, text = people.confirmation(update.properties)
        id_ = ItemId(update.object_id or 0)
        record = session.confirm(id_, answer, text, module=self._module, at=self._occurrence(session, update))
        return self._written(update, record.id, record.stamp, master=_series(record))

    def _written(self, update: Update, id_: ItemId, stamp: Stamp | None, *, master: int = 0) -> bytes:
        recurrence_id = master if self._has_series else None
        return answers.written(id_, stamp, recurrence_id=recurrence_id, client_id=update.client_id)


class _Masters:
    """The masters of the change exceptions of one answer, each read once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[ItemId, Appointment | None] = {}

    def of(self, record: ItemRecord) -> Appointment | None:
        """The series that a change exception belongs to; None for other items."""
        if record.master is None:
            return None
        if record.master not in self._known:
            self._known[record.master] = self._read(record.master)
        return self._known[record.master]

    def _read(self, id_: ItemId) -> Appointment | None:
        try:
            return cast("Appointment", self._session.get(id_, Module.CALENDAR).item)
        except (NotFound, Forbidden):  # the reader takes part in this occurrence only, or made no more than it
            return None


def _entry(record: ItemRecord) -> msgspec.Raw:
    try:
        return whole.entry(record)
    except Exception:  # one object that cannot be written out must not hide the others (section 4.2)
        log.exception("object_not_encoded", object_id=record.id)
        return whole.broken(record)


def _gone(tombstone: Tombstone) -> bytes:
    return answers.gone(tombstone.id, tombstone.stamp, tombstone.master)


def _target(update: Update) -> tuple[ItemId, FolderId | None]:
    """The object of a block; folder 0 is KDE's word for "wherever it is" (section 19.1)."""
    return ItemId(update.object_id or 0), FolderId(update.folder_id) if update.folder_id else None


def _notifies(properties: Properties) -> bool:
    """Whether people are to be told (section 10.1): yes, unless the client says no. KDE says nothing at all."""
    return properties.value("notify_participants") is None or properties.flag("notify_participants")


def _series(record: ItemRecord) -> int:
    """``recurrence_id`` of a response: the master's id, also on the master itself; 0 for single items."""
    if isinstance(record.item, Contact):
        return 0
    return record.master or (record.id if record.item.recurrence else 0)
