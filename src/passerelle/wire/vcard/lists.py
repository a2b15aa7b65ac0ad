"""Distribution lists: KIND and MEMBER (RFC 6350, sections 6.1.4 and 6.6.5), in 3.0 as Apple writes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from passerelle.model.items import Contact, DistributionList, Member
from passerelle.wire.contentlines import ContentLine, line
from passerelle.wire.encodings import rebuilt

NAME = "X-PASSERELLE-CN"
"""The name of a member, which its address alone does not tell."""
MAIL = "X-PASSERELLE-MAIL"
"""The address of a member that is named by its uid."""


class Known(Struct, frozen=True):
    """What a file says of a contact that a list may name by uid."""

    mail: str
    name: str


def is_list(lines: Mapping[str, Sequence[ContentLine]]) -> bool:
    """Tell whether a card is a distribution list."""
    return any(each.value.strip().lower() == "group" for each in lines.get("KIND", ()))


def uid_of(value: str) -> str:
    """Return a uid without the scheme that members are named with."""
    text = value.strip()
    return text[9:].lower() if text[:9].lower() == "urn:uuid:" else text.lower()


def known(contacts: Sequence[Contact]) -> dict[str, Known]:
    """Return the contacts of a file by uid."""
    return {
        uid_of(each.uid): Known(each.email1, each.display_name or "") for each in contacts if each.uid and each.email1
    }


def resolve(each: ContentLine, contacts: Mapping[str, Known]) -> ContentLine:
    """Return a MEMBER line with address and name of the contact that it names by uid, if the file has it."""
    found = contacts.get(uid_of(each.value))
    if found is None or each.param(MAIL):
        return each
    params = (*each.params, (MAIL, (found.mail,)), *([(NAME, (found.name,))] if found.name else []))
    return rebuilt(each, params, each.value)


def member(each: ContentLine) -> Member | None:
    """Return the member of a line, None if it names no mail address."""
    value = each.value.strip()
    mail = value[7:] if value[:7].lower() == "mailto:" else each.param(MAIL)
    return Member(mail=mail, name=each.param(NAME) or "") if mail else None


def read_members(lines: Sequence[ContentLine]) -> tuple[Member, ...]:
    """Return the members of a list."""
    return tuple(found for each in lines if (found := member(each)) is not None)


def write_members(item: DistributionList, kept: Sequence[ContentLine]) -> list[str]:
    """Return the MEMBER lines; a kept one where it still says the same."""
    by_member: dict[tuple[str, str], list[str]] = {}
    written = []
    for each in kept:
        found = member(each)
        if found is None:
            written.append(each.text)
        else:
            by_member.setdefault((found.mail, found.name), []).append(each.text)
    for its in item.members:
        texts = by_member.get((its.mail, its.name))
        written.append(texts.pop(0) if texts else _line(its))
    return ["KIND:group", *written]


def _line(its: Member) -> str:
    return line("MEMBER", f"mailto:{its.mail}", *([(NAME, its.name)] if its.name else []))


def kept_members(lines: Sequence[ContentLine], item: DistributionList) -> list[ContentLine]:
    """Return the MEMBER lines that say more than the members do."""
    own = set(write_members(item, ()))
    return [each for each in lines if each.text not in own]
