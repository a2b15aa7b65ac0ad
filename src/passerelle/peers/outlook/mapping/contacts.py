"""The table of contacts."""

from __future__ import annotations

from passerelle.model.items import Contact, Photo
from passerelle.peers.outlook.constants import MailingAddress
from passerelle.peers.outlook.mapping.aspects import Aspect, Patch, line, lines, one, one_line
from passerelle.peers.outlook.mapping.common import COMMON
from passerelle.peers.outlook.mapping.context import Context
from passerelle.peers.outlook.mapping.values import Values

PICTURE = "AddPicture"
"""The member that stands for the picture's bytes."""

_MAILING = {0: MailingAddress.None_, 1: MailingAddress.Business, 2: MailingAddress.Home, 3: MailingAddress.Other}
_DEFAULTS = {int(chosen): default for default, chosen in _MAILING.items()}
_USER_FIELDS = ("User1", "User2", "User3", "User4")
_EMAILS = ("Email1Address", "Email2Address", "Email3Address")
_NAME = ("prefix", "first_name", "middle_name", "last_name", "suffix")
_NAME_MEMBERS = ("Title", "FirstName", "MiddleName", "LastName", "Suffix")
_SIGNATURES = {b"\x89PNG": "image/png", b"GIF8": "image/gif", b"BM": "image/bmp"}


def _decode_display_name(values: Values, _: Context) -> Patch:
    """The full name, which Outlook puts together itself."""
    full = values.get("FullName")
    parts = (values.get(member) for member in _NAME_MEMBERS)
    composed = " ".join(part for part in parts if isinstance(part, str) and part)
    return {"display_name": (full if isinstance(full, str) else composed) or None}


def _encode_display_name(_: Contact, __: Context) -> Values:
    """Not written: Outlook would take it apart into first and last name."""
    return {}


def file_as(item: Contact) -> str:
    """What Outlook sorts a contact by; never empty if there is anything to go by."""
    names = ", ".join(filter(None, (item.last_name, item.first_name)))
    return one_line(item.file_as or item.display_name or names or item.company or item.email1)


def _encode_file_as(item: Contact, _: Context) -> Values:
    return {"FileAs": file_as(item)}


def _decode_file_as(values: Values, _: Context) -> Patch:
    return {"file_as": values.get("FileAs") or None}


def _decode_user_fields(values: Values, _: Context) -> Patch:
    found = [values.get(member) or None for member in _USER_FIELDS]
    while found and found[-1] is None:
        found.pop()
    return {"user_fields": tuple(found)}


def _encode_user_fields(item: Contact, _: Context) -> Values:
    padded = (*item.user_fields[:4], *(None,) * (4 - len(item.user_fields)))
    return {member: one_line(text) for member, text in zip(_USER_FIELDS, padded, strict=True)}


def _decode_photo(values: Values, _: Context) -> Patch:
    data = values.get(PICTURE)
    return {"photo": Photo(_media_type(data), data) if isinstance(data, bytes) and data else None}


def _encode_photo(item: Contact, _: Context) -> Values:
    return {PICTURE: item.photo.data if item.photo else None}


def _media_type(data: bytes) -> str:
    """The type of a picture by its first bytes; Outlook's own are JPEG."""
    return next((name for begin, name in _SIGNATURES.items() if data.startswith(begin)), "image/jpeg")


_PHONES = {
    "phone_business": "BusinessTelephoneNumber",
    "phone_business2": "Business2TelephoneNumber",
    "phone_home": "HomeTelephoneNumber",
    "phone_home2": "Home2TelephoneNumber",
    "phone_other": "OtherTelephoneNumber",
    "phone_car": "CarTelephoneNumber",
    "phone_company": "CompanyMainTelephoneNumber",
    "phone_assistant": "AssistantTelephoneNumber",
    "phone_callback": "CallbackTelephoneNumber",
    "phone_primary": "PrimaryTelephoneNumber",
    "phone_radio": "RadioTelephoneNumber",
    "mobile": "MobileTelephoneNumber",
    "pager": "PagerNumber",
    "isdn": "ISDNNumber",
    "telex": "TelexNumber",
    "tty_tdd": "TTYTDDTelephoneNumber",
    "fax_business": "BusinessFaxNumber",
    "fax_home": "HomeFaxNumber",
    "fax_other": "OtherFaxNumber",
}
"""The nineteen numbers of Outlook's form."""

_LINES = {
    "company": "CompanyName",
    "department": "Department",
    "job_title": "JobTitle",
    "office": "OfficeLocation",
    "manager": "ManagerName",
    "assistant": "AssistantName",
    "nickname": "NickName",
    "spouse": "Spouse",
    "number_of_children": "Children",
    "profession": "Profession",
    "url": "BusinessHomePage",
    "instant_messenger": "IMAddress",
}

_PLACES = {
    f"{ours}_{part}": f"{theirs}Address{member}"
    for ours, theirs in (("business", "Business"), ("home", "Home"), ("other", "Other"))
    for part, member in (("postal_code", "PostalCode"), ("city", "City"), ("state", "State"), ("country", "Country"))
}

CONTACT: tuple[Aspect, ...] = (
    *(line(ours, theirs) for ours, theirs in zip(_NAME, _NAME_MEMBERS, strict=True)),
    *(line(ours, theirs) for ours, theirs in _LINES.items()),
    Aspect(
        attributes=("display_name",),
        members=("FullName",),
        decode=_decode_display_name,
        encode=_encode_display_name,
        change="Outlook puts it together from the parts of the name; ours stands until one of them changes",
    ),
    *(line(ours, theirs) for ours, theirs in _PHONES.items()),
    *(line(ours, theirs) for ours, theirs in _PLACES.items()),
    lines("business_street", "BusinessAddressStreet"),
    lines("home_street", "HomeAddressStreet"),
    lines("other_street", "OtherAddressStreet"),
    one(
        "default_address",
        "SelectedMailingAddress",
        encode=lambda default: int(_MAILING.get(default, MailingAddress.None_)),
        decode=lambda value: _DEFAULTS.get(value, 0),
    ),
    *(line(f"email{number}", member) for number, member in enumerate(_EMAILS, start=1)),
    *(
        one(ours, theirs, encode=lambda day: day, decode=lambda day: day, change="none is 1 January 4501")
        for ours, theirs in (("birthday", "Birthday"), ("anniversary", "Anniversary"))
    ),
    Aspect(
        attributes=("user_fields",),
        members=_USER_FIELDS,
        decode=_decode_user_fields,
        encode=_encode_user_fields,
        change="Outlook has the first four",
    ),
    *COMMON,
    Aspect(
        attributes=("file_as",),
        members=("FileAs",),
        decode=_decode_file_as,
        encode=_encode_file_as,
        change="a contact that says nothing is filed by its name, company or address",
    ),
    Aspect(
        attributes=("photo",),
        members=(PICTURE,),
        decode=_decode_photo,
        encode=_encode_photo,
        change="Outlook may scale the picture down and make a JPEG of it",
    ),
)
"""Names come first, for Outlook makes the full name and the name to file by of them."""
