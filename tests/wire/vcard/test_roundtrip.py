"""Any contact or list comes back as it was, through both versions that we write."""

from __future__ import annotations

from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from passerelle.model.items import Contact, DistributionList, ForeignProperty, Member
from passerelle.wire import vcard
from passerelle.wire.vcard.reader import NAMES
from tests.strategies import contacts, distribution_lists

Version = Literal["3.0", "4.0"]
VERSIONS = st.sampled_from(["3.0", "4.0"])


def exact(item: Contact) -> Contact:
    """The contact without what vCard has no words for: numbers of a store, space around texts, other line ends."""
    texts = {
        name: text.replace("\r\n", "\n").replace("\r", "\n").strip() or None
        for name in item.__struct_fields__
        if isinstance(text := getattr(item, name), str)
    }
    foreign = tuple(sorted(filter(None, map(_foreign, item.foreign)), key=lambda each: each.name))
    item = replace(item, **texts, foreign=foreign, user_fields=_user_fields(item))
    if isinstance(item, DistributionList):
        return replace(item, members=tuple(Member(mail=each.mail, name=each.name) for each in item.members))
    return item


def _user_fields(item: Contact) -> tuple[str | None, ...]:
    found = [text.replace("\r\n", "\n").replace("\r", "\n") if text else None for text in item.user_fields]
    while found and found[-1] is None:
        found.pop()
    return tuple(found)


def _foreign(each: ForeignProperty) -> ForeignProperty | None:
    """A kept line; one that vCard knows, such as X-AIM, would be the contact's own."""
    if each.name in NAMES:
        return None
    text = each.text.replace("\r", "").replace("\n", "\\n")
    return replace(each, text=f"{each.name}:{text}") if each.format == "vcard" else None


def again(item: Contact, version: Version) -> Contact:
    """What reading gives of what writing gave."""
    result = vcard.read(vcard.write([item], version))
    assert not result.problems
    (entry,) = result.entries
    return entry


@given(contacts().map(exact), VERSIONS)
def test_a_contact_comes_back(item: Contact, version: Version) -> None:
    assert again(item, version) == item


@given(distribution_lists().map(exact), VERSIONS)
def test_a_distribution_list_comes_back(item: DistributionList, version: Version) -> None:
    assert again(item, version) == item


@given(contacts().map(exact), contacts().map(exact))
def test_what_a_card_said_is_dropped_once_the_contact_says_otherwise(first: Contact, second: Contact) -> None:
    changed = replace(second, foreign=first.foreign)
    assert again(changed, "3.0") == changed


@pytest.mark.parametrize(
    "field", [name for name in Contact.__struct_fields__ if name.startswith(("phone", "fax", "mob"))]
)
def test_each_number_alone_keeps_its_place(field: str) -> None:
    item = replace(Contact(display_name="Anna"), **{field: "+33 1 23"})
    assert again(item, "3.0") == item
    assert again(item, "4.0") == item
