"""Connectors and the real server over HTTP: what one device does is seen on the other and on the server, whole."""

from __future__ import annotations

from datetime import timedelta

import msgspec
from hypothesis import HealthCheck, given, settings

from passerelle.groupware.provision import add_group
from passerelle.model.folders import PRIVATE, Module, Right, Rights
from passerelle.model.items import Appointment, Contact, DistributionList, Item, Member, Photo, Task, TaskStatus
from passerelle.model.moments import Timed
from passerelle.model.principals import PrincipalKind
from passerelle.model.recurrence import Frequency, NthWeekday, Recurrence, Rule, Weekday
from tests import strategies
from tests.sync.devices import START, WHEN, items, settle
from tests.sync.real_server import RealServer, default_folder, records


def test_all_kinds_of_items_reach_another_device_whole(server: RealServer) -> None:
    first, second = server.device("anton"), server.device("anton")
    first.cycle()
    exotic = Recurrence(
        rules=(Rule(frequency=Frequency.MONTHLY, by_day=(NthWeekday(Weekday.FRIDAY),), by_position=(-1, 2)),)
    )
    appointment = Appointment(
        when=WHEN,
        title="Jour fixe",
        alarm=15,
        note="plain",
        note_html="<b>plain</b>",
        recurrence=exotic,
        url="https://x.org",
    )
    contact = Contact(
        last_name="Meyer", photo=Photo("image/png", b"\x89PNG\r\n\x1a\n..."), user_fields=("a", None, "c")
    )
    task = Task(title="Buy paper", status=TaskStatus.IN_PROGRESS, percent=20, note="soon", note_html="<i>soon</i>")
    first.session.create(first.folder().id, appointment)
    first.session.create(first.folder(Module.CONTACTS).id, contact)
    first.session.create(first.folder(Module.TASKS).id, task)
    settle(first, second)
    for module in (Module.CALENDAR, Module.CONTACTS, Module.TASKS):
        assert items(first, module) == items(second, module)
        assert len(items(second, module)) == 1
    (arrived,) = items(second)
    assert isinstance(arrived, Appointment)
    assert (arrived.recurrence, arrived.note_html, arrived.alarm) == (exotic, "<b>plain</b>", 15)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(item=strategies.items())
def test_whatever_the_rules_take_arrives_as_it_was(server: RealServer, item: Item) -> None:
    first = server.devices[0] if server.devices else server.device("anton")
    second = server.devices[1] if len(server.devices) > 1 else server.device("anton")
    first.cycle()
    module = (
        Module.TASKS if isinstance(item, Task) else Module.CONTACTS if isinstance(item, Contact) else Module.CALENDAR
    )
    with first.replica.store.writing(first.replica.membership.user, "test") as tx:
        tx.items.add(first.folder(module).id, _standing_alone(item))
    settle(first, second)
    if not first.replica.waiting.skipped():
        assert _sorted(items(first, module)) == _sorted(items(second, module))
        assert _sorted(items(first, module)) == _sorted(
            [
                record.item
                for record in records(server.session("anton"), default_folder(server.session("anton"), module))
            ]
        )
    for skipped in first.replica.waiting.skipped():
        first.replica.waiting.discard(skipped.id)


def _standing_alone(item: Item) -> Item:
    """The item without references to people and things that are not there."""
    if isinstance(item, Contact):
        members = {"members": ()} if isinstance(item, DistributionList) else {}
        return msgspec.structs.replace(item, private=False, **members)
    cut = {"recurrence_id": None} if isinstance(item, Appointment) else {}
    return msgspec.structs.replace(item, private=False, participants=(), organizer=None, **cut)


def _sorted(found: list[Item]) -> list[bytes]:
    return sorted(msgspec.json.encode(item) for item in found)


def test_a_cycle_with_nothing_to_do_costs_two_requests(server: RealServer) -> None:
    device = server.device("anton")
    session = server.session("anton")
    for number in range(50):
        when = Timed(start=START + timedelta(days=number), end=START + timedelta(days=number, hours=1))
        session.create(default_folder(session).id, Appointment(when=when, title=f"number {number}"))
    settle(device)
    result = device.cycle()
    assert result.traffic.requests == 2
    assert result.traffic.received < 2000
    assert result.total == 0


def test_edits_on_both_devices_meet(server: RealServer) -> None:
    first, second = server.device("anton"), server.device("anton")
    first.cycle()
    first.session.create(first.folder().id, Appointment(when=WHEN, title="Jour fixe"))
    settle(first, second)
    here, there = first.records()[0], second.records()[0]
    first.session.update(here.id, here.folder, lambda _: {"title": "New title"})
    second.session.update(there.id, there.folder, lambda _: {"location": "Room 1"})
    settle(first, second)
    (one,), (other,) = items(first), items(second)
    assert one == other
    assert isinstance(one, Appointment)
    assert (one.title, one.location) == ("New title", "Room 1")


def test_a_series_is_changed_occurrence_by_occurrence_from_two_devices(server: RealServer) -> None:
    first, second = server.device("anton"), server.device("anton")
    first.cycle()
    weekly = Recurrence(rules=(Rule(frequency=Frequency.WEEKLY, count=8),))
    first.session.create(first.folder().id, Appointment(when=WHEN, title="Weekly", recurrence=weekly))
    settle(first, second)
    here, there = first.records()[0], second.records()[0]
    day = (START + timedelta(weeks=1)).date()
    first.session.change_occurrence(here.id, here.folder, day, lambda _: {"title": "Moved"}, ignore_conflicts=True)
    second.session.delete_occurrence(there.id, there.folder, (START + timedelta(weeks=2)).date())
    settle(first, second)
    assert _sorted(items(first)) == _sorted(items(second))
    assert len(items(second)) == 2
    master = next(record for record in second.records() if record.master is None)
    assert master.changed == (START + timedelta(weeks=1),)
    assert isinstance(master.item, Appointment)
    assert master.item.recurrence is not None
    assert master.item.recurrence.deleted == (START + timedelta(weeks=2),)
    exception = next(record for record in first.records() if record.master is not None)
    first.session.delete(exception.id, exception.folder)
    settle(first, second)
    assert len(items(second)) == 1


def test_folders_and_their_rights_travel_both_ways(server: RealServer) -> None:
    add_group(server.store, "team", "Team", [server.users["anton"].id, server.users["berta"].id])
    anton, berta = server.device("anton"), server.device("berta")
    anton.cycle()
    made = anton.session.create_folder(PRIVATE, "Projects", module=Module.TASKS)
    anton.session.create(made.id, Task(title="Build a bridge"))
    settle(anton, berta)
    with berta.replica.store.reading() as tx:
        assert all(one.name != "Projects" for one in tx.folders.all())
    share = Right(kind=PrincipalKind.USER, principal=server.users["berta"].id, rights=Rights(folder=4, read=4, write=4))
    anton.session.update_folder(made.id, rights=(*made.rights, share))
    settle(anton, berta)
    with berta.replica.store.reading() as tx:
        shared = next(one for one in tx.folders.all() if one.name == "Projects")
    (task,) = berta.records(shared)
    berta.session.update(task.id, shared.id, lambda _: {"percent": 50})
    settle(berta, anton)
    (changed,) = anton.records(made)
    assert isinstance(changed.item, Task)
    assert changed.item.percent == 50


def test_members_of_lists_name_the_same_contacts_on_every_device(server: RealServer) -> None:
    first, second = server.device("anton"), server.device("anton")
    first.cycle()
    folder = first.folder(Module.CONTACTS)
    for number in range(3):  # so that ids differ between the devices
        second.cycle()
        created = second.session.create(second.folder(Module.CONTACTS).id, Contact(last_name=f"number {number}"))
        second.session.delete(created.id)
    contact = first.session.create(folder.id, Contact(last_name="Meyer", email1="m@example.org"))
    member = Member(mail="m@example.org", name="Meyer", contact=contact.id, folder=folder.id, email_field=1)
    first.session.create(folder.id, DistributionList(display_name="Team", members=(member,)))
    settle(first, second)
    by_kind = {type(record.item): record for record in second.records(second.folder(Module.CONTACTS))}
    team = by_kind[DistributionList].item
    assert isinstance(team, DistributionList)
    assert team.members[0].contact == by_kind[Contact].id
