"""Contacts that are there more than once are found, and merged into one that loses nothing."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerelle.groupware.duplicates import TEXTS, Version, differing, duplicates, merge, merged
from passerelle.model.errors import Stale
from passerelle.model.folders import Module
from passerelle.model.items import Contact, DistributionList, Item
from passerelle.model.records import ItemRecord
from tests.groupware.office import Office

LABELS = {"company": "Company", "email1": "E-mail"}


def after(kept: Contact, *others: Contact, **chosen: object) -> Contact:
    return msgspec.structs.replace(kept, **merged(kept, others, chosen, LABELS))


def made(office: Office, *items: Item) -> list[ItemRecord]:
    """Contacts of Anna's."""
    session, folder = office.session("anna"), office.default("anna", Module.CONTACTS)
    for item in items:
        session.create(folder, item)
    return list(session.changes(folder, Module.CONTACTS).items)


def version(record: ItemRecord) -> Version:
    return Version(record.id, record.folder, record.stamp)


def test_people_are_recognised_by_address_mobile_number_or_whole_name(office: Office) -> None:
    records = made(
        office,
        Contact(display_name="Zoé Lefèvre", email1="zoe@example.com"),
        Contact(display_name="Z. L.", email2="ZOE@example.com ", mobile="+33 6 12 34 56 78"),
        Contact(last_name="Lefèvre", mobile="06.12.34.56.78"),
        Contact(first_name="Bob", last_name="Martin"),
        Contact(display_name="Martin, Bob"),
        Contact(display_name="Bob"),
        Contact(last_name="Bob"),
        DistributionList(display_name="Bob Martin"),
    )
    groups = [{one.id for one in group} for group in duplicates(records)]
    ids = [one.id for one in records]
    assert groups == [set(ids[:3]), set(ids[3:5])]


def test_what_one_lacks_comes_from_the_other_and_what_differs_finds_room() -> None:
    kept = Contact(first_name="Zoé", email1="zoe@work", phone_business="1", note="here", categories=("A",))
    other = Contact(
        first_name="Zoé", email1="zoe@home", phone_business="2", note="there", categories=("B", "A"), url="x"
    )
    one = after(kept, other)
    assert (one.email1, one.email2, one.phone_business, one.phone_business2) == ("zoe@work", "zoe@home", "1", "2")
    assert (one.url, one.note, one.categories) == ("x", "here\n\nthere", ("A", "B"))


def test_what_is_chosen_is_taken_and_what_finds_no_room_is_noted() -> None:
    one = after(Contact(company="Old", note="first"), Contact(company="New"), company="New")
    assert (one.company, one.note) == ("New", "first\n\nCompany: Old")


FIELDS = ("email1", "email2", "mobile", "company", "url", "prefix")
texts = st.none() | st.sampled_from(["a", "b", "c"])
contacts = st.builds(
    lambda values, **others: Contact(**values, **others),
    st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, texts)),
    note=texts,
    categories=st.lists(st.sampled_from(["a", "b"]), unique=True).map(tuple),
    user_fields=st.lists(texts, max_size=2).map(tuple),
)


@given(contacts, st.lists(contacts, min_size=1, max_size=3))
def test_nothing_that_anybody_wrote_is_lost(kept: Contact, others: list[Contact]) -> None:
    one = after(kept, *others)
    everything = " ".join(str(getattr(one, name)) for name in (*TEXTS, "note", "categories", "user_fields"))
    for contact in (kept, *others):
        for name in (*TEXTS, "note"):
            assert (getattr(contact, name) or "") in everything
        assert all(not text or text in everything for text in contact.user_fields)
        assert set(contact.categories) <= set(one.categories)


@given(contacts)
def test_a_contact_merged_with_its_like_stays_as_it_is(contact: Contact) -> None:
    assert merged(contact, [contact], {}, LABELS).keys() <= {"user_fields"}  # of these, unset ones at the end are cut
    assert differing([contact, contact]) == {}


def test_if_one_was_changed_meanwhile_nothing_is_done(office: Office) -> None:
    one, other = made(office, Contact(display_name="A B", email1="a@x"), Contact(display_name="A B", mobile="1"))
    session = office.session("anna")
    session.update(other.id, other.folder, lambda _: {"mobile": "2"}, module=Module.CONTACTS)
    with pytest.raises(Stale):
        merge(session, version(one), [version(other)], {}, LABELS)
    assert session.get(one.id, Module.CONTACTS).item == one.item
    assert session.get(other.id, Module.CONTACTS) is not None
