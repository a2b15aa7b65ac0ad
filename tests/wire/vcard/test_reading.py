"""What users get of address books as phones and other programs write them."""

from __future__ import annotations

import base64
from datetime import date

import pytest

from passerelle.model.errors import Unreadable
from passerelle.model.items import Contact, DistributionList, Member, Photo
from passerelle.wire import vcard
from passerelle.wire.vcard import ReadResult

PICTURE = b"\xff\xd8\xff picture"
ENCODED = base64.b64encode(PICTURE).decode()


def read(*lines: str, version: str = "3.0") -> ReadResult:
    return vcard.read("\r\n".join(("BEGIN:VCARD", f"VERSION:{version}", *lines, "END:VCARD", "")).encode())


def contact(*lines: str, version: str = "3.0") -> Contact:
    result = read(*lines, version=version)
    assert not result.problems
    (entry,) = result.entries
    return entry


def test_a_name_comes_with_all_its_parts() -> None:
    item = contact(r"N:Doe;John;Richter\, James;Mr.;Sr.", "FN:Mr. John Doe", "NICKNAME:Johnny,Jo")
    assert (item.last_name, item.first_name, item.middle_name) == ("Doe", "John", "Richter, James")
    assert (item.prefix, item.suffix) == ("Mr.", "Sr.")
    assert (item.display_name, item.nickname) == ("Mr. John Doe", "Johnny, Jo")


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("TEL;TYPE=WORK,VOICE:1", "phone_business"),
        ("TEL;TYPE=HOME:1", "phone_home"),
        ("TEL;TYPE=WORK;TYPE=FAX:1", "fax_business"),
        ("TEL;type=HOME;type=FAX;type=pref:1", "fax_home"),
        ("TEL;TYPE=FAX:1", "fax_other"),
        ("TEL;TYPE=CELL,PREF:1", "mobile"),
        ("TEL;type=IPHONE;type=CELL:1", "mobile"),
        ("TEL;TYPE=PAGER:1", "pager"),
        ("TEL;TYPE=CAR:1", "phone_car"),
        ("TEL;TYPE=ISDN:1", "isdn"),
        ("TEL;TYPE=textphone:1", "tty_tdd"),
        ("TEL;TYPE=PREF:1", "phone_primary"),
        ("TEL:1", "phone_other"),
        ("TEL;TYPE=MAIN:1", "phone_company"),
        ("X-MS-TEL;TYPE=VOICE;TYPE=CALLBACK:1", "phone_callback"),
        ("X-MS-TEL;TYPE=TELEX:1", "telex"),
        ("TEL;TYPE=X-EVOLUTION-RADIO:1", "phone_radio"),
        ("X-ASSISTANT-PHONE:1", "phone_assistant"),
        ('TEL;VALUE=uri;TYPE="work,voice":tel:1', "phone_business"),
    ],
)
def test_each_number_goes_to_its_field(line: str, field: str) -> None:
    assert getattr(contact(line), field) == "1"


def test_second_numbers_have_fields_and_further_ones_are_kept() -> None:
    numbers = [f"TEL;TYPE=WORK,VOICE:{number}" for number in range(4)]
    item = contact(*numbers)
    assert (item.phone_business, item.phone_business2, item.phone_other) == ("0", "1", None)
    assert [each.text for each in item.foreign] == numbers


def test_labels_of_apple_and_google_say_what_a_line_is() -> None:
    item = contact(
        "item1.TEL:1",
        "item1.X-ABLabel:_$!<AssistantPhone>!$_",
        "item2.X-ABDATE:1975-03-01",
        "item2.X-ABLabel:_$!<Anniversary>!$_",
        "item3.X-ABRELATEDNAMES:Jenny",
        "item3.X-ABLabel:Spouse",
        "item4.X-ABRELATEDNAMES:Rex",
        "item4.X-ABLabel:Dog",
    )
    assert (item.phone_assistant, item.anniversary, item.spouse) == ("1", date(1975, 3, 1), "Jenny")
    assert "item4.X-ABRELATEDNAMES:Rex" in [each.text for each in item.foreign]


def test_addresses_go_where_their_types_say() -> None:
    item = contact(
        "ADR;TYPE=WORK,PREF:;Room 5;1 Main St;Town;ST;12345;USA",
        "ADR;TYPE=HOME:PO 7;;2 Side St;Village;;54321;France",
        "ADR:;;3 Old St;;;;",
    )
    assert (item.business_street, item.business_city, item.business_state) == ("1 Main St", "Town", "ST")
    assert (item.business_postal_code, item.business_country, item.office) == ("12345", "USA", "Room 5")
    assert (item.home_street, item.home_city) == ("PO 7\n2 Side St", "Village")
    assert item.other_street == "3 Old St"
    assert item.default_address == 1


def test_organisation_mails_and_the_rest() -> None:
    item = contact(
        "ORG:IBM;Accounting;Dungeon",
        "TITLE:Counter",
        "ROLE:Counting",
        *(f"EMAIL:{number}@example.org" for number in range(4)),
        r"URL;TYPE=WORK:http\://example.org",
        "X-AIM:johnny",
        "IMPP:xmpp:j@example.org",
        "CATEGORIES:VIP,Friends",
        "CLASS:PRIVATE",
        "BDAY;VALUE=date:1980-03-22",
        r"NOTE:one\ntwo",
        "X-MS-MANAGER:Big Blue",
        "X-EVOLUTION-ASSISTANT:Little Red",
        "X-EVOLUTION-FILE-AS:Doe",
    )
    assert (item.company, item.department) == ("IBM", "Accounting, Dungeon")
    assert (item.job_title, item.profession) == ("Counter", "Counting")
    assert (item.email1, item.email2, item.email3) == ("0@example.org", "1@example.org", "2@example.org")
    assert item.url == "http://example.org"
    assert (item.instant_messenger, item.instant_messenger2) == ("aim:johnny", "xmpp:j@example.org")
    assert (item.categories, item.private, item.note) == (("VIP", "Friends"), True, "one\ntwo")
    assert (item.birthday, item.manager, item.assistant) == (date(1980, 3, 22), "Big Blue", "Little Red")
    assert item.file_as == "Doe"
    assert "EMAIL:3@example.org" in [each.text for each in item.foreign]


@pytest.mark.parametrize("value", ["--0203", "1980-02", "1980", "about 1980", "1980-02-31"])
def test_a_part_of_a_date_is_kept_but_no_birthday(value: str) -> None:
    item = contact(f"BDAY:{value}")
    assert item.birthday is None
    assert [each.text for each in item.foreign] == [f"BDAY:{value}"]


@pytest.mark.parametrize(
    ("line", "version"),
    [
        (f"PHOTO;TYPE=JPEG;ENCODING=BASE64:{ENCODED}", "2.1"),
        (f"PHOTO;ENCODING=BASE64;JPEG:\r\n {ENCODED[:8]}\r\n {ENCODED[8:]}\r\n", "2.1"),
        (f"PHOTO;ENCODING=b;TYPE=JPEG:{ENCODED}", "3.0"),
        (f"PHOTO;BASE64:\r\n  {ENCODED}", "3.0"),
        (f"PHOTO:data:image/jpeg;base64,{ENCODED}", "4.0"),
    ],
)
def test_a_picture_inside_a_card_is_the_contacts(line: str, version: str) -> None:
    item = contact(line, version=version)
    assert item.photo == Photo("image/jpeg", PICTURE)
    assert not item.foreign


def test_a_picture_behind_an_address_is_kept_and_a_damaged_one_is_listed() -> None:
    linked = contact("PHOTO;VALUE=uri:https://example.org/a.jpg")
    assert linked.photo is None
    assert [each.name for each in linked.foreign] == ["PHOTO"]
    damaged = read("PHOTO;ENCODING=b:AAA")
    assert [note.line for note in damaged.notes] == [3]
    assert [each.name for each in damaged.entries[0].foreign] == ["PHOTO"]


def test_version_2_1_speaks_its_own_language() -> None:
    item = contact(
        "N;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:M=FCller;J=F6rg",
        "FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:J=C3=B6rg=20M=C3=BC=",
        "ller",
        "NOTE;ENCODING=QUOTED-PRINTABLE:one=0D=0Atwo, three",
        "TEL;CELL;PREF:1",
        r"ORG:A\;B;Sales, Service",
        "ADR;HOME:;;Street, 5;Town;;;",
        version="2.1",
    )
    assert (item.last_name, item.first_name, item.display_name) == ("Müller", "Jörg", "Jörg Müller")
    assert (item.note, item.mobile) == ("one\ntwo, three", "1")
    assert (item.company, item.department) == ("A;B", "Sales, Service")
    assert item.home_street == "Street, 5"


def test_a_card_inside_of_a_card_is_kept_as_its_agent() -> None:
    lines = ["FN:Boss", "AGENT:", "BEGIN:VCARD", "VERSION:2.1", "FN:Helper", "END:VCARD", "TEL;WORK:1"]
    item = contact(*lines, version="2.1")
    assert (item.display_name, item.phone_business) == ("Boss", "1")
    (agent,) = (each.text for each in item.foreign if each.name == "AGENT")
    assert "FN:Helper" in agent


@pytest.mark.parametrize(
    ("kind", "member", "version"),
    [("KIND", "MEMBER", "4.0"), ("X-ADDRESSBOOKSERVER-KIND", "X-ADDRESSBOOKSERVER-MEMBER", "3.0")],
)
def test_a_group_is_a_distribution_list_of_its_members(kind: str, member: str, version: str) -> None:
    group = [
        f"{kind}:group",
        "FN:Team",
        f"{member}:mailto:anna@example.org",
        f"{member}:urn:uuid:b",
        f"{member}:urn:uuid:gone",
    ]
    cards = [["UID:b", "FN:Bob", "EMAIL:bob@example.org"], group]
    text = "\n".join(line for card in cards for line in ("BEGIN:VCARD", f"VERSION:{version}", *card, "END:VCARD"))
    result = vcard.read(text.encode())
    team = result.entries[1]
    assert isinstance(team, DistributionList)
    assert team.display_name == "Team"
    assert team.members == (Member(mail="anna@example.org"), Member(mail="bob@example.org", name="Bob"))
    assert [note.line for note in result.notes] == [13]
    written = vcard.write([team], "4.0").decode()
    assert "urn:uuid:b" in written
    assert "urn:uuid:gone" in written


def test_a_broken_card_is_refused_with_its_line_and_the_others_come_in() -> None:
    result = vcard.read(b"BEGIN:VCARD\nFN:cut\nBEGIN:VCARD\nFN:whole\nEND:VCARD\nBEGIN:VCARD\nFN:end")
    assert [item.display_name for item in result.entries] == ["whole"]
    assert result.lines == (3,)
    assert [problem.line for problem in result.problems] == [1, 6]


def test_what_stands_between_cards_is_told() -> None:
    result = vcard.read(b"BEGIN:VCARD\nFN:one\nEND:VCARD\nTEL:+33 1\nBEGIN:VCARD\nFN:two\nEND:VCARD\n")
    assert [item.display_name for item in result.entries] == ["one", "two"]
    assert [note.line for note in result.notes] == [4]


@pytest.mark.parametrize("data", [b"", b"hello", b"BEGIN:VCALENDAR\nEND:VCALENDAR\n"])
def test_something_else_is_no_address_book(data: bytes) -> None:
    with pytest.raises(Unreadable) as refused:
        vcard.read(data)
    assert refused.value.line == 1


def test_a_card_without_any_name_is_written_with_one_that_is_not_taken_for_its_own() -> None:
    item = contact("EMAIL:anna@example.org")
    written = vcard.write([item])
    assert b"FN;X-PASSERELLE-FIELD=NONE:anna@example.org" in written
    assert vcard.read(written).entries == (item,)
