"""Every field of contacts and distribution lists."""

from __future__ import annotations

from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PIL import Image

from passerelle.model.items import Contact, DistributionList, Member, Photo
from passerelle.peers.outlook.constants import Sensitivity
from tests.sync.hops.rows import FILES, Journey, Row

NO_DATE = datetime(4501, 1, 1, tzinfo=UTC)


def _picture(kind: str, color: str) -> bytes:
    data = BytesIO()
    Image.new("RGB", (8, 8), color).save(data, kind)
    return data.getvalue()


PNG, JPEG = _picture("png", "red"), _picture("jpeg", "blue")

_TEXTS = (
    ("1", "prefix", "Title", "Dr.", "Prof. Dr."),
    ("2", "first_name", "FirstName", "Anna", "Änne"),
    ("3", "middle_name", "MiddleName", "Maria", "M."),
    ("4", "last_name", "LastName", "Beispiel", "Beispiel-Groß"),
    ("5", "suffix", "Suffix", "jun.", "sen."),
    ("6", "job_title", "JobTitle", "Engineer", "Chief engineer"),
    ("7", "company", "CompanyName", "Bridges & Co", "Footbridges & Co"),
    ("8", "phone_business", "BusinessTelephoneNumber", "+49 30 1", "+49 30 101"),
    ("9", "phone_home", "HomeTelephoneNumber", "+49 30 2", "+49 30 102"),
    ("10", "fax_business", "BusinessFaxNumber", "+49 30 3", "+49 30 103"),
    ("11", "mobile", "MobileTelephoneNumber", "+49 170 4", "+49 170 104"),
    ("12", "phone_assistant", "AssistantTelephoneNumber", "+49 30 5", "+49 30 105"),
    ("13", "phone_business2", "Business2TelephoneNumber", "+49 30 6", "+49 30 106"),
    ("14", "phone_callback", "CallbackTelephoneNumber", "+49 30 7", "+49 30 107"),
    ("15", "phone_car", "CarTelephoneNumber", "+49 30 8", "+49 30 108"),
    ("16", "phone_company", "CompanyMainTelephoneNumber", "+49 30 9", "+49 30 109"),
    ("17", "phone_home2", "Home2TelephoneNumber", "+49 30 10", "+49 30 110"),
    ("18", "fax_home", "HomeFaxNumber", "+49 30 11", "+49 30 111"),
    ("19", "isdn", "ISDNNumber", "+49 30 12", "+49 30 112"),
    ("20", "phone_radio", "RadioTelephoneNumber", "+49 30 13", "+49 30 113"),
    ("21", "phone_other", "OtherTelephoneNumber", "+49 30 14", "+49 30 114"),
    ("22", "fax_other", "OtherFaxNumber", "+49 30 15", "+49 30 115"),
    ("23", "pager", "PagerNumber", "16", "116"),
    ("24", "phone_primary", "PrimaryTelephoneNumber", "+49 30 17", "+49 30 117"),
    ("25", "telex", "TelexNumber", "18", "118"),
    ("26", "tty_tdd", "TTYTDDTelephoneNumber", "+49 30 19", "+49 30 119"),
    ("28", "business_postal_code", "BusinessAddressPostalCode", "10115", "20095"),
    ("29", "business_city", "BusinessAddressCity", "Berlin", "Hamburg"),
    ("30", "business_state", "BusinessAddressState", "BE", "HH"),
    ("31", "business_country", "BusinessAddressCountry", "Germany", "Deutschland"),
    ("33", "home_postal_code", "HomeAddressPostalCode", "75001", "13001"),
    ("34", "home_city", "HomeAddressCity", "Paris", "Marseille"),
    ("35", "home_state", "HomeAddressState", "Île-de-France", "Provence"),
    ("36", "home_country", "HomeAddressCountry", "France", "FR"),
    ("38", "other_postal_code", "OtherAddressPostalCode", "1010", "8010"),
    ("39", "other_city", "OtherAddressCity", "Wien", "Graz"),
    ("40", "other_state", "OtherAddressState", "W", "St"),
    ("41", "other_country", "OtherAddressCountry", "Austria", "Österreich"),
    ("42", "email1", "Email1Address", "Anna@Example.org", "Änne@example.org"),
    ("43", "email2", "Email2Address", "anna@home.example", "aenne@home.example"),
    ("44", "email3", "Email3Address", "a@other.example", "b@other.example"),
    ("45", "url", "BusinessHomePage", "https://example.org/anna", "https://example.org/aenne"),
    ("46", "instant_messenger", "IMAddress", "anna@chat.example", "aenne@chat.example"),
    ("51", "department", "Department", "Arches", "Cables"),
    ("52", "office", "OfficeLocation", "1.07", "2.14"),
    ("53", "profession", "Profession", "Statics", "Dynamics"),
    ("54", "manager", "ManagerName", "Berta", "Carla"),
    ("55", "assistant", "AssistantName", "Dora", "Emil"),
    ("56", "nickname", "NickName", "Anni", "Änni"),
    ("57", "spouse", "Spouse", "Fritz", "Friedrich"),
)
_STREETS = (
    ("27", "business_street", "BusinessAddressStreet", "Weg 1\nHof 2", "Weg 3"),
    ("32", "home_street", "HomeAddressStreet", "Rue 1", "Rue 2\r\nCour 3"),
    ("37", "other_street", "OtherAddressStreet", "Gasse 1", "Gasse 2"),
)


def _texts() -> tuple[Row, ...]:
    return tuple(
        Row(
            number=number,
            name=name,
            there={name: before},
            shown={member: before.replace("\n", "\r\n")},
            edit={member: after},
            back={name: after.replace("\r\n", "\n")},
        )
        for number, name, member, before, after in (*_TEXTS, *_STREETS)
    )


def _give_picture(item: Any) -> None:
    with TemporaryDirectory() as directory:
        path = Path(directory) / "picture.jpg"
        path.write_bytes(JPEG)
        item.AddPicture(str(path))


def replace_file(item: Any) -> None:
    """Take the first file off an item, and hang another one on it."""
    item.Attachments.Item("plan.txt").Delete()
    with TemporaryDirectory() as directory:
        path = Path(directory) / "sketch.txt"
        path.write_bytes(b"sketch")
        item.Attachments.Add(str(path))


def files_row(number: str) -> Row:
    """The row of files, which is the same in all tables."""
    return Row(
        number=number,
        name=FILES,
        there={FILES: {"plan.txt": b"plan"}},
        shown={"Attachments": ("plan.txt",)},
        act=replace_file,
        done="*plan.txt* taken off, *sketch.txt* hung on",
        back={FILES: {"sketch.txt": b"sketch"}},
    )


def note_row(number: str) -> Row:
    """The row of notes, which is the same in all tables."""
    return Row(
        number=number,
        name="note",
        there={"note": "Bring cake", "note_html": "<p>Bring <b>cake</b></p>"},
        shown={"Body": "Bring cake"},
        edit={"RTFBody": rb"{\rtf1\ansi\pard No \i cake\i0\par}"},
        done="*No* cake, in italics",
        back={"note": "No cake", "note_html": "<p>No <i>cake</i></p>"},
        plain={"note_html": None},
        remark="Open-Xchange has the text only",
    )


def private_row(number: str) -> Row:
    """The row of privacy, which is the same in all tables."""
    return Row(
        number=number,
        name="private",
        there={"private": False},
        shown={"Sensitivity": Sensitivity.Normal},
        edit={"Sensitivity": Sensitivity.Private},
        back={"private": True},
    )


def categories_row(number: str) -> Row:
    """The row of categories, which is the same in all tables."""
    return Row(
        number=number,
        name="categories",
        there={"categories": ("Work", "Bridge")},
        shown={"Categories": "Work; Bridge"},
        edit={"Categories": "Work; Haus"},
        back={"categories": ("Work", "Haus")},
    )


PERSON = Journey(
    title="Anna",
    kind=Contact,
    base={"default_address": 1},
    rows=(
        *_texts(),
        note_row("47"),
        files_row("48"),
        categories_row("49"),
        private_row("50"),
        Row(
            number="58",
            name="birthday",
            there={"birthday": date(1980, 1, 2)},
            shown={"Birthday": datetime(1980, 1, 2, tzinfo=UTC)},
            edit={"Birthday": datetime(1981, 2, 3, tzinfo=UTC)},
            back={"birthday": date(1981, 2, 3)},
        ),
        Row(
            number="59",
            name="anniversary",
            there={"anniversary": date(2010, 5, 6)},
            shown={"Anniversary": datetime(2010, 5, 6, tzinfo=UTC)},
            edit={"Anniversary": NO_DATE},
            done="no date",
            back={"anniversary": None},
        ),
        Row(
            number="1.2",
            name="photo",
            there={"photo": Photo("image/png", PNG)},
            shown={"HasPicture": True},
            act=_give_picture,
            done="another picture",
            back={"photo": Photo("image/jpeg", JPEG)},
        ),
        Row(
            number="1.2",
            name="file_as",
            there={"file_as": "Beispiel, A."},
            shown={"FileAs": "Beispiel, A."},
            edit={"FileAs": "Bridges"},
            back={"file_as": "Bridges"},
        ),
        Row(
            number="1.2",
            name="display_name",
            there={"display_name": "Anna from the bridge"},
            shown={"FullName": "Dr. Anna Maria Beispiel jun."},
            done="the parts of the name, see rows 1 to 5",
            back={"display_name": "Prof. Dr. Änne M. Beispiel-Groß sen."},
        ),
    ),
)


def _change_members(item: Any) -> None:
    item.RemoveMember(item.GetMember(2))
    recipient = item.Session.CreateRecipient("c@example.org")
    recipient.Resolve()
    item.AddMember(recipient)


_ANNA = Member(mail="A@example.org", name="Anna")
TEAM = Journey(
    title="Team",
    kind=DistributionList,
    base={"display_name": "Team"},
    rows=(
        Row(
            number="1.2",
            name="members",
            there={"members": (_ANNA, Member(mail="b@example.org"))},
            shown={"GetMember": ("A@example.org", "b@example.org")},
            act=_change_members,
            done="b@example.org taken out, c@example.org taken in",
            back={"members": (_ANNA, Member(mail="c@example.org"))},
            plain={"members": (_ANNA, Member(mail="c@example.org", name="c@example.org"))},
            remark="in Open-Xchange each entry has a name",
        ),
    ),
)
