"""``UserProperties`` of an item, and ``UserDefinedProperties`` of a folder: fields beside Outlook's own."""

from __future__ import annotations

from datetime import UTC, datetime

from passerelle.peers.outlook.constants import ObjectClass, UserPropertyType
from tests.outlook_double import dates, failures
from tests.outlook_double.collections import at
from tests.outlook_double.com import ComObject, ReadOnly, Writable, method
from tests.outlook_double.records import Content, FolderRecord
from tests.outlook_double.session import Session
from tests.outlook_double.stored import Bag
from tests.outlook_double.values import STRINGS, Value

PYTHON = {
    UserPropertyType.Text: str,
    UserPropertyType.Number: float,
    UserPropertyType.Integer: int,
    UserPropertyType.YesNo: bool,
    UserPropertyType.DateTime: datetime,
    UserPropertyType.Keywords: tuple,
}
EMPTY: dict[int, object] = {
    UserPropertyType.Text: "",
    UserPropertyType.Number: 0.0,
    UserPropertyType.Integer: 0,
    UserPropertyType.YesNo: False,
    UserPropertyType.DateTime: dates.handed_out(dates.NO_DATE),
    UserPropertyType.Keywords: (),
}


class UserProperty(ComObject):
    """One field of an item, with its value."""

    _class = ObjectClass.UserProperty

    def __init__(self, session: Session, parent: UserProperties, name: str) -> None:
        super().__init__(session, parent)
        self._listed = parent
        self._name = name

    @ReadOnly
    def Name(self) -> str:
        return self._name

    @ReadOnly
    def Type(self) -> int:
        return self._listed._content.fields[self._name]

    @method
    def Delete(self) -> None:
        self._listed._drop(self._name)

    def _value(self) -> object:
        empty = EMPTY[self._listed._content.fields[self._name]]
        value = self._listed._content.values.get((STRINGS, self._name), empty)
        return dates.handed_out(value) if isinstance(value, datetime) else value

    def _set_value(self, value: object) -> None:
        kind = PYTHON[UserPropertyType(self._listed._content.fields[self._name])]
        taken: object = tuple(value) if kind is tuple and isinstance(value, list | tuple) else value
        if kind is datetime and isinstance(value, datetime):
            taken = dates.received(value, self._session.machine.zone).replace(tzinfo=UTC)
        if not isinstance(taken, kind):
            raise failures.mismatch(self._name)
        self._listed._holder._put((STRINGS, self._name), _stored(taken))

    Value = Writable[object](_value, _set_value)


class UserProperties(ComObject):
    """The fields of an item that Outlook does not know itself."""

    _class = ObjectClass.UserProperties

    def __init__(self, session: Session, holder: Bag, content: Content, folder: FolderRecord) -> None:
        super().__init__(session, holder)
        self._holder = holder
        self._content = content
        self._folder = folder

    @ReadOnly
    def Count(self) -> int:
        return len(self._content.fields)

    @method
    def Item(self, index: object, /) -> UserProperty:
        return UserProperty(self._session, self, at(list(self._content.fields), index, str))

    @method
    def Find(self, name: str, custom: bool = True, /) -> UserProperty | None:
        return UserProperty(self._session, self, name) if name in self._content.fields else None

    @method
    def Add(self, name: str, kind: int, add_to_folder: bool = True, /) -> UserProperty:
        known = self._content.fields.setdefault(name, UserPropertyType(kind))
        if known != kind:
            raise failures.invalid("There is a field of that name and another type.")
        if add_to_folder:
            self._folder.fields.setdefault(name, kind)
        self._holder._touch()
        return UserProperty(self._session, self, name)

    @method
    def Remove(self, index: int, /) -> None:
        self._drop(at(list(self._content.fields), index, str))

    def _drop(self, name: str) -> None:
        del self._content.fields[name]
        self._holder._put((STRINGS, name), None)


class UserDefinedProperty(ComObject):
    """One field that a folder offers."""

    _class = ObjectClass.UserDefinedProperty

    def __init__(self, session: Session, parent: object, folder: FolderRecord, name: str) -> None:
        super().__init__(session, parent)
        self._folder = folder
        self._name = name

    @ReadOnly
    def Name(self) -> str:
        return self._name

    @ReadOnly
    def Type(self) -> int:
        return self._folder.fields[self._name]

    @method
    def Delete(self) -> None:
        del self._folder.fields[self._name]


class UserDefinedProperties(ComObject):
    """The fields that a folder offers for its items: only these can be columns of a table by name."""

    _class = ObjectClass.UserDefinedProperties

    def __init__(self, session: Session, parent: object, folder: FolderRecord) -> None:
        super().__init__(session, parent)
        self._folder = folder

    @ReadOnly
    def Count(self) -> int:
        return len(self._folder.fields)

    @method
    def Item(self, index: object, /) -> UserDefinedProperty:
        return self._of(at(list(self._folder.fields), index, str))

    @method
    def Find(self, name: str, /) -> UserDefinedProperty | None:
        return self._of(name) if name in self._folder.fields else None

    @method
    def Add(self, name: str, kind: int, /) -> UserDefinedProperty:
        self._folder.fields.setdefault(name, UserPropertyType(kind))
        return self._of(name)

    @method
    def Remove(self, index: int, /) -> None:
        del self._folder.fields[at(list(self._folder.fields), index, str)]

    def _of(self, name: str) -> UserDefinedProperty:
        return UserDefinedProperty(self._session, self, self._folder, name)


def _stored(value: object) -> Value:
    if isinstance(value, str | int | float | bytes | datetime):
        return value
    assert isinstance(value, tuple)
    return tuple(str(each) for each in value)
