"""``ContactItem`` (section 5)."""

from __future__ import annotations

from datetime import datetime

from passerelle.peers.outlook.constants import MailingAddress, ObjectClass
from tests.outlook_double import anniversaries, attachments, stored
from tests.outlook_double.com import ReadOnly, Writable, method
from tests.outlook_double.facts import PICTURE, has_picture
from tests.outlook_double.item import BaseItem
from tests.outlook_double.keys import PRIVATE, SENSITIVITY, SUBJECT
from tests.outlook_double.names import full_name, set_full_name
from tests.outlook_double.records import File
from tests.outlook_double.stored import checked, text
from tests.outlook_double.values import Value, key_of

PHOTO = key_of("PidTagAttachmentContactPhoto")
FILE_AS = key_of("PidLidFileUnder")
DISPLAY_NAME = key_of("PidTagDisplayName")
MAILING = key_of("PidLidPostalAddressId")
FIRST, LAST, COMPANY = (key_of(name) for name in ("PidTagGivenName", "PidTagSurname", "PidTagCompanyName"))
DATES = (key_of("PidTagBirthday"), key_of("PidTagWeddingAnniversary"))
ENTERED = (key_of("PidLidBirthdayEventEntryId"), key_of("PidLidAnniversaryEventEntryId"))
_PARTS = ("Street", "City", "State", "PostalCode", "Country", "PostOfficeBox")
_PREFIXES = {MailingAddress.Home: "Home", MailingAddress.Business: "Business", MailingAddress.Other: "Other"}


def _whole(prefix: str) -> Writable[str]:
    """An address as one text; setting it puts all into the street, for taking apart is another matter."""

    def read(obj: ContactItem) -> str:
        street, city, state, code, country, _ = (_part(prefix, part).read(obj) for part in _PARTS)
        place = " ".join(filter(None, (code, city, state)))
        return "\r\n".join(filter(None, (street, place, country)))

    def write(obj: ContactItem, value: str) -> None:
        _part(prefix, "Street").write(obj, value)

    return Writable(read, write)


def _part(prefix: str, part: str) -> Writable[str]:
    found = vars(ContactItem)[f"{prefix}Address{part}"]
    assert isinstance(found, Writable)
    return found


def _mailing(part: str) -> Writable[str]:
    """A part of the address for letters, which is one of the three others."""

    def chosen(obj: ContactItem) -> str:
        return _PREFIXES.get(MailingAddress(_selected(obj)), "")

    def read(obj: ContactItem) -> str:
        return _part(chosen(obj), part).read(obj) if chosen(obj) else ""

    def write(obj: ContactItem, value: str) -> None:
        if chosen(obj):
            _part(chosen(obj), part).write(obj, value)

    return Writable(read, write)


def _selected(obj: ContactItem) -> int:
    """The chosen address, else the first one that there is."""
    chosen = obj._values.get(MAILING)
    if isinstance(chosen, int) and chosen:
        return chosen
    filled = (kind for kind in (MailingAddress.Business, MailingAddress.Home, MailingAddress.Other) if _has(obj, kind))
    return next(filled, MailingAddress.None_)


def _has(obj: ContactItem, kind: MailingAddress) -> bool:
    return any(_part(_PREFIXES[kind], part).read(obj) for part in _PARTS)


def _display_name(number: int) -> Writable[str]:
    """How an address is shown: by default with the contact's name."""
    own, address = text(f"PidLidEmail{number}DisplayName"), text(f"PidLidEmail{number}EmailAddress")

    def read(obj: ContactItem) -> str:
        shown = own.read(obj)
        return shown or (f"{full_name(obj)} ({address.read(obj)})" if address.read(obj) else "")

    return Writable(read, own.write)


def _address_type(number: int) -> Writable[str]:
    own, address = text(f"PidLidEmail{number}AddressType"), text(f"PidLidEmail{number}EmailAddress")
    return Writable(lambda obj: own.read(obj) or ("SMTP" if address.read(obj) else ""), own.write)


def _entry_id(number: int) -> ReadOnly[str]:
    address = text(f"PidLidEmail{number}EmailAddress")
    return ReadOnly(lambda obj: f"SMTP:{address.read(obj)}".encode().hex().upper() if address.read(obj) else "")


class ContactItem(BaseItem):
    """A person or a company."""

    _class = ObjectClass.Contact

    Title = text("PidTagDisplayNamePrefix")
    FirstName = text("PidTagGivenName")
    MiddleName = text("PidTagMiddleName")
    LastName = text("PidTagSurname")
    Suffix = text("PidTagGeneration")
    FullName = Writable[str](full_name, set_full_name)
    Initials = text("PidTagInitials")
    NickName = text("PidTagNickname")
    JobTitle = text("PidTagTitle")
    CompanyName = text("PidTagCompanyName")
    Department = text("PidTagDepartmentName")
    OfficeLocation = text("PidTagOfficeLocation")
    Profession = text("PidTagProfession")
    ManagerName = text("PidTagManagerName")
    AssistantName = text("PidTagAssistant")
    Spouse = text("PidTagSpouseName")
    Children = stored.words("PidTagChildrensNames")
    Hobby = text("PidTagHobbies")
    Language = text("PidTagLanguage")
    Account = text("PidTagAccount")
    BusinessTelephoneNumber = text("PidTagBusinessTelephoneNumber")
    Business2TelephoneNumber = text("PidTagBusiness2TelephoneNumber")
    BusinessFaxNumber = text("PidTagBusinessFaxNumber")
    HomeTelephoneNumber = text("PidTagHomeTelephoneNumber")
    Home2TelephoneNumber = text("PidTagHome2TelephoneNumber")
    HomeFaxNumber = text("PidTagHomeFaxNumber")
    MobileTelephoneNumber = text("PidTagMobileTelephoneNumber")
    AssistantTelephoneNumber = text("PidTagAssistantTelephoneNumber")
    CallbackTelephoneNumber = text("PidTagCallbackTelephoneNumber")
    CarTelephoneNumber = text("PidTagCarTelephoneNumber")
    CompanyMainTelephoneNumber = text("PidTagCompanyMainTelephoneNumber")
    ISDNNumber = text("PidTagIsdnNumber")
    RadioTelephoneNumber = text("PidTagRadioTelephoneNumber")
    OtherTelephoneNumber = text("PidTagOtherTelephoneNumber")
    OtherFaxNumber = text("PidTagPrimaryFaxNumber")
    PagerNumber = text("PidTagPagerTelephoneNumber")
    PrimaryTelephoneNumber = text("PidTagPrimaryTelephoneNumber")
    TelexNumber = text("PidTagTelexNumber")
    TTYTDDTelephoneNumber = text("PidTagTelecommunicationsDeviceForDeafTelephoneNumber")
    BusinessAddress = _whole("Business")
    BusinessAddressStreet = text("PidLidWorkAddressStreet")
    BusinessAddressCity = text("PidLidWorkAddressCity")
    BusinessAddressState = text("PidLidWorkAddressState")
    BusinessAddressPostalCode = text("PidLidWorkAddressPostalCode")
    BusinessAddressCountry = text("PidLidWorkAddressCountry")
    BusinessAddressPostOfficeBox = text("PidLidWorkAddressPostOfficeBox")
    HomeAddress = _whole("Home")
    HomeAddressStreet = text("PidTagHomeAddressStreet")
    HomeAddressCity = text("PidTagHomeAddressCity")
    HomeAddressState = text("PidTagHomeAddressStateOrProvince")
    HomeAddressPostalCode = text("PidTagHomeAddressPostalCode")
    HomeAddressCountry = text("PidTagHomeAddressCountry")
    HomeAddressPostOfficeBox = text("PidTagHomeAddressPostOfficeBox")
    OtherAddress = _whole("Other")
    OtherAddressStreet = text("PidTagOtherAddressStreet")
    OtherAddressCity = text("PidTagOtherAddressCity")
    OtherAddressState = text("PidTagOtherAddressStateOrProvince")
    OtherAddressPostalCode = text("PidTagOtherAddressPostalCode")
    OtherAddressCountry = text("PidTagOtherAddressCountry")
    OtherAddressPostOfficeBox = text("PidTagOtherAddressPostOfficeBox")
    SelectedMailingAddress = Writable[int](_selected, stored.integer("PidLidPostalAddressId").write)
    MailingAddress = Writable[str](
        lambda obj: _whole(_PREFIXES[MailingAddress(_selected(obj))]).read(obj) if _selected(obj) else "",
        _mailing("Street").write,
    )
    MailingAddressStreet = _mailing("Street")
    MailingAddressCity = _mailing("City")
    MailingAddressState = _mailing("State")
    MailingAddressPostalCode = _mailing("PostalCode")
    MailingAddressCountry = _mailing("Country")
    MailingAddressPostOfficeBox = _mailing("PostOfficeBox")
    Email1Address = text("PidLidEmail1EmailAddress")
    Email1AddressType = _address_type(1)
    Email1DisplayName = _display_name(1)
    Email1EntryID = _entry_id(1)
    Email2Address = text("PidLidEmail2EmailAddress")
    Email2AddressType = _address_type(2)
    Email2DisplayName = _display_name(2)
    Email2EntryID = _entry_id(2)
    Email3Address = text("PidLidEmail3EmailAddress")
    Email3AddressType = _address_type(3)
    Email3DisplayName = _display_name(3)
    Email3EntryID = _entry_id(3)
    BusinessHomePage = text("PidTagBusinessHomePage")
    PersonalHomePage = text("PidTagPersonalHomePage")
    WebPage = text("PidLidHtml")
    IMAddress = text("PidLidInstantMessagingAddress")
    InternetFreeBusyAddress = text("PidLidFreeBusyLocation")
    Birthday = stored.wall_date("PidTagBirthday")
    Anniversary = stored.wall_date("PidTagWeddingAnniversary")
    User1 = text("PidLidContactUserField1")
    User2 = text("PidLidContactUserField2")
    User3 = text("PidLidContactUserField3")
    User4 = text("PidLidContactUserField4")
    FileAs = text("PidLidFileUnder")
    ReminderSet = stored.boolean("PidLidReminderSet")
    ReminderTime = stored.wall_date("PidLidReminderTime")

    @ReadOnly
    def HasPicture(self) -> bool:
        return has_picture(self._content)

    @method
    def AddPicture(self, path: str, /) -> None:
        """The picture becomes an attachment, in the place of another one."""
        picture = File(PICTURE, attachments.read(checked(path, str, "Path")), display_name=PICTURE)
        picture.values[PHOTO] = True
        self._drop_picture()
        self._content.files.append(picture)

    @method
    def RemovePicture(self) -> None:
        self._drop_picture()

    def _drop_picture(self) -> None:
        self._content.files[:] = [file for file in self._content.files if file.name != PICTURE]
        self._touch()

    def _settle(self) -> None:
        values = self._content.values
        if not values.get(FILE_AS):
            name = ", ".join(str(values[key]) for key in (LAST, FIRST) if values.get(key))
            values[FILE_AS] = name or str(values.get(COMPANY, ""))
        values[SUBJECT] = full_name(self) or str(values[FILE_AS])
        values[DISPLAY_NAME] = full_name(self)
        values[MAILING] = int(_selected(self))
        values[PRIVATE] = bool(values.get(SENSITIVITY, 0))
        self._old_dates = self._dates(self._record.content.values)

    def _follow(self) -> None:
        """A new birthday makes an entry in the calendar by itself."""
        if self._session.machine.habits.birthday_entries:
            for key, entered in zip(DATES, ENTERED, strict=True):
                day = self._content.values.get(key)
                if isinstance(day, datetime) and day not in self._old_dates:
                    entry = bytes.fromhex(anniversaries.enter(self._session, full_name(self), day))
                    self._content.values[entered] = self._record.content.values[entered] = entry

    @staticmethod
    def _dates(values: dict[tuple[str, int | str], Value]) -> set[datetime]:
        return {value for key in DATES if isinstance(value := values.get(key), datetime)}
