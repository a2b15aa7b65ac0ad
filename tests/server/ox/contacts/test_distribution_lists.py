"""Distribution lists (OX reference, section 13.1)."""

from __future__ import annotations

import pytest

from tests.support.ox import elements as ox
from tests.support.ox.client import Folder, OxUser
from tests.support.ox.elements import Value, Xml


def _member(address: str, name: str = "", emailfield: Value = 0, id_: Value = 0, folder_id: Value = 0) -> Xml:
    return ox.element("email", address, id=id_, folder_id=folder_id, displayname=name, emailfield=emailfield)


MEMBERS = ox.together(_member("ida@example.org", "Ida"), _member("jo@example.org", "Jo <&>"))


def test_a_list_comes_back_with_its_members_in_order(contacts: Folder) -> None:
    made = contacts.create(displayname="Friends", distributionlist_flag=True, distributionlist=MEMBERS)

    found = contacts.load(made)

    assert (found["displayname"], found["distributionlist_flag"]) == ("Friends", "true")
    assert [(one["kind"], one["text"], one["displayname"]) for one in found.entries("distributionlist")] == [
        ("email", "ida@example.org", "Ida"),
        ("email", "jo@example.org", "Jo <&>"),
    ]
    assert {(one["id"], one["folder_id"], one["emailfield"]) for one in found.entries("distributionlist")} == {
        ("0", "0", "0")
    }


def test_the_flag_is_not_needed_on_input(contacts: Folder) -> None:
    made = contacts.create(displayname="Friends", distributionlist=MEMBERS)

    assert contacts.load(made)["distributionlist_flag"] == "true"


def test_a_member_without_name_is_called_by_the_address(contacts: Folder) -> None:
    made = contacts.create(displayname="Friends", distributionlist=_member("ida@example.org"))

    (member,) = contacts.load(made).entries("distributionlist")
    assert member["displayname"] == "ida@example.org"


@pytest.mark.rule("6.list")
@pytest.mark.parametrize("field", [1, 2, 3])
def test_a_member_may_be_a_contact(contacts: Folder, field: int) -> None:
    person = contacts.create(displayname="Ida", **{f"email{n}": f"ida{n}@example.org" for n in (1, 2, 3)})

    member = _member(f"ida{field}@example.org", "Ida", field, person.id, contacts.id)
    made = contacts.create(displayname="Friends", distributionlist=member)

    (found,) = contacts.load(made).entries("distributionlist")
    assert (found["id"], found["folder_id"], found["emailfield"]) == (str(person.id), str(contacts.id), str(field))
    assert found["text"] == f"ida{field}@example.org"


@pytest.mark.parametrize("field", [1, 2, 3])
def test_a_member_that_only_names_a_contact_has_its_address(contacts: Folder, field: int) -> None:
    person = contacts.create(displayname="Ida", **{f"email{n}": f"ida{n}@example.org" for n in (1, 2, 3)})

    member = ox.element("email", None, id=person.id, folder_id=contacts.id, emailfield=field)
    made = contacts.create(displayname="Friends", distributionlist=member)

    (found,) = contacts.load(made).entries("distributionlist")
    assert (found["text"], found["displayname"]) == (f"ida{field}@example.org", f"ida{field}@example.org")


def test_a_member_gives_no_address_away_that_one_may_not_read(ben: OxUser, contacts: Folder) -> None:
    hidden = ben.default("contact")
    person = hidden.create(displayname="Secret", email1="secret@example.org")

    member = ox.element("email", None, id=person.id, folder_id=hidden.id, emailfield=1)
    made = contacts.create(displayname="Friends", distributionlist=member)

    assert "secret@example.org" not in str(contacts.load(made))
    hidden.delete(person)


def test_a_contact_that_is_given_members_becomes_a_list(contacts: Folder) -> None:
    made = contacts.create(displayname="Friends", note="Since school")

    made = contacts.update(made, distributionlist=MEMBERS)

    found = contacts.load(made)
    assert (found["distributionlist_flag"], found["note"]) == ("true", "Since school")
    assert len(found.entries("distributionlist")) == 2


def test_a_given_list_replaces_the_members_and_an_absent_one_keeps_them(contacts: Folder) -> None:
    made = contacts.create(displayname="Friends", distributionlist=MEMBERS)

    made = contacts.update(made, displayname="Renamed")
    assert len(contacts.load(made).entries("distributionlist")) == 2

    made = contacts.update(made, distributionlist=_member("max@example.org", "Max"))
    assert [one["text"] for one in contacts.load(made).entries("distributionlist")] == ["max@example.org"]


def test_kdes_list_is_understood(contacts: Folder) -> None:
    made = contacts.create(
        displayname="Friends", last_name="Friends", distributionlist_flag=True,
        distributionlist=_member("ida@example.org", "Ida"),
    )  # fmt: skip

    found = contacts.load(made)
    assert (found["displayname"], found["distributionlist_flag"]) == ("Friends", "true")


@pytest.mark.parametrize(
    "member",
    [
        Xml('<ox:email ox:displayname="Ida">ida@example.org</ox:email>'),
        Xml('<ox:email emailfield="0">ida@example.org</ox:email>'),
        Xml('<ox:email ox:emailfield="">ida@example.org</ox:email>'),
        Xml('<ox:email ox:emailfield="x">ida@example.org</ox:email>'),
        Xml('<ox:email ox:emailfield="4">ida@example.org</ox:email>'),
        Xml('<ox:email ox:emailfield="-1">ida@example.org</ox:email>'),
        Xml('<ox:robot ox:emailfield="0">ida@example.org</ox:robot>'),
        Xml('<ox:email ox:emailfield="0" ox:id="x">ida@example.org</ox:email>'),
        _member("", "Nobody"),
    ],
)
def test_a_member_that_cannot_be_is_refused(contacts: Folder, member: Xml) -> None:
    answer = contacts.try_create(displayname="Friends", distributionlist=member)

    assert answer.status in {"400", "409", "500"}
    assert contacts.changes() == []


def test_a_list_with_500_members_survives(contacts: Folder) -> None:
    members = ox.together(*[_member(f"m{n}@example.org", f"M {n}") for n in range(500)])

    made = contacts.create(displayname="Everybody", distributionlist=members)

    assert [one["text"] for one in contacts.load(made).entries("distributionlist")] == [
        f"m{n}@example.org" for n in range(500)
    ]
