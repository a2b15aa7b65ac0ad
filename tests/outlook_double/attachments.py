"""``Attachments``: files of an item, taken from and saved to paths."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from passerelle.peers.outlook.constants import AttachmentType, ObjectClass
from tests.outlook_double import failures
from tests.outlook_double.accessor import PropertyAccessor
from tests.outlook_double.collections import at
from tests.outlook_double.com import ReadOnly, Writable, method
from tests.outlook_double.records import File
from tests.outlook_double.session import Session
from tests.outlook_double.stored import Bag, checked
from tests.outlook_double.values import Key, Value, key_of

DATA = key_of("PidTagAttachDataBinary")
METHOD = key_of("PidTagAttachMethod")
LONG_NAME = key_of("PidTagAttachLongFilename")


class Attachment(Bag):
    """One file."""

    _class = ObjectClass.Attachment

    def __init__(self, session: Session, parent: Attachments, file: File) -> None:
        super().__init__(session, parent)
        self._listed = parent
        self._file = file

    @property
    def _values(self) -> dict[Key, Value]:
        return self._file.values

    def _touch(self) -> None:
        self._listed._holder._touch()

    def _computed(self, key: Key) -> Value | None:
        facts: dict[Key, Value] = {DATA: self._file.data, METHOD: self._file.type, LONG_NAME: self._file.name}
        return facts.get(key)

    @ReadOnly
    def FileName(self) -> str:
        return self._file.name

    @ReadOnly
    def PathName(self) -> str:
        return ""

    @ReadOnly
    def Index(self) -> int:
        return self._listed._files.index(self._file) + 1

    @ReadOnly
    def Size(self) -> int:
        return len(self._file.data)

    @ReadOnly
    def Type(self) -> int:
        return self._file.type

    @ReadOnly
    def PropertyAccessor(self) -> PropertyAccessor:
        return PropertyAccessor(self._session, self)

    @method
    def SaveAsFile(self, path: str, /) -> None:
        try:
            Path(path).write_bytes(self._file.data)
        except OSError as error:
            raise failures.outlook_error(
                failures.NO_SUCH_FILE, f"Cannot save the attachment. {error.strerror}"
            ) from error

    @method
    def Delete(self) -> None:
        self._listed._remove(self._file)

    def _rename(self, value: str) -> None:
        self._file.display_name = checked(value, str, "DisplayName")
        self._touch()

    def _place(self, value: int) -> None:
        self._file.position = checked(value, int, "Position")
        self._touch()

    DisplayName = Writable[str](lambda obj: obj._file.display_name, _rename)
    Position = Writable[int](lambda obj: obj._file.position, _place)


class Attachments(Bag):
    """The files of an item; what is added or removed stays so when the item is saved."""

    _class = ObjectClass.Attachments

    def __init__(
        self, session: Session, holder: Bag, files: list[File], stand: Callable[[bool], None] = lambda _: None
    ) -> None:
        super().__init__(session, holder)
        self._holder = holder
        self._files = files
        self._stand = stand

    @property
    def _values(self) -> dict[Key, Value]:
        return {}

    @ReadOnly
    def Count(self) -> int:
        return len(self._files)

    @method
    def Item(self, index: object, /) -> Attachment:
        return Attachment(self._session, self, at(self._files, index, lambda each: each.name))

    @method
    def Add(
        self, source: str, kind: int = AttachmentType.ByValue, position: int = 1, display_name: str = "", /
    ) -> Attachment:
        file = File(Path(source).name, read(source), kind, display_name or Path(source).name, position)
        self._files.append(file)
        self._stand(True)
        self._holder._touch()
        return Attachment(self._session, self, file)

    @method
    def Remove(self, index: int, /) -> None:
        self._remove(at(self._files, index, lambda each: each.name))

    def _remove(self, file: File) -> None:
        self._files.remove(file)
        self._stand(False)
        self._holder._touch()


def read(path: str) -> bytes:
    """The content of a file. Raises ComError if there is none."""
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise failures.outlook_error(failures.NO_SUCH_FILE, "Cannot find this file. Verify the path.") from error
