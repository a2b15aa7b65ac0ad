"""``PropertyAccessor``: the MAPI properties of an object by the names of their schemas."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from passerelle.peers.outlook.constants import ComCode, ObjectClass
from passerelle.peers.outlook.errors import ComError, code_of
from passerelle.peers.outlook.objects import Binary
from passerelle.peers.outlook.reference import MAPI_TYPES
from tests.outlook_double import dates, failures
from tests.outlook_double.com import ComObject, method
from tests.outlook_double.session import Session
from tests.outlook_double.stored import Bag
from tests.outlook_double.values import Key, Value, key_of, parse_schema

BODIES = {key_of(name) for name in ("PidTagBody", "PidTagHtml", "PidTagRtfCompressed")}
PYTHON = {
    "integer": int,
    "double": float,
    "boolean": bool,
    "string": str,
    "date": datetime,
    "binary": bytes,
    "strings": tuple,
    "binaries": tuple,
}
KINDS = {MAPI_TYPES[name]: kind for name, kind in PYTHON.items()} | {0x001E: str}


def _problems(results: Sequence[int | None]) -> Sequence[object] | None:
    return tuple(results) if any(result is not None for result in results) else None


class PropertyAccessor(ComObject):
    """Dates are in UTC here; binary values are bytes; what is too long, or a body, is refused."""

    _class = ObjectClass.PropertyAccessor

    def __init__(self, session: Session, bag: Bag) -> None:
        super().__init__(session, bag)
        self._bag = bag

    @method
    def GetProperty(self, schema: str, /) -> object:
        return self._get(schema)

    @method
    def GetProperties(self, schemas: Sequence[object], /) -> Sequence[object]:
        """All at once. In the place of what cannot be had is an error, of which pywin32 makes a number."""
        self._refuse_bulk()
        return tuple(self._each(str(schema)) for schema in schemas)

    @method
    def SetProperty(self, schema: str, value: object, /) -> None:
        self._set(schema, value)

    @method
    def SetProperties(self, schemas: Sequence[object], values: Sequence[object], /) -> Sequence[object] | None:
        """What cannot be set has the number of its error in its place, the rest is set; nothing if all is well."""
        self._refuse_bulk()
        if len(schemas) != len(values):
            return (int(ComCode.INVALID_ARGUMENT),)
        if not self._session.machine.habits.keeps_bulk:
            return None
        pairs = zip(schemas, values, strict=True)
        return _problems([self._attempted(self._set, str(schema), value) for schema, value in pairs])

    @method
    def DeleteProperty(self, schema: str, /) -> None:
        self._delete(schema)

    @method
    def DeleteProperties(self, schemas: Sequence[object], /) -> Sequence[object] | None:
        return _problems([self._attempted(self._delete, str(schema)) for schema in schemas])

    @method
    def BinaryToString(self, value: Binary, /) -> str:
        return bytes(value).hex().upper()

    @method
    def StringToBinary(self, value: str, /) -> Binary:
        return memoryview(bytes.fromhex(value))

    @method
    def LocalTimeToUTC(self, value: datetime, /) -> datetime:
        zone = self._session.machine.zone
        return dates.handed_out(dates.to_utc(dates.received(value, zone), zone))

    @method
    def UTCToLocalTime(self, value: datetime, /) -> datetime:
        zone = self._session.machine.zone
        return dates.handed_out(dates.to_wall(dates.received(value, zone).replace(tzinfo=UTC), zone))

    def _refuse_bulk(self) -> None:
        if not self._session.machine.habits.allows_bulk:
            raise failures.outlook_error(ComCode.FAILED, "The operation failed.")

    def _each(self, schema: str) -> object:
        try:
            return self._get(schema)
        except ComError as error:
            return code_of(error)

    def _attempted(self, action: Callable[..., None], *arguments: object) -> int | None:
        try:
            action(*arguments)
        except ComError as error:
            return code_of(error)
        return None

    def _get(self, schema: str) -> object:
        key, kind = _parsed(schema)
        value = self._bag._computed(key)
        if value is None:
            value = self._bag._values.get(key)
        if value is None or (kind in KINDS and not isinstance(value, KINDS[kind])):
            raise failures.not_found(f'The property "{schema}" is unknown or cannot be found.')
        if isinstance(value, str | bytes) and len(value) > self._session.machine.habits.property_limit:
            raise failures.outlook_error(failures.OUT_OF_MEMORY, "Out of memory or system resources.")
        return given(value)

    def _set(self, schema: str, value: object) -> None:
        key, kind = _parsed(schema)
        self._refuse_fixed(key, schema)
        taken = _taken(value, self._session)
        wanted = KINDS.get(kind) if kind is not None else type(self._bag._values.get(key, taken))
        if wanted is None or not isinstance(taken, wanted) or (wanted is int and isinstance(taken, bool)):
            raise failures.outlook_error(failures.TYPE_MISMATCH, f'The property "{schema}" takes no such value.')
        self._bag._put(key, taken)

    def _delete(self, schema: str) -> None:
        key, _ = _parsed(schema)
        self._refuse_fixed(key, schema)
        if key not in self._bag._values:
            raise failures.not_found(f'The property "{schema}" is unknown or cannot be found.')
        self._bag._put(key, None)

    def _refuse_fixed(self, key: Key, schema: str) -> None:
        if key in BODIES:
            raise failures.outlook_error(
                failures.NO_SUPPORT, f'The property "{schema}" does not support this operation.'
            )
        if self._bag._computed(key) is not None:
            raise failures.denied(f'The property "{schema}" cannot be set.')


def given(value: Value | None) -> object:
    """A value as it leaves through COM."""
    match value:
        case bytes():
            return memoryview(value)
        case datetime():
            return dates.handed_out(value)
        case _:
            return value


def _parsed(schema: str) -> tuple[Key, int | None]:
    try:
        key, kind = parse_schema(schema)
    except ValueError:
        raise failures.outlook_error(ComCode.FAILED, f'The property "{schema}" is not valid.') from None
    if kind == MAPI_TYPES["object"]:
        raise failures.outlook_error(failures.NO_SUPPORT, f'The property "{schema}" does not support this operation.')
    return key, kind


def _taken(value: object, session: Session) -> Value | None:
    """A value as it arrives through COM, or None if it is of no kind that MAPI knows."""
    match value:
        case bool() | int() | float() | str():
            return value
        case bytes() | bytearray() | memoryview():
            return bytes(value)
        case datetime():
            return dates.received(value, session.machine.zone).replace(tzinfo=UTC)
        case list() | tuple() if all(isinstance(each, str) for each in value):
            return tuple(str(each) for each in value)
        case list() | tuple() if all(isinstance(each, bytes | memoryview) for each in value):
            return tuple(bytes(each) for each in value)
        case _:
            return None
