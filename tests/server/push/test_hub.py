"""The hub tells listeners what concerns them, from their place on, and ends those who must not listen any more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import structlog
from msgspec.structs import replace

from passerelle.groupware import provision
from passerelle.groupware.news import EVERYTHING, Event, EventKind
from passerelle.model.folders import Module
from passerelle.model.ids import FolderId, Stamp
from passerelle.model.items import Contact
from passerelle.server.push.audience import Guest
from passerelle.server.push.hub import Hub
from passerelle.store import Store
from tests.groupware.office import FULL_RIGHTS, READER, Office, meeting
from tests.support.waiting import eventually


class Ear:
    """Remembers what it was told, without the positions of folders."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.position: Stamp | None = None
        self.is_over = False

    def told(self, position: Stamp, events: Sequence[Event]) -> None:
        self.position = position
        self.events += [replace(event, position=None) for event in events]

    def ended(self) -> None:
        self.is_over = True

    def hears(self, *events: Event) -> None:
        eventually(lambda: self.events == list(events), f"{events} are told; told were {self.events}")
        self.events.clear()


class BrokenEar(Ear):
    """Breaks when it is told something."""

    def told(self, position: Stamp, events: Sequence[Event]) -> None:
        super().told(position, events)
        if events:
            raise ZeroDivisionError


@pytest.fixture
def hub(office: Office) -> Iterator[Hub]:
    hub = Hub(office.store)
    with hub.running():
        yield hub


def seal_of(office: Office, login: str) -> bytes:
    with office.store.reading() as tx:
        return tx.principals.seals([office.user(login).id])[office.user(login).id]


def listen(hub: Hub, office: Office, login: str, since: str | None = None, ear: Ear | None = None) -> Ear:
    ear = ear or Ear()
    hub.join(Guest(user=office.user(login).id, listener=ear, seal=seal_of(office, login), since=since))
    eventually(lambda: ear.position is not None, "the hub says where it is")
    return ear


def items(folder: FolderId, module: Module = Module.CALENDAR) -> Event:
    return Event(EventKind.ITEMS, folder, module)


def test_listeners_are_told_what_concerns_them_and_nothing_else(hub: Hub, office: Office) -> None:
    anna, bruno = listen(hub, office, "anna"), listen(hub, office, "bruno")
    office.session("anna").create(office.default("anna"), meeting())
    anna.hears(items(office.default("anna")))
    office.session("bruno").create(
        office.default("bruno"), meeting(participants=office.invite("anna")), ignore_conflicts=True
    )
    anna.hears(items(office.default("anna")))
    bruno.hears(items(office.default("bruno")))


def test_several_listeners_of_one_user_are_all_told(hub: Hub, office: Office) -> None:
    ears = [listen(hub, office, "anna") for _ in range(3)]
    office.session("anna").create(office.default("anna"), meeting())
    for ear in ears:
        ear.hears(items(office.default("anna")))


def test_what_another_program_writes_is_told(hub: Hub, office: Office, tmp_path: Path) -> None:
    anna = listen(hub, office, "anna")
    with Store.open(tmp_path / "store") as other:
        Office(other).session("anna").create(office.default("anna"), meeting())
    anna.hears(items(office.default("anna")))


def test_who_comes_back_hears_what_was_missed_and_not_what_was_heard(hub: Hub, office: Office) -> None:
    first = listen(hub, office, "anna")
    office.session("anna").create(office.default("anna"), meeting())
    first.hears(items(office.default("anna")))
    office.session("anna").create(office.default("anna", Module.CONTACTS), Contact(last_name="A"))
    first.hears(items(office.default("anna", Module.CONTACTS), Module.CONTACTS))
    office.session("bruno").create(office.default("bruno"), meeting())
    place = str(first.position)
    office.session("anna").create(office.default("anna", Module.CONTACTS), Contact(last_name="B"))
    again = listen(hub, office, "anna", since=place)
    assert items(office.default("anna", Module.CONTACTS), Module.CONTACTS) in again.events
    assert items(office.default("anna")) not in again.events


def test_who_comes_back_with_an_unknown_place_is_to_look_at_everything(hub: Hub, office: Office) -> None:
    for place in ("x", "1" * 18, "0"):
        listen(hub, office, "anna", since=place).hears(EVERYTHING)


def test_who_was_in_a_group_while_away_hears_that_its_folders_are_gone(hub: Hub, office: Office) -> None:
    folder = office.private("anna", "S", Module.CALENDAR, office.grant_group("staff", READER)).id
    place = str(listen(hub, office, "carla").position)
    provision.change_group(office.store, office.group("staff").id, [office.user("bruno").id])
    carla = listen(hub, office, "carla", since=place)
    assert Event(EventKind.GONE, folder, Module.CALENDAR) in carla.events


def test_who_leaves_a_group_hears_that_its_folders_are_gone_and_nothing_of_them_later(hub: Hub, office: Office) -> None:
    folder = office.private("anna", "S", Module.CALENDAR, office.grant_group("staff", READER)).id
    carla = listen(hub, office, "carla")
    office.session("anna").create(folder, meeting())
    carla.hears(items(folder))
    provision.change_group(office.store, office.group("staff").id, [office.user("bruno").id])
    eventually(lambda: Event(EventKind.GONE, folder, Module.CALENDAR) in carla.events, "that it is gone is told")
    carla.events.clear()
    office.session("anna").create(folder, meeting(), ignore_conflicts=True)
    office.session("carla").create(office.default("carla"), meeting())
    carla.hears(items(office.default("carla")))


def test_whose_right_is_withdrawn_hears_nothing_of_later_changes(hub: Hub, office: Office) -> None:
    folder = office.share_default("anna", office.grant("bruno", READER))
    bruno = listen(hub, office, "bruno")
    office.session("anna").update_folder(folder, rights=(office.grant("anna", FULL_RIGHTS),))
    bruno.hears(Event(EventKind.GONE, folder, Module.CALENDAR))
    office.session("anna").create(folder, meeting())
    office.session("bruno").create(office.default("bruno"), meeting())
    bruno.hears(items(office.default("bruno")))


def test_a_new_password_ends_those_who_listen_with_the_old_one_and_nobody_else(hub: Hub, office: Office) -> None:
    anna, bruno = listen(hub, office, "anna"), listen(hub, office, "bruno")
    provision.set_password(office.store, "anna", "another one")
    eventually(lambda: anna.is_over, "anna has to log in again")
    office.session("bruno").create(office.default("bruno"), meeting())
    bruno.hears(items(office.default("bruno")))
    assert not bruno.is_over


def test_a_password_that_was_changed_while_its_user_came_in_lets_nobody_listen(hub: Hub, office: Office) -> None:
    seal, late = seal_of(office, "anna"), Ear()
    provision.set_password(office.store, "anna", "another one")
    hub.join(Guest(user=office.user("anna").id, listener=late, seal=seal))
    eventually(lambda: late.is_over, "the late one is sent away")
    assert late.position is None


def test_a_removed_account_ends_its_listeners_with_and_without_a_seal(hub: Hub, office: Office) -> None:
    sealed, open_ = listen(hub, office, "anna"), Ear()
    hub.join(Guest(user=office.user("anna").id, listener=open_))
    eventually(lambda: open_.position is not None, "the hub says where it is")
    with office.store.writing(office.user("bruno").id) as tx:
        tx.principals.remove_user(office.user("anna").id)
    eventually(lambda: sealed.is_over and open_.is_over, "both are sent away")


def test_who_has_left_is_not_told(hub: Hub, office: Office) -> None:
    ear, other = Ear(), listen(hub, office, "anna")
    guest = Guest(user=office.user("anna").id, listener=ear)
    hub.join(guest)
    eventually(lambda: ear.position is not None, "the hub says where it is")
    hub.leave(guest)
    office.session("anna").create(office.default("anna"), meeting())
    other.hears(items(office.default("anna")))
    assert ear.events == []


def test_a_fault_that_nobody_expected_sends_all_away_who_hear_what_they_missed_when_they_are_back(
    hub: Hub, office: Office
) -> None:
    with structlog.testing.capture_logs() as logs:
        anna, _ = listen(hub, office, "anna"), listen(hub, office, "anna", ear=BrokenEar())
        place = str(anna.position)
        office.session("anna").create(office.default("anna"), meeting())
        eventually(lambda: anna.is_over, "all are sent away")
    assert [entry["event"] for entry in logs] == ["push_failed"]
    assert listen(hub, office, "anna", since=place).events == [items(office.default("anna"))]


def test_a_hub_that_is_closed_ends_who_listens_and_who_comes(office: Office) -> None:
    hub = Hub(office.store)
    with hub.running():
        anna, late = listen(hub, office, "anna"), Ear()
        hub.close()
        hub.join(Guest(user=office.user("anna").id, listener=late))
        assert anna.is_over
        assert late.is_over
