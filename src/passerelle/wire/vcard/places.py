"""Where a contact is reached: TEL, EMAIL, ADR, URL, IMPP (RFC 2426, 3.2 and 3.3; RFC 6350, 6.3 and 6.4)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from passerelle.model.items import Contact
from passerelle.model.patch import Patch
from passerelle.wire.contentlines import ContentLine, escape, line, unescape
from passerelle.wire.encodings import LABEL
from passerelle.wire.facets import Aspect, Slots
from passerelle.wire.vcard.cards import parts
from passerelle.wire.vcard.words import MARKER, NONE

_PHONES = {
    "phone_business": "TEL;TYPE=WORK,VOICE",
    "phone_business2": "TEL;TYPE=WORK,VOICE",
    "phone_home": "TEL;TYPE=HOME,VOICE",
    "phone_home2": "TEL;TYPE=HOME,VOICE",
    "mobile": "TEL;TYPE=CELL",
    "mobile2": "TEL;TYPE=CELL",
    "phone_other": "TEL;TYPE=VOICE",
    "fax_business": "TEL;TYPE=WORK,FAX",
    "fax_home": "TEL;TYPE=HOME,FAX",
    "fax_other": "TEL;TYPE=FAX",
    "pager": "TEL;TYPE=PAGER",
    "phone_car": "TEL;TYPE=CAR",
    "isdn": "TEL;TYPE=ISDN",
    "tty_tdd": "TEL;TYPE=TEXTPHONE",
    "ip_phone": "TEL;TYPE=VOIP",
    "phone_primary": "TEL;TYPE=PREF",
    "phone_assistant": "X-ASSISTANT-PHONE",
    "phone_callback": "X-MS-TEL;TYPE=CALLBACK",
    "phone_company": "X-MS-TEL;TYPE=COMPANY",
    "phone_radio": "X-MS-TEL;TYPE=RADIO",
    "telex": "X-MS-TEL;TYPE=TELEX",
}
"""How we write each number; the order is that of the lines."""

_SPECIAL = {
    "ASSISTANT": ("phone_assistant",),
    "CALLBACK": ("phone_callback",),
    "COMPANY": ("phone_company",),
    "MAIN": ("phone_company",),
    "RADIO": ("phone_radio",),
    "TELEX": ("telex",),
    "TLX": ("telex",),
    "TTYTDD": ("tty_tdd",),
    "TTY-TDD": ("tty_tdd",),
    "TTY": ("tty_tdd",),
    "TEXTPHONE": ("tty_tdd",),
    "VOIP": ("ip_phone",),
    "PAGER": ("pager",),
    "ISDN": ("isdn",),
    "CAR": ("phone_car",),
    "CELL": ("mobile", "mobile2"),
    "MOBILE": ("mobile", "mobile2"),
    "IPHONE": ("mobile", "mobile2"),
    "HOME": ("phone_home", "phone_home2"),
    "WORK": ("phone_business", "phone_business2"),
}
"""What a type means, the telling ones first; fax comes before all."""

_NO_VOICE = frozenset({"BBS", "MODEM", "VIDEO", "PCS", "TEXT"})
_SCHEMES = {
    "X-AIM": "aim",
    "X-ICQ": "icq",
    "X-JABBER": "xmpp",
    "X-MSN": "msnim",
    "X-YAHOO": "ymsgr",
    "X-SKYPE": "skype",
    "X-SKYPE-USERNAME": "skype",
    "X-GADUGADU": "gg",
    "X-GROUPWISE": "groupwise",
}


def _types(each: ContentLine) -> set[str]:
    """Return the types of a line; one parameter may hold several, and Evolution prefixes its own."""
    return {kind.removeprefix("X-EVOLUTION-") for value in each.all("TYPE") for kind in value.split(",")}


def _phone_fields(each: ContentLine) -> tuple[str, ...]:
    types = _types(each)
    label = (each.param(LABEL) or "").lower()
    if each.name in {"X-ASSISTANT-PHONE", "X-EVOLUTION-ASSISTANT-PHONE"} or label == "assistantphone":
        return ("phone_assistant",)
    if "FAX" in types:
        return ("fax_business",) if "WORK" in types else ("fax_home",) if "HOME" in types else ("fax_other",)
    for kind, fields in _SPECIAL.items():
        if kind in types:
            return fields
    if types & _NO_VOICE and "VOICE" not in types:
        return ()
    return ("phone_primary",) if types - {"VOICE"} == {"PREF"} else ("phone_other",)


def _number(each: ContentLine) -> str:
    value = unescape(each.value).strip()
    if value[:4].lower() != "tel:":
        return value
    number, _, extension = value[4:].partition(";ext=")
    return f"{number} ext. {extension}" if extension else number


def _assign(
    lines: Sequence[ContentLine],
    fields: Callable[[ContentLine], Sequence[str]],
    value: Callable[[ContentLine], str],
) -> list[Patch | None]:
    """Give each line the first free field of those that it may fill; a repeated value shares its field."""
    taken: dict[str, str] = {}
    found: list[Patch | None] = []
    for each in lines:
        text, marked = value(each), each.param(MARKER)
        choice = [marked.lower()] if marked else fields(each)
        field = next((name for name in choice if taken.get(name, text) == text), None) if text else None
        if field is not None and marked != NONE:
            taken[field] = text
            found.append({field: text})
        else:
            found.append(None)
    return found


def _place(patch: Patch | None) -> str:
    return next(iter(patch)).upper() if patch else NONE


def _pairs(item: Contact, heads: dict[str, str], done: frozenset[str]) -> list[tuple[str, Patch]]:
    values = {field: getattr(item, field) for field in heads if field not in done}
    return [(f"{heads[field]}:{escape(text)}", {field: text}) for field, text in values.items() if text]


_MAILS = {"email1": "EMAIL;TYPE=INTERNET", "email2": "EMAIL;TYPE=INTERNET", "email3": "EMAIL;TYPE=INTERNET"}


def _messenger(each: ContentLine) -> str:
    value = unescape(each.value).strip()
    scheme = _SCHEMES.get(each.name)
    return f"{scheme}:{value}" if scheme and value else value


def _encode_messengers(item: Contact, done: frozenset[str]) -> list[tuple[str, Patch]]:
    values = {name: getattr(item, name) for name in ("instant_messenger", "instant_messenger2") if name not in done}
    return [
        (line("IMPP" if re.match(r"[A-Za-z][\w+.-]*:", text) else "X-MS-IMADDRESS", escape(text)), {name: text})
        for name, text in values.items()
        if text
    ]


def _encode_url(item: Contact, done: frozenset[str]) -> list[tuple[str, Patch]]:
    return [(line("URL", escape(item.url)), {"url": item.url})] if item.url and "url" not in done else []


_KINDS = {"WORK": "business", "HOME": "home", "": "other"}
_PARTS = ("street", "city", "state", "postal_code", "country")
_DEFAULTS = {"business": 1, "home": 2, "other": 3}
"""OX's numbers of the mailing address (OX reference, section 13)."""
_OUTLOOK = {1: 2, 2: 1, 3: 3}
"""From OX's numbers to Outlook's, and back."""
_DEFAULT = "X-MS-OL-DEFAULT-POSTAL-ADDRESS"
_OFFICE = "X-MS-OFFICE"


def _assign_addresses(lines: Sequence[ContentLine]) -> list[Patch | None]:
    explicit = next((_OUTLOOK.get(int(each.value)) for each in lines if _is_default(each)), None)
    office = next((text for each in lines if each.name == _OFFICE and (text := unescape(each.value))), None)
    taken: dict[str, Patch] = {}
    has_default = explicit is not None
    found: list[Patch | None] = []
    for each in lines:
        if each.name != "ADR":
            found.append(_aside(each, explicit, office))
            continue
        kind = _kind(each)
        patch = _address(each, kind, has_office=office is not None)
        if not has_default and "PREF" in _types(each):
            patch["default_address"] = _DEFAULTS[kind]
            has_default = True
        found.append(patch if each.param(MARKER) != NONE and taken.setdefault(kind, patch) == patch else None)
    return [_label(each, taken, patch) for each, patch in zip(lines, found, strict=True)]


def _aside(each: ContentLine, default: int | None, office: str | None) -> Patch | None:
    """Return what a line says that is no address."""
    if each.name == _OFFICE and office == unescape(each.value):
        return {"office": office}
    return {"default_address": default} if _is_default(each) and default else None


def _is_default(each: ContentLine) -> bool:
    return each.name == _DEFAULT and each.value.strip() in {"1", "2", "3"}


def _label(each: ContentLine, addresses: dict[str, Patch], patch: Patch | None) -> Patch | None:
    """Tie a LABEL to the address that it prints: it is out of date once that one was changed."""
    return addresses.get(_kind(each)) if each.name == "LABEL" else patch


def _kind(each: ContentLine) -> str:
    types = _types(each)
    return next(kind for name, kind in _KINDS.items() if not name or name in types)


def _address(each: ContentLine, kind: str, *, has_office: bool) -> dict[str, object]:
    """Return the fields of an address. Outlook keeps the office where others have a second line of the street."""
    texts = [part.strip() for part in parts(each.value)]
    box, extended, street, city, state, code, country = [*texts, *[""] * 7][:7]
    is_office = kind == "business" and not has_office
    lines = [box, street] if is_office else [box, extended, street]
    values = ("\n".join(filter(None, lines)), city, state, code, country)
    patch: dict[str, object] = {f"{kind}_{name}": value or None for name, value in zip(_PARTS, values, strict=True)}
    if is_office:
        patch["office"] = extended or None
    return patch


def _encode_addresses(item: Contact, done: frozenset[str]) -> list[tuple[str, Patch]]:
    found = [pair for kind in _KINDS.values() for pair in _encode_address(item, kind, done)]
    said = any("default_address" in patch for _, patch in found) or "default_address" in done
    if item.default_address in _OUTLOOK and not said:
        text = f"{_DEFAULT}:{_OUTLOOK[item.default_address]}"
        found.append((text, {"default_address": item.default_address}))
    return found


def _encode_address(item: Contact, kind: str, done: frozenset[str]) -> Iterator[tuple[str, Patch]]:
    names = [f"{kind}_{name}" for name in _PARTS]
    if names[0] in done:
        return
    patch: dict[str, object] = {name: getattr(item, name) for name in names}
    office = item.office if kind == "business" and "office" not in done else None
    if kind == "business" and "office" not in done:
        patch["office"] = item.office
    if not any(patch.values()):
        return
    types = [name for name, its in _KINDS.items() if its == kind and name]
    if item.default_address == _DEFAULTS[kind] and "default_address" not in done:
        types.append("PREF")
        patch["default_address"] = item.default_address
    street, city, state, code, country = (escape(getattr(item, name) or "") for name in names)
    head = f"ADR;TYPE={','.join(types)}" if types else "ADR"
    yield f"{head}:;{escape(office or '')};{street};{city};{state};{code};{country}", patch


def _address_place(patch: Patch | None) -> str:
    return next(iter(patch)).partition("_")[0].upper() if patch else NONE


PLACES: tuple[Aspect[Contact], ...] = (
    Slots(
        ("TEL", "X-MS-TEL", "X-ASSISTANT-PHONE", "X-EVOLUTION-ASSISTANT-PHONE"),
        lambda lines: _assign(lines, _phone_fields, _number),
        lambda item, done: _pairs(item, _PHONES, done),
        MARKER,
        _place,
    ),
    Slots(
        ("EMAIL",),
        lambda lines: _assign(lines, lambda _: tuple(_MAILS), lambda each: unescape(each.value).strip()),
        lambda item, done: _pairs(item, _MAILS, done),
        MARKER,
        _place,
    ),
    Slots(("ADR", "LABEL", _DEFAULT, _OFFICE), _assign_addresses, _encode_addresses, MARKER, _address_place),
    Slots(
        ("URL",),
        lambda lines: _assign(lines, lambda _: ("url",), lambda each: unescape(each.value).strip()),
        _encode_url,
        MARKER,
        _place,
    ),
    Slots(
        ("IMPP", "X-MS-IMADDRESS", *_SCHEMES),
        lambda lines: _assign(lines, lambda _: ("instant_messenger", "instant_messenger2"), _messenger),
        _encode_messengers,
        MARKER,
        _place,
    ),
)
"""What has one line per place."""
