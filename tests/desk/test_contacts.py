"""What people do with contacts and distribution lists on the pages, without a browser."""

from __future__ import annotations

import base64
import io
from datetime import date

import msgspec
import pytest
from PIL import Image

from passerelle.model.folders import Module
from passerelle.model.items import Contact, DistributionList, Member
from passerelle.model.records import ItemRecord
from tests.desk.serving import Visitor
from tests.groupware.office import READER, Office

SCRIPT = "<script>alert(1)</script>"


def contacts(office: Office, login: str = "anna") -> list[ItemRecord]:
    """The contacts of a user's default folder."""
    folder = office.default(login, Module.CONTACTS)
    return list(office.session(login).changes(folder, Module.CONTACTS).items)


def dialog(visitor: Visitor, record: ItemRecord) -> dict[str, str]:
    return visitor.form("/contacts/item", id=record.id, folder=record.folder)


def picture(kind: str = "JPEG") -> str:
    """A picture as a browser sends it."""
    drawn = io.BytesIO()
    Image.new("RGB", (40, 40), "teal").save(drawn, kind)
    return f"data:image/jpeg;base64,{base64.b64encode(drawn.getvalue()).decode()}"


def test_a_contact_is_made_changed_and_deleted(anna: Visitor, office: Office) -> None:
    fields = anna.form("/contacts/item") | {
        "first_name": "Zoé", "last_name": "Lefèvre", "birthday": "1980-02-29", "email1": "zoe@example.com",
    }  # fmt: skip
    assert anna.post("/contacts/save", **fields).status_code == 204
    record = contacts(office)[0]
    assert isinstance(record.item, Contact)
    assert (record.item.display_name, record.item.birthday) == ("Zoé Lefèvre", date(1980, 2, 29))
    again = dialog(anna, record) | {"last_name": "Martin"}
    assert anna.post("/contacts/save", **again).status_code == 204
    changed = contacts(office)[0]
    assert changed.item == msgspec.structs.replace(record.item, last_name="Martin", display_name="Zoé Martin")
    place = {"id": changed.id, "folder": changed.folder, "stamp": changed.stamp}
    assert anna.post("/contacts/delete", **place).status_code == 204
    assert contacts(office) == []


def test_contacts_are_found_by_any_words_of_theirs(anna: Visitor, office: Office) -> None:
    session, folder = office.session("anna"), office.default("anna", Module.CONTACTS)
    for name, company in (("Zoé Lefèvre", "Brücke"), ("Émile Zola", "Librairie"), ("Bob", "Bridge")):
        session.create(folder, Contact(display_name=name, company=company))
    found = anna.get("/contacts/rows", search="zo brü").text
    assert "Lefèvre" in found
    assert "Zola" not in found
    assert "Nobody is here." in anna.get("/contacts/rows", search="nobody at all").text


def test_a_long_list_of_contacts_comes_in_parts(anna: Visitor, office: Office) -> None:
    session, folder = office.session("anna"), office.default("anna", Module.CONTACTS)
    for number in range(120):
        session.create(folder, Contact(display_name=f"P{number:03}"))
    first = anna.get("/contacts/rows").text
    assert "120 contacts" in first
    assert ("P099" in first, "P100" in first) == (True, False)
    assert "P119" in anna.get("/contacts/rows", start="100", part="1").text
    again = anna.get("/contacts/rows", start="0", until="200").text  # as a page does that shows so much already
    assert ("P000" in again, "P119" in again) == (True, True)


def test_letters_lead_into_a_long_list_and_accents_do_not_set_people_apart(anna: Visitor, office: Office) -> None:
    session, folder = office.session("anna"), office.default("anna", Module.CONTACTS)
    for number in range(100):
        session.create(folder, Contact(display_name=f"Anna {number:03}"))
    for name in ("Zola", "Éluard", "Eco"):
        session.create(folder, Contact(display_name=name))
    first = anna.get("/contacts/rows").text
    assert "start=100" in first
    assert "start=102" in first
    from_e = anna.get("/contacts/rows", start="100").text
    assert from_e.index("Eco") < from_e.index("Éluard") < from_e.index("Zola")
    assert from_e.count('class="letter"') == 2


def test_a_picture_is_added_shown_kept_and_removed(anna: Visitor, office: Office) -> None:
    fields = anna.form("/contacts/item") | {"last_name": "Zola", "photo": picture()}
    assert anna.post("/contacts/save", **fields).status_code == 204
    record = contacts(office)[0]
    shown = anna.get("/contacts/photo", id=record.id, folder=record.folder)
    assert Image.open(io.BytesIO(shown.content)).size == (40, 40)
    assert anna.post("/contacts/save", **dialog(anna, record) | {"first_name": "Émile"}).status_code == 204
    assert isinstance(kept := contacts(office)[0].item, Contact)
    assert kept.photo is not None
    assert anna.post("/contacts/save", **dialog(anna, contacts(office)[0]) | {"photo": "none"}).status_code == 204
    assert isinstance(bare := contacts(office)[0].item, Contact)
    assert (bare.photo, bare.first_name) == (None, "Émile")


@pytest.mark.parametrize("sent", ["data:image/jpeg;base64,!", "x", base64.b64encode(b"<svg onload=alert(1)>").decode()])
def test_what_is_no_picture_is_refused_and_nothing_is_saved(anna: Visitor, office: Office, sent: str) -> None:
    fields = anna.form("/contacts/item") | {"last_name": "Zola", "photo": sent}
    assert anna.post("/contacts/save", **fields).status_code == 422
    assert contacts(office) == []


def test_a_list_is_made_of_contacts_addresses_and_people_of_the_directory(anna: Visitor, office: Office) -> None:
    session, folder = office.session("anna"), office.default("anna", Module.CONTACTS)
    zola = session.create(folder, Contact(display_name="Émile Zola", email1="zola@example.com", email2="emile@work"))
    lines = "Émile Zola <emile@work>\r\nGuest <guest@example.com>\r\nother@example.com\r\nBruno Blanc\r\n\r\n"
    fields = anna.form("/contacts/item", kind="list") | {"display_name": "Team", "members": lines}
    assert anna.post("/contacts/save", **fields).status_code == 204
    made = next(one for one in contacts(office) if isinstance(one.item, DistributionList))
    assert isinstance(made.item, DistributionList)
    first, guest, other, bruno = made.item.members
    assert first == Member(mail="emile@work", name="Émile Zola", contact=zola.id, folder=folder, email_field=2)
    assert (guest, other) == (Member(mail="guest@example.com", name="Guest"), Member(mail="other@example.com"))
    assert (bruno.mail, bruno.email_field) == (office.user("bruno").email, 1)
    again = dialog(anna, made) | {"members": "Guest <guest@example.com>", "note": "smaller"}
    assert anna.post("/contacts/save", **again).status_code == 204
    after = next(one.item for one in contacts(office) if one.id == made.id)
    assert isinstance(after, DistributionList)
    assert (after.members, after.note) == ((guest,), "smaller")


def test_saving_a_list_unchanged_changes_none_of_its_entries(anna: Visitor, office: Office) -> None:
    members = (
        Member(mail="a@example.com", name='Quoted "A"'),
        Member(mail="b@example.com"),
        Member(mail="c@x", name="C"),
    )
    session, folder = office.session("anna"), office.default("anna", Module.CONTACTS)
    made = session.create(folder, DistributionList(display_name="Team", members=members))
    assert anna.post("/contacts/save", **dialog(anna, session.get(made.id, Module.CONTACTS))).status_code == 204
    assert session.get(made.id, Module.CONTACTS).item == made.item


def test_a_name_that_nobody_or_that_several_have_is_asked_about(anna: Visitor, office: Office) -> None:
    session, folder = office.session("anna"), office.default("anna", Module.CONTACTS)
    for mail in ("one@example.com", "two@example.com"):
        session.create(folder, Contact(display_name="Jean Martin", email1=mail))
    for line, said in (("Nobody At All", "neither"), ("Jean Martin", "several"), ("X <no address>", "no mail address")):
        fields = anna.form("/contacts/item", kind="list") | {"display_name": "Team", "members": line}
        answer = anna.post("/contacts/save", **fields)
        assert (answer.status_code, said in answer.text) == (422, True)
        assert "Team" in answer.text
    assert len(contacts(office)) == 2


def test_people_are_suggested_from_what_one_may_read_and_from_nothing_else(anna: Visitor, office: Office) -> None:
    secret = office.default("bruno", Module.CONTACTS)
    shared = office.private("bruno", "Team", Module.CONTACTS, office.grant("anna", READER)).id
    bruno = office.session("bruno")
    bruno.create(secret, Contact(display_name="Secret Zola", email1="secret@example.com"))
    bruno.create(shared, Contact(display_name="Shared Zola", email1="shared@example.com"))
    found = anna.get("/contacts/people", who="zola").text
    assert "Shared Zola &lt;shared@example.com&gt;" in found
    assert "Secret" not in found


def test_contacts_that_are_there_twice_are_compared_and_merged(anna: Visitor, office: Office) -> None:
    session, folder = office.session("anna"), office.default("anna", Module.CONTACTS)
    session.create(folder, Contact(display_name="Zoé Lefèvre", email1="zoe@example.com", company="Old"))
    session.create(folder, Contact(display_name="Zoé Lefèvre", email1="zoe@work.example", company="New", note=SCRIPT))
    assert "Compare and merge" in (page := anna.get("/contacts/duplicates").text)
    ids = ",".join(str(one.id) for one in contacts(office))
    assert f"ids={ids}" in page
    fields = anna.form("/contacts/merge", folder=folder, ids=ids)
    assert anna.post("/contacts/merged", **fields | {"kept": "1", "choice_company": "1"}).status_code == 204
    (left,) = contacts(office)
    assert isinstance(left.item, Contact)
    assert (left.item.company, left.item.email1, left.item.email2) == ("New", "zoe@example.com", "zoe@work.example")
    assert left.item.note == f"{SCRIPT}\n\nCompany: Old"
    assert "Nobody is here twice." in anna.get("/contacts/duplicates").text


def test_nobody_compares_or_merges_contacts_of_others(bruno: Visitor, office: Office) -> None:
    session, folder = office.session("anna"), office.default("anna", Module.CONTACTS)
    ids = [session.create(folder, Contact(display_name="Zoé Lefèvre", mobile=str(number))) for number in range(2)]
    assert bruno.get("/contacts/merge", folder=folder, ids=",".join(str(one.id) for one in ids)).status_code in {
        403,
        404,
    }
    fields = {"count": 2, "kept": 0}
    for number, one in enumerate(ids):
        fields |= {f"id_{number}": one.id, f"folder_{number}": folder, f"stamp_{number}": one.stamp}
    assert bruno.post("/contacts/merged", **fields).status_code in {403, 404}
    assert len(contacts(office)) == 2
