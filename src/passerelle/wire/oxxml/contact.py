"""Contacts and distribution lists (OX reference, section 13)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection, Sequence
from operator import attrgetter
from typing import cast

from passerelle.model.errors import Invalid, Missing
from passerelle.model.fields import CONTACT_ORDER, Kind
from passerelle.model.items import Contact, DistributionList, Member, Photo
from passerelle.model.records import ItemRecord
from passerelle.wire.oxxml import common, extension, partial
from passerelle.wire.oxxml.common import ObjectStatus
from passerelle.wire.oxxml.direct import Direct
from passerelle.wire.oxxml.markup import attribute, element, escape
from passerelle.wire.oxxml.parsing import Element, Properties
from passerelle.wire.oxxml.values import LONG, integer

_direct = Direct(Kind.CONTACT)
(_private,) = _direct.elements(("private_flag",))
_CREATE = f"<ox:object_status>{ObjectStatus.CREATE.value}</ox:object_status>"

_BODY = tuple(
    _direct.writers[field.ox_element]
    for field in CONTACT_ORDER
    if field.direct and field.answered and field.ox_element not in {"private_flag", "note"}
)
"""The fields between the common block and the user fields; the note comes after those."""
_body_values = attrgetter(*[writer.name for writer in _BODY])
_note = _direct.writers["note"]
_WRITTEN = tuple(_direct.writers.values())
_written_values = attrgetter(*[writer.name for writer in _WRITTEN])

_USER_FIELD = {f"userfield{index + 1:02}": index for index in range(extension.USER_FIELDS)}
_USER_FIELDS = frozenset(_USER_FIELD)

_UNSAID = ("uid", "note_html", "foreign", "color_label")
"""Attributes that no element of an answer carries."""
_DEFAULTS = partial.defaults(Contact)


def encode(record: ItemRecord) -> bytes:
    """The children of ``D:prop`` for a contact or a distribution list, in Java's order.

    The categories stand in it twice, as Java has them: in the common block and among the fields.
    """
    item = cast("Contact", record.item)
    words = common.categories(item.categories)
    text = (
        f"{common.attachments(record.attachments)}{common.identity(record)}{words}{_private(item)}"
        f"{_CREATE}{fields(item)}{_user_fields(item)}{_note(item)}{words}{_photo(item.photo)}{_list(item)}"
    )
    return text.encode()


def fields(item: Contact, *, without: Collection[str] = ()) -> str:
    """The direct fields that are set, from ``last_name`` to ``instant_messenger2``."""
    values = _body_values(item)
    return "".join(
        [
            writer.of(value)
            for writer, value in zip(_BODY, values, strict=True)
            if value is not None and writer.element not in without
        ]
    )


def _user_fields(item: Contact) -> str:
    named = zip(_USER_FIELD, item.user_fields, strict=False)
    return "".join([element(name, value) for name, value in named if value is not None])


def _photo(photo: Photo | None) -> str:
    """The type stands before the picture (section 13)."""
    if photo is None:
        return ""
    kind = escape(photo.media_type)
    return f"<ox:image_content_type>{kind}</ox:image_content_type><ox:image1>{_base64(photo.data)}</ox:image1>"


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _list(item: Contact) -> str:
    if not isinstance(item, DistributionList):
        return "<ox:distributionlist_flag>false</ox:distributionlist_flag>"
    return f"<ox:distributionlist_flag>true</ox:distributionlist_flag>{_members(item.members)}"


def _members(members: Sequence[Member]) -> str:
    entries = "".join([_encode_member(one) for one in members])
    return f"<ox:distributionlist>{entries}</ox:distributionlist>"


def _encode_member(one: Member) -> str:
    return (
        f'<ox:email ox:id="{one.contact or 0}" ox:folder_id="{one.folder or 0}"'
        f' ox:displayname="{attribute(one.name or one.mail)}" ox:emailfield="{one.email_field}">'
        f"{escape(one.mail)}</ox:email>"
    )


def _plain(members: Sequence[Member]) -> tuple[Member, ...]:
    """The members as they read back: a missing name is the address, and ids are never 0."""
    return tuple([
        Member(
            mail=one.mail,
            name=one.name or one.mail,
            contact=one.contact or None,
            folder=one.folder or None,
            email_field=one.email_field,
        )
        for one in members
    ])  # fmt: skip


def _unsaid(item: Contact, changed: Collection[str] | None = None) -> dict[str, object]:
    """The attributes that read back differently from the OX elements."""
    said = partial.unsaid(item, _UNSAID, _DEFAULTS, changed)
    if partial.touches(changed, "categories") and partial.ambiguous_categories(item):
        said["categories"] = item.categories
    if (
        isinstance(item, DistributionList)
        and partial.touches(changed, "members")
        and _plain(item.members) != item.members
    ):
        said["members"] = item.members
    return said


def properties(item: Contact, changed: Collection[str] | None = None, *, extended: bool = False) -> bytes:
    """The elements of a write. ``changed`` None makes a new object, else names the attributes that differ."""
    parts = [
        _texts(item) if changed is None else "".join([partial.text(writer, item, changed) for writer in _WRITTEN]),
        _user_fields_written(item, changed),
        partial.categories_written(item, changed),
        _photo_written(item, changed),
        _list_written(item, changed),
        extension.encode(_unsaid(item, changed)) if extended else "",
    ]
    return "".join(parts).encode()


def _texts(item: Contact) -> str:
    """All direct fields of a new object that are set."""
    values = _written_values(item)
    return "".join([writer.of(value) for writer, value in zip(_WRITTEN, values, strict=True) if value is not None])


def _user_fields_written(item: Contact, changed: Collection[str] | None) -> str:
    if changed is None:
        return _user_fields(item)
    if "user_fields" not in changed:
        return ""
    values = [*item.user_fields, *[None] * (len(_USER_FIELD) - len(item.user_fields))]
    return "".join([element(name, value or "") for name, value in zip(_USER_FIELD, values, strict=True)])


def _photo_written(item: Contact, changed: Collection[str] | None) -> str:
    if not partial.touches(changed, "photo"):
        return ""
    return _photo(item.photo) or ("" if changed is None else "<ox:image1/>")


def _list_written(item: Contact, changed: Collection[str] | None) -> str:
    if not isinstance(item, DistributionList):
        return ""
    return _list(item) if partial.touches(changed, "members") else ""


def patch(
    properties: Properties,
    current: Contact | None,
    zone: str = "UTC",  # noqa: ARG001 - all kinds are read alike
    *,
    stamp: int = 0,  # noqa: ARG001 - all kinds are read alike
) -> dict[str, object]:
    """The changes that a write asks for: absent keeps, empty clears.

    ``members`` tells the kind: it is there for what is, or becomes, a distribution list, and always for a new one.

    Raises:
        Missing: an entry of a list lacks ``emailfield``, or a picture its type (CON-0170).
        Invalid: a value is malformed or out of range.
    """
    is_list = _makes_list(properties, current)
    said = extension.read(DistributionList if is_list else Contact, properties.extension)
    # A sender that uses the extension says exactly what it means: nothing unsaid is kept for it.
    kept = None if properties.extension is not None else current
    found = partial.read_shared(_direct, properties, kept)
    found |= _read_user_fields(properties, current)
    found |= _read_photo(properties, current)
    found |= _read_members(properties, current, kept, is_list=is_list)
    found |= said
    return found


def _makes_list(properties: Properties, current: Contact | None) -> bool:
    """Whether the object is, or is to be, a distribution list, as flag or members of a new one say."""
    if current is not None:
        return isinstance(current, DistributionList)
    return properties.flag("distributionlist_flag") or bool(properties.children("distributionlist"))


def _read_user_fields(properties: Properties, current: Contact | None) -> dict[str, object]:
    if _USER_FIELDS.isdisjoint(properties.texts):
        return {}
    sent = {index: text for name, index in _USER_FIELD.items() if (text := properties.text(name)) is not None}
    before = () if current is None else current.user_fields
    values: list[str | None] = [*before, *[None] * (len(_USER_FIELDS) - len(before))]
    for index, text in sent.items():
        values[index] = text or None
    while values and values[-1] is None:
        values.pop()
    return {"user_fields": tuple(values)}


def _read_photo(properties: Properties, current: Contact | None) -> dict[str, object]:
    """The picture; an empty one deletes it on an update and means nothing on a create (section 13)."""
    text = properties.text("image1")
    if text is None:
        return {}
    if not text.strip():
        return {"photo": None} if current is not None else {}
    data = _bytes(text)
    kind = (properties.value("image_content_type") or "").lower() or _recognised(data)
    if kind is None:
        raise Missing("A picture needs its type in “image_content_type”.", "photo", "CON-0170")
    return {"photo": Photo(media_type="image/jpeg" if kind == "image/jpg" else kind, data=data)}


def _bytes(text: str) -> bytes:
    """The picture's bytes; white space inside the base64 is tolerated.

    Raises:
        Invalid: it is not base64.
    """
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Invalid("The element “image1” does not hold base64.", "photo", "CON-0101") from error


_BEGINNINGS = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG", "image/png"),
    (b"GIF8", "image/gif"),
    (b"BM", "image/bmp"),
)


def _recognised(data: bytes) -> str | None:
    """The media type that a picture's first bytes tell."""
    return next((kind for beginning, kind in _BEGINNINGS if data.startswith(beginning)), None)


def _read_members(
    properties: Properties, current: Contact | None, kept: Contact | None, *, is_list: bool
) -> dict[str, object]:
    sent = tuple([_member(child) for child in properties.children("distributionlist")])
    if current is None:
        return {"members": sent} if is_list else {}
    if "distributionlist" not in properties:
        return {}
    if not isinstance(current, DistributionList):
        return {"members": sent} if sent else {}
    if isinstance(kept, DistributionList) and sent == _plain(kept.members):
        return {}
    return {"members": sent}


def _member(child: Element) -> Member:
    if child.name != "email":
        raise Invalid(f"“{child.name[:40]}” is no entry of a distribution list.", "members")
    said = child.attributes
    if "emailfield" not in said:
        raise Missing("An entry of a distribution list needs the attribute “emailfield”.", "members")
    return Member(
        mail=child.text.strip(),
        name=said.get("displayname", ""),
        contact=integer(said.get("id", "0"), "members", 0, LONG) or None,
        folder=integer(said.get("folder_id", "0"), "members", 0, LONG) or None,
        email_field=integer(said["emailfield"], "members", 0, 3),
    )


def item(properties: Properties, zone: str = "UTC") -> Contact:  # noqa: ARG001 - all kinds are read alike
    """The contact or distribution list that an answer, or a write that makes a new one, gives.

    Raises:
        Refused: a value is missing, malformed or out of range.
    """
    kind = DistributionList if _makes_list(properties, None) else Contact
    return kind(**patch(properties, None))  # type: ignore[arg-type]  # every value was read for its attribute
