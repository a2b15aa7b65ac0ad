"""Rules of contacts, distribution lists and the global address book (semantics, sections 3 and 6). Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from passerelle.groupware.pictures import check_photo, photo_type
from passerelle.model.errors import Forbidden, Invalid, Missing
from passerelle.model.items import Contact, DistributionList, Photo
from passerelle.model.text import Text

_ADDRESS = re.compile(r"[^@\s<>]+@[^@\s<>]+")
_ADDRESS_FIELDS = ("email1", "email2", "email3")
_USER_NAMES = {"display_name": "CON-0166", "first_name": "CON-0175", "last_name": "CON-0164"}


def check(contact: Contact, names: frozenset[str]) -> None:
    """Refuse values that a contact or distribution list cannot have, among the named fields.

    Raises:
        Invalid: a mail address (CON-0100), a photo (CON-0101, CON-0172) or a member of a list.
        Missing: a list member without an address (CON-0177).
    """
    for name in _ADDRESS_FIELDS:
        address = getattr(contact, name) if name in names else None
        if address and not is_address(address):
            raise Invalid(Text("“{address}” is no mail address.", address=address), name, "CON-0100")
    if "photo" in names and contact.photo is not None:
        check_photo(contact.photo)
    if isinstance(contact, DistributionList) and "members" in names:
        _check_members(contact)


def is_address(text: str) -> bool:
    """Whether a text looks like a mail address; international ones do, Exchange's distinguished names do not.

    >>> is_address("léa@exemple.fr"), is_address("/o=Firma/cn=léa")
    (True, False)
    """
    return _ADDRESS.fullmatch(text.strip()) is not None


def normalised(contact: Contact) -> Contact:
    """The contact as it is stored: its picture typed by what it is, for clients say ``image/jpg`` and worse."""
    photo = contact.photo
    told = photo_type(photo.data) if photo is not None else None
    if photo is None or told is None or told == photo.media_type:
        return contact
    return msgspec.structs.replace(contact, photo=Photo(told, photo.data))


def _check_members(contact: DistributionList) -> None:
    for member in contact.members:
        if not 0 <= member.email_field <= 3:  # noqa: PLR2004 - three addresses
            raise Invalid(
                Text("A contact has no address number {number}.", number=member.email_field),
                "members",
                "CON-0178",
            )
        if member.email_field == 0 and not member.mail.strip():
            raise Missing(
                Text("The list member “{member}” has no mail address.", member=member.name), "members", "CON-0177"
            )


def check_user_entry(before: Contact, after: Contact, taken: Mapping[str, str]) -> None:
    """Refuse a change of a user's entry in the global address book that the user may not make.

    ``taken`` maps the case-folded display names of the other users to what they are.

    Raises:
        Forbidden: the primary address is the administrator's matter (CON-0173).
        Missing: a name becomes empty (CON-0164, CON-0166, CON-0175).
        Invalid: another user has that display name (CON-0167).
    """
    if (before.email1 or "") != (after.email1 or ""):
        raise Forbidden("The main mail address is changed by the administrator only.", "CON-0173")
    for name, code in _USER_NAMES.items():
        if getattr(before, name) and not (getattr(after, name) or "").strip():
            raise Missing(Text("A user's {name} must not be empty.", name=name.replace("_", " ")), name, code)
    display_name = after.display_name or ""
    if display_name != before.display_name and display_name.casefold() in taken:
        raise Invalid(
            Text("Another user is already called “{display_name}”.", display_name=display_name),
            "display_name",
            "CON-0167",
        )
