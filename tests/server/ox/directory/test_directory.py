"""Users, groups and resources (OX reference, section 14)."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from tests.support.commands import Server, User
from tests.support.ox import elements as ox
from tests.support.ox.answers import OX
from tests.support.ox.client import OxUser


def _all(prop: ET.Element, kind: str) -> dict[str, ET.Element]:
    """The entries of a kind by name; deleted ones by number."""
    found = prop.findall(f"{OX}{kind}s/{OX}{kind}")
    return {one.findtext(OX + "displayname") or one.findtext(OX + "uid") or "": one for one in found}


def _text(entry: ET.Element, name: str) -> str:
    found = entry.findtext(OX + name)
    assert found is not None, ET.tostring(entry)
    return found


def test_the_answer_has_the_odd_shape_of_this_servlet(anna: OxUser) -> None:
    reply = anna.send("PROPFIND", "groupuser", ox.propfind(user="*", group="*"))

    root = ET.fromstring(reply.body)
    (response,) = root
    assert [child.tag for child in response] == [
        "{DAV:}propstat",
        "{DAV:}status",
        "{DAV:}responsedescription",
    ]
    assert [child.tag for child in response[0]] == ["{DAV:}prop"]
    assert (response[1].text, response[2].text) == ("HTTP/1.1 200 OK", "HTTP/1.1 200 OK")
    assert set(root.attrib) == {"version", "buildname"}


@pytest.mark.parametrize("asked", [{"user"}, {"group"}, {"resource"}, {"user", "resource"}, set()])
def test_only_what_was_asked_for_is_answered(anna: OxUser, asked: set[str]) -> None:
    prop = anna.directory(**dict.fromkeys(asked, "*"))

    assert {child.tag for child in prop} == {f"{OX}{kind}s" for kind in asked}


def test_resource_groups_are_ignored(anna: OxUser) -> None:
    assert len(anna.directory(resourcegroup="*")) == 0


@pytest.mark.parametrize("body", ["", "no XML", "<a/>"])
def test_without_a_usable_body_it_is_a_bad_request(anna: OxUser, body: str) -> None:
    assert anna.send("PROPFIND", "groupuser", body).status == 400


# Users


def test_all_users_are_shown(anna: OxUser) -> None:
    users = _all(anna.directory(user="*"), "user")

    assert {"Anna Adler", "Ben Brandt", "Carl Clausen"} <= set(users)


def test_a_user_says_number_contact_address_and_groups(anna: OxUser, ben: OxUser, team: int) -> None:
    entry = _all(anna.directory(user="*"), "user")["Ben Brandt"]

    assert _text(entry, "uid") == str(ben.id)
    assert _text(entry, "folder_id") == "6"
    assert anna.load("contacts", int(_text(entry, "object_id")))["displayname"] == "Ben Brandt"
    mail = entry.find(OX + "email1")
    assert mail is not None
    assert (mail.text, mail.attrib) == ("ben@example.org", {"isInternal": "true"})
    assert str(team) in [one.text for one in entry.findall(f"{OX}memberingroups/{OX}member")]
    assert _text(entry, "object_status") == "CREATE"
    assert int(_text(entry, "last_modified")) > 0
    assert _text(entry, "last_name") == "Brandt"


def test_only_the_caller_is_me(anna: OxUser, ben: OxUser) -> None:
    for user in (anna, ben):
        entries = _all(user.directory(user="*"), "user")
        (me,) = [name for name, entry in entries.items() if entry.find(OX + "myidentity") is not None]

        assert me == user.account.name
        assert _text(entries[me], "myidentity") == "true"
        assert _text(entries[me], "context_id").isdecimal()
        assert [one.find(OX + "context_id") is not None for one in entries.values()].count(True) == 1


def test_numbers_of_users_are_the_same_for_all(anna: OxUser, ben: OxUser) -> None:
    hers, his = (
        {name: _text(entry, "uid") for name, entry in _all(user.directory(user="*"), "user").items()}
        for user in (anna, ben)
    )

    assert hers == his
    assert hers["Ben Brandt"] == str(ben.id)


@pytest.mark.parametrize("pattern", ["Ben", "ben", "*rand*", "brandt", "ben@example.org", "Ben B*"])
def test_a_pattern_finds_users_by_name_and_address(anna: OxUser, pattern: str) -> None:
    assert "Ben Brandt" in _all(anna.directory(user=pattern), "user")
    assert "Carl Clausen" not in _all(anna.directory(user=pattern), "user")


def test_users_found_by_a_pattern_come_in_the_order_of_their_names(anna: OxUser) -> None:
    names = list(_all(anna.directory(user="*a*"), "user"))

    assert len(names) >= 3
    assert names == sorted(names)


@pytest.mark.parametrize("pattern", ["nobody at all", "%", "_", "\\", "'", "[", "(", "???", "x" * 10_000])
def test_a_pattern_that_fits_nobody_finds_nobody(anna: OxUser, pattern: str) -> None:
    assert _all(anna.directory(user=pattern, group=pattern, resource=pattern), "user") == {}


def test_a_lower_bound_leaves_out_users_who_did_not_change(anna: OxUser) -> None:
    users = _all(anna.directory(user="*"), "user")
    newest = max(int(_text(entry, "last_modified")) for entry in users.values())

    assert _all(anna.directory(user="*", lastsync=newest + 1), "user") == {}
    assert set(_all(anna.directory(user="*", lastsync=0), "user")) >= set(users)
    assert _all(anna.directory(user="*", lastsync=newest), "user")


def test_with_a_pattern_the_lower_bound_is_ignored(anna: OxUser) -> None:
    assert "Ben Brandt" in _all(anna.directory(user="Ben", lastsync=ox.ms("2100-01-01")), "user")


def test_a_user_who_changes_the_own_entry_has_changed(carl: OxUser, anna: OxUser) -> None:
    before = max(int(_text(one, "last_modified")) for one in _all(anna.directory(user="*"), "user").values())
    entry = carl.load("contacts", int(_text(_all(anna.directory(user="*"), "user")["Carl Clausen"], "object_id")))
    carl.folder(6).update(entry, room_number=f"R {before}")

    changed = _all(anna.directory(user="*", lastsync=before + 1), "user")

    assert _text(changed["Carl Clausen"], "room_number") == f"R {before}"


def test_a_user_added_while_the_server_runs_is_there_at_once(server: Server, anna: OxUser) -> None:
    dora = User(login="dora", name="Dora Dorn", email="dora@example.org", password="dora's")

    server.add_user(dora)

    assert "Dora Dorn" in _all(anna.directory(user="*"), "user")
    calendar = OxUser(server.url, dora).default("calendar")
    calendar.create(title="First", start_date=ox.ms("2033-01-01"), end_date=ox.ms("2033-01-01 01:00"))


# Groups and resources


def test_a_group_says_number_name_and_members(anna: OxUser, ben: OxUser, team: int) -> None:
    entry = _all(anna.directory(group="*"), "group")["Team"]

    assert _text(entry, "uid") == str(team)
    assert team > 0
    assert _text(entry, "object_status") == _text(entry, "objectstatus") == "CREATE"
    members = [one.text for one in entry.findall(f"{OX}members/{OX}memberuid")]
    assert sorted(members, key=str) == sorted([str(anna.id), str(ben.id)])
    assert int(_text(entry, "last_modified")) > 0


def test_a_resource_says_number_name_and_address(anna: OxUser, room: int) -> None:
    entry = _all(anna.directory(resource="*"), "resource")["Blue room"]

    assert _text(entry, "uid") == str(room)
    assert _text(entry, "email1") == "blue-room@example.org"
    assert _text(entry, "object_status") == _text(entry, "objectstatus") == "CREATE"


@pytest.mark.parametrize(("kind", "name", "pattern"), [("group", "Team", "Te*"), ("resource", "Blue room", "blue*")])
def test_a_pattern_finds_groups_and_resources(anna: OxUser, kind: str, name: str, pattern: str) -> None:
    assert name in _all(anna.directory(**{kind: pattern}), kind)
    assert name not in _all(anna.directory(**{kind: "nothing like it"}), kind)


@pytest.mark.parametrize(("kind", "name"), [("group", "Team"), ("resource", "Blue room")])
def test_with_a_lower_bound_the_pattern_of_groups_and_resources_is_ignored(anna: OxUser, kind: str, name: str) -> None:
    assert name in _all(anna.directory(**{kind: "nothing like it"}, lastsync=0), kind)
    assert name not in _all(anna.directory(**{kind: "*"}, lastsync=ox.ms("2100-01-01")), kind)


def test_the_group_of_everybody_has_the_number_0(anna: OxUser) -> None:
    numbers = [_text(entry, "uid") for entry in _all(anna.directory(group="*"), "group").values()]

    assert "0" in numbers or all(int(number) > 0 for number in numbers)


def test_a_group_says_the_same_whether_it_is_searched_or_changed(anna: OxUser) -> None:
    searched, changed = _all(anna.directory(group="*"), "group"), _all(anna.directory(group="*", lastsync=0), "group")

    assert {name: ET.tostring(one) for name, one in searched.items()} == {
        name: ET.tostring(one) for name, one in changed.items()
    }


@pytest.mark.parametrize("value", ["soon", "", "-1", "99999999999999999999999", "1.5"])
def test_a_lower_bound_that_is_no_number_is_none(anna: OxUser, value: str) -> None:
    assert anna.directory(user="*", lastsync=value) is not None
