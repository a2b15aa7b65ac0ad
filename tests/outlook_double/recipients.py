"""``Recipients``, ``Recipient`` and ``AddressEntry``: people, and how far Outlook knows them (section 4)."""

from __future__ import annotations

from datetime import datetime

from passerelle.peers.outlook import objects
from passerelle.peers.outlook.constants import AddressEntryUserType, ObjectClass
from tests.outlook_double import dates, failures
from tests.outlook_double.accessor import PropertyAccessor
from tests.outlook_double.collections import at
from tests.outlook_double.com import ComObject, ReadOnly, Writable, method
from tests.outlook_double.records import Invited, Person
from tests.outlook_double.session import Session
from tests.outlook_double.stored import Bag, checked
from tests.outlook_double.values import Key, Value, key_of

DISPLAY_NAME = key_of("PidTagDisplayName")
ADDRESS_TYPE = key_of("PidTagAddressType")
EMAIL_ADDRESS = key_of("PidTagEmailAddress")
SMTP_ADDRESS = key_of("PidTagSmtpAddress")
RECIPIENT_TYPE = key_of("PidTagRecipientType")


def person_id(person: Person) -> str:
    """The entry id of a person in an address book."""
    return f"{person.type}:{person.address}".encode().hex().upper()


def _facts(person: Person | None, name: str) -> dict[Key, Value]:
    """What MAPI says of a person; an Exchange address hides the one for mail in a property of its own."""
    if person is None:
        return {DISPLAY_NAME: name}
    facts: dict[Key, Value] = {DISPLAY_NAME: name, ADDRESS_TYPE: person.type, EMAIL_ADDRESS: person.address}
    return facts | {SMTP_ADDRESS: person.smtp} if person.smtp else facts


class AddressEntry(Bag):
    """What an address book knows of somebody."""

    _class = ObjectClass.AddressEntry

    def __init__(self, session: Session, parent: object, person: Person) -> None:
        super().__init__(session, parent)
        self._person = person
        self._own: dict[Key, Value] = {}

    @property
    def _values(self) -> dict[Key, Value]:
        return self._own

    def _computed(self, key: Key) -> Value | None:
        return _facts(self._person, self._person.name).get(key)

    @ReadOnly
    def ID(self) -> str:
        return person_id(self._person)

    @ReadOnly
    def AddressEntryUserType(self) -> int:
        known = self._person in self._session.machine.profile.people
        if self._person.type == "EX":
            return AddressEntryUserType.ExchangeUser
        return AddressEntryUserType.OutlookContact if known else AddressEntryUserType.Smtp

    @ReadOnly
    def PropertyAccessor(self) -> PropertyAccessor:
        return PropertyAccessor(self._session, self)

    def _rename(self, value: str) -> None:
        self._person.name = checked(value, str, "Name")

    def _readdress(self, value: str) -> None:
        self._person.address = checked(value, str, "Address")

    def _retype(self, value: str) -> None:
        self._person.type = checked(value, str, "Type")

    Name = Writable[str](lambda obj: obj._person.name, _rename)
    Address = Writable[str](lambda obj: obj._person.address, _readdress)
    Type = Writable[str](lambda obj: obj._person.type, _retype)


class Recipient(Bag):
    """Somebody, who may not be resolved yet. ``holder`` is told when something changes."""

    _class = ObjectClass.Recipient

    def __init__(self, session: Session, parent: object, invited: Invited, holder: Bag | None = None) -> None:
        super().__init__(session, parent)
        self._invited = invited
        self._holder = holder

    @property
    def _values(self) -> dict[Key, Value]:
        return self._invited.values

    def _touch(self) -> None:
        if self._holder is not None:
            self._holder._touch()

    def _computed(self, key: Key) -> Value | None:
        if key == RECIPIENT_TYPE:
            return self._invited.type
        return _facts(self._invited.person, self._invited.name).get(key)

    @ReadOnly
    def Name(self) -> str:
        return self._invited.name

    @ReadOnly
    def Address(self) -> str:
        return self._invited.person.address if self._invited.person else ""

    @ReadOnly
    def EntryID(self) -> str:
        return person_id(self._invited.person) if self._invited.person else ""

    @ReadOnly
    def Index(self) -> int:
        listed = self._holder_list()
        return listed.index(self._invited) + 1 if self._invited in listed else 0

    @ReadOnly
    def Resolved(self) -> bool:
        return self._invited.person is not None

    @ReadOnly
    def MeetingResponseStatus(self) -> int:
        return self._invited.response

    @ReadOnly
    def PropertyAccessor(self) -> PropertyAccessor:
        return PropertyAccessor(self._session, self)

    @method
    def Resolve(self) -> bool:
        return resolve(self._session, self._invited)

    @method
    def Delete(self) -> None:
        self._holder_list().remove(self._invited)
        self._touch()

    def _holder_list(self) -> list[Invited]:
        return getattr(self._holder, "_recipients", []) if self._holder is not None else []

    def _entry(self) -> objects.AddressEntry:
        if self._invited.person is None:
            raise failures.not_found("The recipient is not resolved.")
        return AddressEntry(self._session, self, self._invited.person)

    def _set_entry(self, value: objects.AddressEntry) -> None:
        entry = checked(value, AddressEntry, "AddressEntry")
        self._invited.person, self._invited.name = entry._person, entry._person.name
        self._touch()

    def _set_type(self, value: int) -> None:
        self._invited.type = int(checked(value, int, "Type"))
        self._touch()

    def _set_sendable(self, value: bool) -> None:
        self._invited.sendable = checked(value, bool, "Sendable")
        self._touch()

    def _set_tracking(self, value: int) -> None:
        self._invited.tracking = int(checked(value, int, "TrackingStatus"))
        self._touch()

    def _tracked_at(self) -> datetime:
        return dates.handed_out(self._invited.tracked_at or dates.NO_DATE)

    def _set_tracked_at(self, value: datetime) -> None:
        self._invited.tracked_at = dates.received(value, self._session.machine.zone)
        self._touch()

    AddressEntry = Writable[objects.AddressEntry](_entry, _set_entry)
    Type = Writable[int](lambda obj: obj._invited.type, _set_type)
    Sendable = Writable[bool](lambda obj: obj._invited.sendable, _set_sendable)
    TrackingStatus = Writable[int](lambda obj: obj._invited.tracking, _set_tracking)
    TrackingStatusTime = Writable[datetime](_tracked_at, _set_tracked_at)


def resolve(session: Session, invited: Invited) -> bool:
    """Find out whom a name means."""
    if invited.person is None and (person := session.machine.profile.find_person(invited.name)):
        invited.person, invited.name = person, person.name
    return invited.person is not None


def resolve_all(session: Session, listed: list[Invited]) -> bool:
    """Find out whom all names mean, also after one that means nobody."""
    found = [resolve(session, each) for each in listed]
    return all(found)


class Recipients(ComObject):
    """The recipients of an item."""

    _class = ObjectClass.Recipients

    def __init__(self, session: Session, holder: Bag, listed: list[Invited]) -> None:
        super().__init__(session, holder)
        self._holder = holder
        self._listed = listed

    @ReadOnly
    def Count(self) -> int:
        return len(self._listed)

    @method
    def Item(self, index: object, /) -> Recipient:
        return self._of(at(self._listed, index, lambda each: each.name))

    @method
    def Add(self, name: str, /) -> Recipient:
        if not checked(name, str, "Name").strip():
            raise failures.invalid("There must be at least one name.")
        invited = Invited(name)
        self._listed.append(invited)
        self._holder._touch()
        return self._of(invited)

    @method
    def Remove(self, index: int, /) -> None:
        self._listed.remove(at(self._listed, index, lambda each: each.name))
        self._holder._touch()

    @method
    def ResolveAll(self) -> bool:
        return resolve_all(self._session, self._listed)

    def _of(self, invited: Invited) -> Recipient:
        return Recipient(self._session, self, invited, self._holder)
