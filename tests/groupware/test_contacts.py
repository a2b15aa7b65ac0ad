from __future__ import annotations

import pytest

from passerelle.model.errors import Forbidden, Invalid, Missing
from passerelle.model.folders import GLOBAL_ADDRESS_BOOK, Module
from passerelle.model.ids import ItemId
from passerelle.model.items import Contact, Photo
from tests.groupware.office import Office

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


def contact_of(office: Office, login: str) -> ItemId:
    id_ = office.user(login).contact
    assert id_ is not None
    return id_


@pytest.mark.rule("6.fields")
def test_nothing_is_mandatory_for_a_contact(office: Office) -> None:
    assert office.session("anna").create(office.default("anna", Module.CONTACTS), Contact()).id


@pytest.mark.parametrize(
    ("content", "media_type"),
    [(PNG, "image/png"), (b"\xff\xd8\xff\xe0", "image/jpeg"), (b"GIF89a", "image/gif"), (b"BM", "image/bmp")],
)
def test_a_picture_is_typed_by_what_it_is(office: Office, content: bytes, media_type: str) -> None:
    session, folder = office.session("anna"), office.default("anna", Module.CONTACTS)
    item = session.create(folder, Contact(last_name="A", photo=Photo("image/jpg", content)))
    assert session.get(item.id, Module.CONTACTS).item == item.item
    assert isinstance(item.item, Contact)
    assert item.item.photo == Photo(media_type, content)


class TestGlobalAddressBook:
    """The users' own entries (semantics reference, section 3)."""

    @pytest.mark.rule("3.entries")
    def test_it_has_an_entry_for_each_user_and_a_list_for_each_group(self, office: Office) -> None:
        records = office.session("carla").changes(GLOBAL_ADDRESS_BOOK, Module.CONTACTS).items
        names = {record.item.display_name for record in records if isinstance(record.item, Contact)}
        assert names == {"Anna Arnold", "Bruno Blanc", "Carla Čech", "Staff", "Board"}

    @pytest.mark.rule("3.delete")
    def test_nobody_adds_or_deletes_entries(self, office: Office) -> None:
        session = office.session("anna")
        with pytest.raises(Forbidden):
            session.create(GLOBAL_ADDRESS_BOOK, Contact(last_name="X"))
        for login in ("anna", "bruno"):
            with pytest.raises(Forbidden) as refusal:
                session.delete(contact_of(office, login), GLOBAL_ADDRESS_BOOK)
            assert refusal.value.code == "CON-0260"
            with pytest.raises(Forbidden) as refusal:
                session.update(
                    contact_of(office, login),
                    GLOBAL_ADDRESS_BOOK,
                    lambda _item: {},
                    destination=office.default("anna", Module.CONTACTS),
                )
            assert refusal.value.code == "CON-0260"

    @pytest.mark.rule("3.edit")
    def test_users_change_their_own_entry_only(self, office: Office) -> None:
        session = office.session("anna")
        session.update(contact_of(office, "anna"), GLOBAL_ADDRESS_BOOK, lambda _item: {"mobile": "+33 1"})
        with pytest.raises(Forbidden):
            session.update(contact_of(office, "bruno"), GLOBAL_ADDRESS_BOOK, lambda _item: {"mobile": "1"})

    @pytest.mark.rule("3.address")
    def test_the_main_address_is_the_administrator_s_matter(self, office: Office) -> None:
        with pytest.raises(Forbidden) as refusal:
            office.session("anna").update(
                contact_of(office, "anna"), GLOBAL_ADDRESS_BOOK, lambda _item: {"email1": "a@example.org"}
            )
        assert refusal.value.code == "CON-0173"

    @pytest.mark.rule("3.names")
    @pytest.mark.parametrize(
        ("name", "code"), [("display_name", "CON-0166"), ("first_name", "CON-0175"), ("last_name", "CON-0164")]
    )
    def test_names_must_not_become_empty(self, office: Office, name: str, code: str) -> None:
        with pytest.raises(Missing) as refusal:
            office.session("anna").update(contact_of(office, "anna"), GLOBAL_ADDRESS_BOOK, lambda _item: {name: None})
        assert refusal.value.code == code

    @pytest.mark.rule("3.unique")
    def test_a_display_name_is_one_user_s_only(self, office: Office) -> None:
        with pytest.raises(Invalid) as refusal:
            office.session("anna").update(
                contact_of(office, "anna"), GLOBAL_ADDRESS_BOOK, lambda _item: {"display_name": "BRUNO blanc"}
            )
        assert refusal.value.code == "CON-0167"

    def test_a_new_name_is_the_directory_s_too(self, office: Office) -> None:
        office.session("anna").update(
            contact_of(office, "anna"), GLOBAL_ADDRESS_BOOK, lambda _item: {"display_name": "Anna A."}
        )
        assert office.session("bruno").people("anna a")[0].user.display_name == "Anna A."
