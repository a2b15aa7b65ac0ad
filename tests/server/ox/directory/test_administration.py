"""What clients are told while an administrator changes people and groups beside the running server."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.commands import Server, User, passerelle
from tests.support.ox.answers import OX
from tests.support.ox.client import OxUser

EVA = User("eva", "Eva Ernst", "eva@example.org", "secret one")
FINN = User("finn", "Finn Falk", "finn@example.org", "secret two")


@pytest.fixture
def organisation(tmp_path: Path) -> Iterator[Server]:
    """Eva and finn, who are the group crew, on a server of their own."""
    server = Server(tmp_path, zone="UTC")
    for user in (EVA, FINN):
        server.add_user(user)
    server.add_group("crew", EVA, FINN)
    with server:
        yield server


def newest(eva: OxUser) -> int:
    """The highest stamp that the directory tells."""
    prop = eva.directory(user="*", group="*")
    return max(int(one.text or 0) for one in prop.iter(f"{OX}last_modified"))


def _gone(prop: ET.Element, kind: str) -> list[str | None]:
    """The numbers of those who are told to be deleted."""
    entries = prop.iter(OX + kind)
    return [one.findtext(f"{OX}uid") for one in entries if one.findtext(f"{OX}object_status") == "DELETE"]


def test_changes_reach_clients_that_ask_since_when(organisation: Server, tmp_path: Path) -> None:
    def admin(*words: str) -> None:
        passerelle("server", *words, data=tmp_path / "server")

    eva, finn = OxUser(organisation.url, EVA), OxUser(organisation.url, FINN)
    crew, since = eva.named("group", "crew"), newest(eva) + 1
    contacts = {one["displayname"]: one for one in eva.read("contacts", folder_id=6, lastsync=0)}
    listed = contacts["crew"]
    assert contacts.keys() == {"Eva Ernst", "Finn Falk", "crew"}

    admin("user", "change", "finn", "--name", "Finn Fink", "--email", "fink@example.org")
    prop = eva.directory(user="*", group="*", lastsync=since)
    assert [one.findtext(f"{OX}displayname") for one in prop.iter(f"{OX}user")] == ["Finn Fink"]
    assert [one.findtext(f"{OX}email1") for one in prop.iter(f"{OX}user")] == ["fink@example.org"]

    admin("group", "member", "remove", "crew", "finn")
    prop = eva.directory(group="*", lastsync=since)
    members = {
        one.findtext(f"{OX}uid"): [m.text for m in one.iter(f"{OX}memberuid")] for one in prop.iter(f"{OX}group")
    }
    assert members[str(crew)] == [str(eva.id)]

    number, since = finn.id, newest(eva) + 1
    admin("user", "disable", "finn")
    assert finn.send("PROPFIND", "folders", "<x/>").status == 401

    admin("user", "delete", "finn", "--items", "delete")
    admin("group", "delete", "crew")
    prop = eva.directory(user="*", group="*", lastsync=since)
    assert (_gone(prop, "user"), _gone(prop, "group")) == ([str(number)], [str(crew)])
    left = eva.read("contacts", folder_id=6, lastsync=0)
    assert [one["displayname"] for one in left] == ["Eva Ernst"]
    deleted = eva.read("contacts", folder_id=6, lastsync=since, objectmode="DELETED")
    assert listed.id in {one.id for one in deleted}
