"""Whole cycles against a server of the first generation, and one of the second (OX reference, section 6.1)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from passerelle.model.errors import Unauthenticated, Unreachable
from passerelle.model.folders import Module
from passerelle.model.items import Appointment, Contact
from passerelle.model.moments import Timed
from passerelle.peers.ox_webdav import Connection, OxWebDav
from passerelle.sync.replica import Replica
from tests.peers.old_server import CALENDAR, CONTACTS, LOGIN, PASSWORD, OldServer, running
from tests.sync.real_server import Device
from tests.sync.test_servers_that_fail import forget_anchors

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = Timed(start=START, end=START + timedelta(hours=1))
MS = 1000


@pytest.fixture(
    params=[
        OldServer,
        lambda: OldServer(numeric=False, encoding="UTF-8", packed=True),
        lambda: OldServer(encoding="UTF-16", packed=True),
    ],
    ids=["numbers", "internal codes, compressed", "UTF-16, compressed"],
)
def server(request: pytest.FixtureRequest) -> Iterator[OldServer]:
    with running(request.param()) as one:
        one.put(CONTACTS, last_name="Müller-Lüdenscheidt", email1="m@example.org", categories="Käufer,Gast")
        one.put(CALENDAR, title="Jour fixe", **times(START), shown_as="1", location="Café")
        yield one


@pytest.fixture
def device(server: OldServer, tmp_path: Path) -> Iterator[Device]:
    peer = OxWebDav(Connection(server.url, LOGIN, PASSWORD), "Europe/Berlin")
    replica = Replica.create(tmp_path / "device", LOGIN, peer.identify())
    device = Device(replica, peer)
    device.cycle()
    yield device
    peer.close()
    replica.close()


def times(start: datetime) -> dict[str, str]:
    return {
        "start_date": str(int(start.timestamp()) * MS),
        "end_date": str(int((start + timedelta(hours=1)).timestamp()) * MS),
        "full_time": "false",
    }


def contacts(device: Device) -> dict[str, Contact]:
    found = [one.item for one in device.records(device.folder(Module.CONTACTS))]
    return {one.last_name or "": one for one in found if isinstance(one, Contact)}


def appointments(device: Device) -> dict[str, Appointment]:
    return {one.item.title or "": one.item for one in device.records() if isinstance(one.item, Appointment)}


def settle(device: Device) -> None:
    """Cycle until there is nothing to do."""
    for _ in range(4):
        if not device.cycle().total:
            return
    raise AssertionError("there is no end to the changes")


def test_all_arrives_as_it_was_written_and_a_second_cycle_has_nothing_to_do(device: Device) -> None:
    assert contacts(device)["Müller-Lüdenscheidt"].categories == ("Käufer", "Gast")
    jour_fixe = appointments(device)["Jour fixe"]
    assert jour_fixe.location == "Café"
    assert isinstance(jour_fixe.when, Timed)
    assert jour_fixe.when.start == START
    again = device.cycle()
    assert (again.total, again.reports) == (0, ())
    assert device.session.folders().changed
    assert {view.folder.name for view in device.session.folders().changed} >= {"Kalender", "Adreßbuch"}


def test_changes_of_both_sides_arrive_on_the_other(server: OldServer, device: Device) -> None:
    session, book = device.session, device.folder(Module.CONTACTS)
    session.create(book.id, Contact(last_name="Größe", email1="g@example.org"))
    session.create(
        device.folder().id, Appointment(title="Review", when=Timed(start=START, end=START + timedelta(hours=1)))
    )
    (mine,) = [one for one in device.records() if isinstance(one.item, Appointment) and one.item.title == "Jour fixe"]
    session.update(mine.id, mine.folder, lambda _: {"location": "Foyer"})
    (person,) = server.live(CONTACTS)
    server.change(person, company="Altwaren")
    settle(device)
    assert contacts(device)["Müller-Lüdenscheidt"].company == "Altwaren"
    assert {one.content["last_name"] for one in server.live(CONTACTS)} == {"Müller-Lüdenscheidt", "Größe"}
    there = {one.content["title"]: one.content for one in server.live(CALENDAR)}
    assert there["Jour fixe"]["location"] == "Foyer"
    assert there["Review"]["start_date"] == times(START)["start_date"]


def test_different_fields_merge_and_the_same_one_is_the_servers(server: OldServer, device: Device) -> None:
    (mine,) = device.records()
    (theirs,) = server.live(CALENDAR)
    device.session.update(mine.id, mine.folder, lambda _: {"location": "Foyer", "title": "Jour fixe (mine)"})
    server.change(theirs, title="Jour fixe (theirs)", note="new")
    settle(device)
    here = appointments(device)["Jour fixe (theirs)"]
    assert (here.location, here.note) == ("Foyer", "new")
    assert theirs.content["location"] == "Foyer"


def test_deletions_go_both_ways_and_an_edit_wins_over_one(server: OldServer, device: Device) -> None:
    gone = server.put(CONTACTS, last_name="Weg")
    kept = server.put(CONTACTS, last_name="Bleibt")
    settle(device)
    (mine,) = device.records()
    device.session.delete(mine.id, mine.folder)
    server.remove(gone)
    (edited,) = [
        one
        for one in device.records(device.folder(Module.CONTACTS))
        if isinstance(one.item, Contact) and one.item.last_name == "Bleibt"
    ]
    device.session.update(edited.id, edited.folder, lambda _: {"company": "Immer noch"})
    server.remove(kept)
    settle(device)
    assert server.live(CALENDAR) == []
    assert set(contacts(device)) == {"Müller-Lüdenscheidt", "Bleibt"}
    there = {one.content["last_name"]: one.content.get("company") for one in server.live(CONTACTS)}
    assert there["Bleibt"] == "Immer noch"
    assert "Weg" not in there


def test_what_is_refused_is_told_with_its_kind_and_holds_up_nothing(server: OldServer, device: Device) -> None:
    (mine,) = device.records()
    server.unwritable.add(server.live(CALENDAR)[0].id)
    session, calendar = device.session, device.folder()
    session.update(mine.id, mine.folder, lambda _: {"location": "Foyer"})
    session.create(calendar.id, Appointment(title="Good", when=HOUR))
    device.cycle()
    assert "Good" in {one.content["title"] for one in server.live(CALENDAR)}
    assert [one.title for one in device.replica.waiting.skipped()] == ["Jour fixe"]
    server.unwritable.clear()
    device.replica.waiting.retry(device.replica.waiting.skipped()[0].id)
    settle(device)
    assert "Foyer" in {one.content.get("location") for one in server.live(CALENDAR)}
    assert device.replica.waiting.skipped() == ()


def test_a_password_that_no_longer_holds_loses_nothing(server: OldServer, device: Device) -> None:
    device.session.create(device.folder(Module.CONTACTS).id, Contact(last_name="Waits"))
    peer = OxWebDav(Connection(server.url, LOGIN, "old"), "Europe/Berlin")
    with pytest.raises(Unauthenticated):
        device.replica.cycle(peer)
    peer.close()
    settle(device)
    assert "Waits" in {one.content["last_name"] for one in server.live(CONTACTS)}


@pytest.mark.parametrize("number_lost", [1, 22])
def test_what_an_old_server_no_longer_lists_is_gone_only_if_it_says_so_itself(
    server: OldServer, device: Device, number_lost: int
) -> None:
    """It has no list of ids (section 4.1), and forgets deletions in time; a look at the object decides."""
    others = {server.put(CONTACTS, last_name=f"Da {number}").content["last_name"] for number in range(3 * number_lost)}
    lost = [server.put(CONTACTS, last_name=f"Vergessen {number}") for number in range(number_lost)]
    settle(device)
    for one in lost:
        del server.items[one.id]
    forget_anchors(device.replica)
    settle(device)
    assert set(contacts(device)) == {"Müller-Lüdenscheidt", *others}
    assert device.replica.waiting.skipped() == ()


@pytest.mark.parametrize("status", [400, 500])
def test_a_change_at_which_the_server_breaks_off_doubles_nothing_and_in_the_end_holds_up_nothing(
    server: OldServer, device: Device, status: int
) -> None:
    """Old servers carry out a request while they read it, and then say that it was bad (sections 2.3, 5.1)."""
    book = device.folder(Module.CONTACTS)
    names = ["Before", "Stumble", "Behind"]
    for name in names:
        device.session.create(book.id, Contact(last_name=name))
    server.stumbles = status
    for _ in range(6):
        with suppress(Unreachable):
            device.cycle()
    there = [one.content["last_name"] for one in server.live(CONTACTS)]
    assert sorted(there) == ["Before", "Behind", "Müller-Lüdenscheidt"]
    assert len(device.records(book)) == len(names) + 1
    assert [one.title for one in device.replica.waiting.skipped()] == ["Stumble"]
    server.stumbles = None
    device.replica.waiting.retry(device.replica.waiting.skipped()[0].id)
    settle(device)
    assert sorted(one.content["last_name"] for one in server.live(CONTACTS)) == sorted([*names, "Müller-Lüdenscheidt"])


def test_a_server_that_fails_at_everything_is_not_taken_for_one_that_refuses(server: OldServer, device: Device) -> None:
    for number in range(8):
        device.session.create(device.folder(Module.CONTACTS).id, Contact(last_name=f"New {number}"))
    server.is_down = True
    for _ in range(6):
        with suppress(Unreachable):
            device.cycle()
    assert len(device.replica.waiting.skipped()) < 8
    server.is_down = False
    for entry in device.replica.waiting.skipped():
        device.replica.waiting.retry(entry.id)
    settle(device)
    assert len(server.live(CONTACTS)) == 1 + 8
    assert device.replica.waiting.skipped() == ()


@pytest.mark.parametrize(
    "request_kind", ["PROPFIND groupuser", "PROPFIND folders", "PROPFIND calendar", "PROPPATCH contacts"]
)
def test_a_login_that_is_refused_in_mid_cycle_loses_and_skips_nothing(
    server: OldServer, device: Device, request_kind: str
) -> None:
    device.session.create(device.folder(Module.CONTACTS).id, Contact(last_name="Waits"))
    server.locked = {request_kind}
    for _ in range(3):
        with pytest.raises(Unauthenticated):
            device.cycle()
    assert device.replica.waiting.skipped() == ()
    server.locked = set()
    settle(device)
    assert sorted(one.content["last_name"] for one in server.live(CONTACTS)) == ["Müller-Lüdenscheidt", "Waits"]
