"""Entries of distribution lists follow the contacts that they name (semantics reference, section 6)."""

from __future__ import annotations

import pytest

from passerelle.groupware.admin.users import UserChange, change_user
from passerelle.model.folders import GLOBAL_ADDRESS_BOOK, Module
from passerelle.model.items import Contact, DistributionList, Member
from passerelle.model.records import ItemRecord
from tests.groupware.office import FULL_RIGHTS, READER, Office

pytestmark = pytest.mark.rule("6.list")


def contact(office: Office, **fields: object) -> ItemRecord:
    values = {"display_name": "Ida", "email1": "ida@example.org", "email2": "ida@home.example", **fields}
    return office.session("anna").create(office.default("anna", Module.CONTACTS), Contact(**values))  # type: ignore[arg-type]


def listing(office: Office, *members: Member, login: str = "anna") -> ItemRecord:
    folder = office.default(login, Module.CONTACTS)
    return office.session(login).create(folder, DistributionList(display_name="List", members=members))


def entry(of: ItemRecord, field: int = 1, **fields: object) -> Member:
    return Member(**{"mail": "", "contact": of.id, "folder": of.folder, "email_field": field, **fields})  # type: ignore[arg-type]


def members(office: Office, of: ItemRecord, login: str = "anna") -> list[tuple[str, str]]:
    item = office.session(login).get(of.id, Module.CONTACTS).item
    assert isinstance(item, DistributionList)
    return [(one.name, one.mail) for one in item.members]


def change(office: Office, of: ItemRecord, **fields: object) -> None:
    office.session("anna").update(of.id, of.folder, lambda _item: fields)


def test_an_entry_follows_the_address_that_it_names_and_no_other(office: Office) -> None:
    ida = contact(office)
    list_ = listing(office, entry(ida), entry(ida, 2), Member(mail="ida@example.org", name="Other"))
    change(office, ida, email1="new@example.org")
    assert [mail for _, mail in members(office, list_)] == ["new@example.org", "ida@home.example", "ida@example.org"]


def test_an_entry_follows_the_name_unless_it_has_one_of_its_own(office: Office) -> None:
    ida = contact(office)
    list_ = listing(office, entry(ida, name="Ida"), entry(ida, 2, name="My boss"))
    change(office, ida, display_name="Ida Roth")
    assert [name for name, _ in members(office, list_)] == ["Ida Roth", "My boss"]


def test_a_list_that_followed_is_in_the_change_list_and_one_with_nothing_to_follow_is_not(office: Office) -> None:
    ida = contact(office)
    first, last = listing(office, entry(ida)), listing(office, entry(ida, 2))
    change(office, ida, email1="new@example.org", mobile="1")
    session = office.session("anna")
    changed = {one.id for one in session.changes(ida.folder, Module.CONTACTS, last.stamp).items}
    assert first.id in changed
    assert session.get(last.id, Module.CONTACTS).stamp == last.stamp


def test_a_lost_address_and_a_lost_contact_leave_the_last_one(office: Office) -> None:
    ida = contact(office)
    list_ = listing(office, entry(ida))
    change(office, ida, email1=None)
    assert [mail for _, mail in members(office, list_)] == ["ida@example.org"]
    office.session("anna").delete(ida.id)
    assert [mail for _, mail in members(office, list_)] == ["ida@example.org"]


def test_an_entry_follows_its_contact_into_another_folder(office: Office) -> None:
    ida = contact(office)
    list_ = listing(office, entry(ida))
    other = office.private("anna", "Other", Module.CONTACTS)
    office.session("anna").update(ida.id, ida.folder, lambda _item: {}, destination=other.id)
    item = office.session("anna").get(list_.id, Module.CONTACTS).item
    assert isinstance(item, DistributionList)
    assert [one.folder for one in item.members] == [other.id]
    office.session("anna").update(ida.id, other.id, lambda _item: {"email1": "moved@example.org"})
    assert [mail for _, mail in members(office, list_)] == ["moved@example.org"]


def test_an_entry_follows_a_colleague_in_the_global_address_book(office: Office) -> None:
    user = office.user("bruno")
    assert user.contact is not None
    record = office.session("anna").get(user.contact, Module.CONTACTS, GLOBAL_ADDRESS_BOOK)
    list_ = listing(office, entry(record), entry(record, 2))
    office.session("bruno").update(user.contact, GLOBAL_ADDRESS_BOOK, lambda _item: {"email2": "b@home.example"})
    assert [mail for _, mail in members(office, list_)] == ["bruno@example.org", "b@home.example"]


def test_lists_of_others_follow_as_long_as_their_owners_may_read_the_contact(office: Office) -> None:
    folder = office.private("anna", "Shared", Module.CONTACTS, office.grant("bruno", READER))
    shared = office.session("anna").create(folder.id, Contact(email1="ida@example.org"))
    list_ = listing(office, entry(shared), login="bruno")
    change(office, shared, email1="second@example.org")
    assert [mail for _, mail in members(office, list_, "bruno")] == ["second@example.org"]

    office.session("anna").update_folder(folder.id, rights=(office.grant("anna", FULL_RIGHTS),))
    change(office, shared, email1="third@example.org")
    assert [mail for _, mail in members(office, list_, "bruno")] == ["second@example.org"]


def test_a_list_follows_no_longer_what_it_does_not_name_any_more(office: Office) -> None:
    ida = contact(office)
    list_ = listing(office, entry(ida))
    independent = (Member(mail="ida@example.org", name="Ida"),)
    office.session("anna").update(list_.id, list_.folder, lambda _item: {"members": independent})
    change(office, ida, email1="new@example.org")
    assert members(office, list_) == [("Ida", "ida@example.org")]


def test_an_entry_follows_what_the_administrator_changes_of_a_colleague(office: Office) -> None:
    user = office.user("bruno")
    assert user.contact is not None
    record = office.session("anna").get(user.contact, Module.CONTACTS, GLOBAL_ADDRESS_BOOK)
    list_ = listing(office, entry(record, name=user.display_name))
    change_user(office.store, "bruno", UserChange(email="bb@example.org", display_name="Bruno Braun"))
    assert members(office, list_) == [("Bruno Braun", "bb@example.org")]
