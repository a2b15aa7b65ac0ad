"""Contacts of many programs come in and go out again; vobject, which we did not write, sees the same in them."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any, Literal

import pytest
import vobject

from passerelle.model.items import Contact
from passerelle.wire import vcard
from passerelle.wire.contentlines import unfold
from passerelle.wire.vcard.cards import read_cards

DATA = Path(__file__).parents[4] / "shared" / "data" / "contacts"
_ABSENT = pytest.mark.skip(reason="The real contacts are not at ../shared/data/contacts.")
CONTACTS = [pytest.param(path, id=path.stem) for path in sorted(DATA.glob("*.vcf"))] or [
    pytest.param(DATA, marks=_ABSENT)
]
_OF_THE_CARD = {"VERSION", "PRODID", "PHOTO", "MEMBER"}


def properties(data: bytes) -> Counter[tuple[str, str, str]]:
    """All properties, in whatever version and order they are written."""
    counted: Counter[tuple[str, str, str]] = Counter()
    for card in read_cards(unfold(data), []):
        for line in card.lines:
            if line.name not in _OF_THE_CARD and "X-PASSERELLE-FIELD=NONE" not in line.text:
                counted[line.group, line.name, re.sub(r"(\d{4})-(\d\d)-(\d\d)", r"\1\2\3", line.value)] += 1
    return counted


@pytest.mark.parametrize("version", ["3.0", "4.0"])
@pytest.mark.parametrize("path", CONTACTS)
def test_every_property_of_a_card_goes_out_again(path: Path, version: Literal["3.0", "4.0"]) -> None:
    data = path.read_bytes()
    result = vcard.read(data)
    assert not result.problems
    written = vcard.write(result.entries, version)
    assert not properties(data) - properties(written)
    again = vcard.read(written).entries
    assert [_content(item) for item in again] == [_content(item) for item in result.entries]
    assert vcard.write(vcard.read(written).entries, version) == vcard.write(again, version)


def _content(item: Any) -> dict[str, object]:
    return {name: getattr(item, name) for name in item.__struct_fields__ if name != "foreign"}


@pytest.mark.parametrize("path", CONTACTS)
def test_a_stranger_sees_in_our_card_what_we_saw_in_theirs(path: Path) -> None:
    entries = [item for item in vcard.read(path.read_bytes()).entries if not _is_damaged(item)]
    seen = list(vobject.readComponents(vcard.write(entries, "3.0").decode()))
    assert len(seen) == len(entries)
    for card, item in zip(seen, entries, strict=True):
        assert not item.display_name or card.fn.value == item.display_name
        assert _stranger_name(card) == tuple(part or "" for part in (item.last_name, item.first_name))
        mails = [each.value for each in card.contents.get("email", [])]
        assert mails[:3] == [mail for mail in (item.email1, item.email2, item.email3) if mail]
        assert not item.photo or card.photo.value == item.photo.data


def _is_damaged(item: Contact) -> bool:
    """A picture that was cut off stays so, and vobject refuses the whole card for it."""
    return any(each.name == "PHOTO" for each in item.foreign)


def _stranger_name(card: Any) -> tuple[str, str]:
    return (_joined(card.n.value.family), _joined(card.n.value.given))


def _joined(value: str | list[str]) -> str:
    return (value if isinstance(value, str) else " ".join(value)).strip()


def test_the_contact_of_outlook_arrives_whole() -> None:
    path = DATA / "outlook-2007.vcf"
    if not path.exists():
        pytest.skip("The real contacts are not at ../shared/data/contacts.")
    (item,) = vcard.read(path.read_bytes()).entries
    assert (item.prefix, item.first_name, item.last_name, item.suffix) == ("Mr.", "Michael", "Angstadt", "Jr.")
    assert (item.company, item.department, item.office) == ("TheCompany", "TheDepartment", "TheOffice")
    assert (item.phone_callback, item.fax_business) == ("(111) 555-4444", "(111) 555-3333")
    assert (item.manager, item.assistant, item.spouse) == ("TheManagerName", "TheAssistantName", "TheSpouse")
    assert (item.default_address, item.business_city) == (1, "New York")
    assert item.photo is not None
    assert item.note is not None
    assert item.note.startswith("This is the NOTE field\t\nI assume")
