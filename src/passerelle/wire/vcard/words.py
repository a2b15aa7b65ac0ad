"""The plain properties of contacts: names, organisation, notes, relations, dates (RFC 2426; RFC 6350, section 6)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date

from passerelle.model.items import Contact
from passerelle.model.patch import Patch
from passerelle.wire.contentlines import ContentLine, escape, line, split, unescape
from passerelle.wire.encodings import LABEL
from passerelle.wire.facets import Aspect, Slots, Whole
from passerelle.wire.vcard.cards import parts

MARKER = "X-PASSERELLE-FIELD"
"""The field that a line belongs to, where its name and types do not tell; NONE for none."""
NONE = "NONE"

_DATE = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?:[Tt ].*)?")
_NAMES = ("last_name", "first_name", "middle_name", "prefix", "suffix")


def _text(field: str, name: str, *others: str) -> Whole[Contact]:
    """Return the aspect of a text that several properties may hold; the first one is ours."""

    def decode(lines: Sequence[ContentLine]) -> Patch:
        return {field: next((text for each in lines if (text := unescape(each.value))), None)}

    def encode(item: Contact) -> list[str]:
        value: str | None = getattr(item, field)
        return [line(name, escape(value))] if value else []

    return Whole((name, *others), decode, encode)


def _decode_name(lines: Sequence[ContentLine]) -> Patch:
    found = [" ".join(unescape(text) for text in split(part, ",")) for part in split(lines[0].value, ";")]
    suffix = parts(lines[0].value)[4:5]
    values = [*found, *[""] * len(_NAMES)][:4] + (suffix or [""])
    return {name: value.strip(" ") or None for name, value in zip(_NAMES, values, strict=True)}


def _encode_name(item: Contact) -> list[str]:
    values = [escape(getattr(item, name) or "") for name in _NAMES]
    return [line("N", ";".join(values))] if any(values) else []


def _decode_display_name(lines: Sequence[ContentLine]) -> Patch:
    texts = (unescape(each.value) for each in lines if each.param(MARKER) != NONE)
    return {"display_name": next((text for text in texts if text), None)}


def _decode_organisation(lines: Sequence[ContentLine]) -> Patch:
    company, *units = parts(lines[0].value)
    return {"company": company or None, "department": ", ".join(filter(None, units)) or None}


def _encode_organisation(item: Contact) -> list[str]:
    values = [escape(item.company or ""), *([escape(item.department)] if item.department else [])]
    return [line("ORG", ";".join(values))] if any(values) else []


def _decode_note(lines: Sequence[ContentLine]) -> Patch:
    return {"note": "\n".join(unescape(each.value) for each in lines) or None}


def _decode_nickname(lines: Sequence[ContentLine]) -> Patch:
    names = (unescape(part) for each in lines for part in split(each.value, ","))
    return {"nickname": ", ".join(filter(None, names)) or None}


def _decode_categories(lines: Sequence[ContentLine]) -> Patch:
    words = (unescape(part).strip() for each in lines for part in split(each.value, ","))
    return {"categories": tuple(dict.fromkeys(filter(None, words)))}


def _encode_categories(item: Contact) -> list[str]:
    words = ",".join(escape(word) for word in item.categories)
    return [line("CATEGORIES", words)] if words else []


def _decode_class(lines: Sequence[ContentLine]) -> Patch:
    return {"private": lines[0].value.strip().upper() in {"PRIVATE", "CONFIDENTIAL"}}


def _encode_class(item: Contact) -> list[str]:
    return ["CLASS:PRIVATE"] if item.private else []


def read_date(each: ContentLine) -> date | None:
    """Return a whole date; None for a part of one, which only its line can say."""
    match = _DATE.fullmatch(each.value.strip())
    if match is None or each.param("X-APPLE-OMIT-YEAR"):
        return None
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None


def _decode_birthday(lines: Sequence[ContentLine]) -> Patch:
    return {"birthday": read_date(lines[0])}


def _encode_birthday(item: Contact) -> list[str]:
    return [line("BDAY", item.birthday.isoformat())] if item.birthday else []


_ANNIVERSARIES = (
    "X-ANNIVERSARY",
    "ANNIVERSARY",
    "X-MS-ANNIVERSARY",
    "X-EVOLUTION-ANNIVERSARY",
    "X-KADDRESSBOOK-X-ANNIVERSARY",
    "X-ABDATE",
)


def _assign_anniversary(lines: Sequence[ContentLine]) -> list[Patch | None]:
    found: list[Patch | None] = []
    taken: date | None = None
    for each in lines:
        is_other = each.name == "X-ABDATE" and (each.param(LABEL) or "").lower() != "anniversary"
        value = None if is_other else read_date(each)
        fits = not is_other and (taken is None or value == taken)
        found.append({"anniversary": value} if fits else None)
        taken = value if fits and value else taken
    return found


def _encode_anniversary(item: Contact, done: frozenset[str]) -> list[tuple[str, Patch]]:
    if item.anniversary is None or "anniversary" in done:
        return []
    return [(line("X-ANNIVERSARY", item.anniversary.isoformat()), {"anniversary": item.anniversary})]


_RELATIONS = {
    "spouse": ("X-SPOUSE", "X-EVOLUTION-SPOUSE", "X-MS-SPOUSE", "X-KADDRESSBOOK-X-SPOUSESNAME"),
    "manager": ("X-MANAGER", "X-EVOLUTION-MANAGER", "X-MS-MANAGER", "X-KADDRESSBOOK-X-MANAGERSNAME"),
    "assistant": ("X-ASSISTANT", "X-EVOLUTION-ASSISTANT", "X-MS-ASSISTANT", "X-KADDRESSBOOK-X-ASSISTANTSNAME"),
}
_RELATION_OF = {name: field for field, names in _RELATIONS.items() for name in names}


def _relation(each: ContentLine) -> str | None:
    if each.name in _RELATION_OF:
        return _RELATION_OF[each.name]
    if each.name == "X-ABRELATEDNAMES":
        label = (each.param(LABEL) or "").lower()
        return label if label in _RELATIONS else None
    is_text = (each.param("VALUE") or "").lower() == "text"
    return "spouse" if is_text and "SPOUSE" in each.all("TYPE") else None


def _assign_relations(lines: Sequence[ContentLine]) -> list[Patch | None]:
    taken: dict[str, str] = {}
    found: list[Patch | None] = []
    for each in lines:
        field, value = _relation(each), unescape(each.value)
        fits = field is not None and value and taken.setdefault(field, value) == value
        found.append({field: value} if field and fits else None)
    return found


def _encode_relations(item: Contact, done: frozenset[str]) -> list[tuple[str, Patch]]:
    values = {field: getattr(item, field) for field in _RELATIONS if field not in done}
    return [(line(_RELATIONS[field][0], escape(text)), {field: text}) for field, text in values.items() if text]


_OWN_TEXTS = (
    "note_html",
    "marital_status",
    "number_of_children",
    "employee_type",
    "number_of_employees",
    "sales_volume",
    "tax_id",
    "commercial_register",
    "branches",
    "business_category",
    "more_info",
)
"""Fields of Outlook and OX for which no vCard property exists."""


def own_name(field: str) -> str:
    """Return the name of our property for a field that vCard has none for."""
    return f"X-PASSERELLE-{field.upper().replace('_', '-')}"


def _decode_label(lines: Sequence[ContentLine]) -> Patch:
    text = lines[0].value.strip()
    return {"color_label": int(text) if re.fullmatch(r"\d{1,9}", text) else 0}


def _encode_label(item: Contact) -> list[str]:
    return [line(own_name("color_label"), str(item.color_label))] if item.color_label else []


def _decode_user_fields(lines: Sequence[ContentLine]) -> Patch:
    texts = [unescape(part) or None for part in split(lines[0].value, ";")][:20]
    while texts and texts[-1] is None:
        texts.pop()
    return {"user_fields": tuple(texts)}


def _encode_user_fields(item: Contact) -> list[str]:
    texts = ";".join(escape(text or "") for text in item.user_fields)
    return [line(own_name("user_fields"), texts)] if any(item.user_fields) else []


_related: Callable[[Patch | None], str] = lambda patch: next(iter(patch)).upper() if patch else NONE  # noqa: E731

WORDS: tuple[Aspect[Contact], ...] = (
    Whole(
        ("FN",), _decode_display_name, lambda item: [line("FN", escape(item.display_name))] if item.display_name else []
    ),
    Whole(("N",), _decode_name, _encode_name),
    Whole(
        ("NICKNAME",), _decode_nickname, lambda item: [line("NICKNAME", escape(item.nickname))] if item.nickname else []
    ),
    _text("file_as", "X-FILE-AS", "X-EVOLUTION-FILE-AS"),
    Whole(("ORG",), _decode_organisation, _encode_organisation),
    _text("job_title", "TITLE"),
    _text("profession", "ROLE"),
    Whole(("NOTE",), _decode_note, lambda item: [line("NOTE", escape(item.note))] if item.note else []),
    Whole(("CATEGORIES",), _decode_categories, _encode_categories),
    Whole(("CLASS",), _decode_class, _encode_class),
    Whole(("BDAY",), _decode_birthday, _encode_birthday),
    Slots(_ANNIVERSARIES, _assign_anniversary, _encode_anniversary, MARKER, _related),
    Slots((*_RELATION_OF, "X-ABRELATEDNAMES", "RELATED"), _assign_relations, _encode_relations, MARKER, _related),
    *(_text(field, own_name(field)) for field in _OWN_TEXTS),
    Whole((own_name("color_label"),), _decode_label, _encode_label),
    Whole((own_name("user_fields"),), _decode_user_fields, _encode_user_fields),
)
"""What is one text, one list or one date."""
