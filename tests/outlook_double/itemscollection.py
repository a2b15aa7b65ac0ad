"""``Items``: the items of a folder, one by one; who listens to them must keep this very object (section 1)."""

from __future__ import annotations

from passerelle.peers.outlook import objects
from passerelle.peers.outlook.constants import ItemType, ObjectClass
from tests.outlook_double import columns, failures, filters, saving
from tests.outlook_double.collections import at
from tests.outlook_double.com import ComObject, ReadOnly, method
from tests.outlook_double.keys import SUBJECT
from tests.outlook_double.opening import new_item, open_item
from tests.outlook_double.profile import MESSAGE_CLASSES
from tests.outlook_double.records import FolderRecord, Record
from tests.outlook_double.session import Session
from tests.outlook_double.table import matching

_BY_CLASS = {message_class: kind for kind, message_class in MESSAGE_CLASSES.items()}


class Items(ComObject):
    """All items of a folder, or those that a filter leaves."""

    _class = ObjectClass.Items

    def __init__(self, session: Session, folder: FolderRecord, filter_: str = "") -> None:
        super().__init__(session, session.folder(folder))
        self._folder = folder
        self._filter = filter_
        self._sort: tuple[str, bool] | None = None
        self._found: list[Record] = []

    def _records(self) -> list[Record]:
        records = matching(self._session, self._folder, list(self._folder.records.values()), self._filter)
        if self._sort is not None:
            reader = columns.column(self._session, self._folder, self._sort[0])
            records.sort(key=lambda record: str(reader(record)), reverse=self._sort[1])
        return records

    @ReadOnly
    def Count(self) -> int:
        return len(self._records())

    @method
    def Item(self, index: object, /) -> objects.Item:
        found = at(self._records(), index, lambda each: str(each.content.values.get(SUBJECT, "")))
        return open_item(self._session, found)

    @method
    def Add(self, kind: object = "", /) -> objects.Item:
        wanted = _BY_CLASS.get(kind) if isinstance(kind, str) and kind else kind
        if wanted == "":
            wanted = self._folder.type
        if not isinstance(wanted, int) or wanted == ItemType.MailItem:
            raise failures.invalid("Items of that kind cannot be added here.")
        return new_item(self._session, self._folder, ItemType(wanted))

    @method
    def Remove(self, index: int, /) -> None:
        saving.delete(self._session, at(self._records(), index, str))

    @method
    def Restrict(self, text: str, /) -> Items:
        filters.parse(text, self._session.machine.habits)
        return Items(self._session, self._folder, text)

    @method
    def Find(self, text: str, /) -> objects.Item | None:
        self._found = matching(self._session, self._folder, self._records(), text)
        return self._step()

    @method
    def FindNext(self) -> objects.Item | None:
        return self._step()

    @method
    def GetFirst(self) -> objects.Item | None:
        self._found = self._records()
        return self._step()

    @method
    def GetNext(self) -> objects.Item | None:
        return self._step()

    @method
    def Sort(self, name: str, descending: bool = False, /) -> None:
        self._sort = (name.strip("[]"), descending)

    def _step(self) -> objects.Item | None:
        return open_item(self._session, self._found.pop(0)) if self._found else None
