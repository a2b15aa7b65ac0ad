"""``Categories``: the master list, whose names are unique without regard to case (section 3)."""

from __future__ import annotations

from passerelle.peers.outlook.constants import CategoryColor, ObjectClass
from tests.outlook_double import failures
from tests.outlook_double.collections import at
from tests.outlook_double.com import ComObject, ReadOnly, Writable, method
from tests.outlook_double.records import CategoryRecord
from tests.outlook_double.session import Session
from tests.outlook_double.stored import checked


class Category(ComObject):
    """A name and a colour."""

    _class = ObjectClass.Category

    def __init__(self, session: Session, parent: object, record: CategoryRecord) -> None:
        super().__init__(session, parent)
        self._record = record

    @ReadOnly
    def CategoryID(self) -> str:
        return self._record.id

    def _rename(self, value: str) -> None:
        _check_name(self._session, value)
        self._record.name = value

    def _recolour(self, value: int) -> None:
        self._record.color = CategoryColor(checked(value, int, "Color"))

    Name = Writable[str](lambda obj: obj._record.name, _rename)
    Color = Writable[int](lambda obj: obj._record.color, _recolour)


class Categories(ComObject):
    """The master list of the profile."""

    _class = ObjectClass.Categories

    @ReadOnly
    def Count(self) -> int:
        return len(self._records())

    @method
    def Item(self, index: object, /) -> Category:
        return Category(self._session, self, at(self._records(), index, lambda each: each.name))

    @method
    def Add(self, name: str, color: int = CategoryColor.None_, /) -> Category:
        _check_name(self._session, name)
        record = CategoryRecord(name, CategoryColor(color), f"{{{self._session.machine.profile.new_id()[:36]}}}")
        self._records().append(record)
        return Category(self._session, self, record)

    @method
    def Remove(self, index: object, /) -> None:
        self._records().remove(at(self._records(), index, lambda each: each.name))

    def _records(self) -> list[CategoryRecord]:
        return self._session.machine.profile.categories


def _check_name(session: Session, name: str) -> None:
    machine = session.machine
    if not name.strip() or machine.habits.locale.list_separator in name:
        raise failures.invalid("The name of the category is not valid.")
    if any(record.name.casefold() == name.casefold() for record in machine.profile.categories):
        raise failures.invalid("A category of that name exists already.")
