"""Connectors and the real server over HTTP: what one device does is seen on the other and on the server, whole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings

from passerelle.groupware.provision import add_group, add_resource
from passerelle.model.errors import Misconfigured, Unauthenticated, Unreachable
from passerelle.model.folders import PRIVATE, Module, Right, Rights
from passerelle.model.items import Appointment, Contact, DistributionList, Item, Member, Photo, Task, TaskStatus
from passerelle.model.moments import Timed
from passerelle.model.participants import Answer, Participant, ParticipantKind, Role
from passerelle.model.principals import PrincipalKind
from passerelle.model.records import ItemRecord
from passerelle.model.recurrence import Frequency, NthWeekday, Recurrence, Rule, Weekday
from passerelle.sync.accounts import Accounts
from passerelle.sync.secrets_in_file import FileSecrets
from tests import strategies
from tests.sync.real_server import PASSWORD, Device, RealServer, default_folder, real_server, records

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
WHEN = Timed(start=START, end=START + timedelta(hours=1), zone="Europe/Berlin")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RealServer]:
    with real_server(tmp_path) as running:
        running.add_user("anton")
        running.add_user("berta")
        yield running


def settle(*devices: Device) -> None:
    """Run cycles until nothing happens any more."""
    for _ in range(6):
        if not sum(device.cycle().total for device in devices):
            return
    raise AssertionError("The devices and the server never come to rest.")


def items(device: Device, module: Module = Module.CALENDAR) -> list[Item]:
    return [record.item for record in device.records(device.folder(module))]


def user(server: RealServer, login: str, answer: Answer = Answer.NONE) -> Participant:
    return Participant(kind=ParticipantKind.USER, id=server.users[login].id, answer=answer)


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
    if not first.replica.skipped():
        assert _sorted(items(first, module)) == _sorted(items(second, module))
        assert _sorted(items(first, module)) == _sorted(
            [
                record.item
                for record in records(server.session("anton"), default_folder(server.session("anton"), module))
            ]
        )
    for skipped in first.replica.skipped():
        first.replica.discard(skipped.id)


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


def test_an_invitation_is_answered_from_the_invited_ones_device(server: RealServer) -> None:
    anton, berta = server.device("anton"), server.device("berta")
    anton.cycle()
    invited = (user(server, "anton"), user(server, "berta"))
    anton.session.create(anton.folder().id, Appointment(when=WHEN, title="Plans", participants=invited))
    settle(anton, berta)
    (arrived,) = berta.records()
    berta.session.confirm(arrived.id, Answer.ACCEPTED, "gladly")
    settle(berta, anton)
    (item,) = items(anton)
    assert isinstance(item, Appointment)
    answers = {one.id: one.answer for one in item.participants}
    assert answers[server.users["berta"].id] is Answer.ACCEPTED


def test_a_meeting_shows_in_a_shared_calendar_and_the_own_one_as_one_item(server: RealServer) -> None:
    berta_there = server.session("berta")
    calendar = default_folder(berta_there)
    share = Right(kind=PrincipalKind.USER, principal=server.users["anton"].id, rights=Rights(folder=2, read=4))
    berta_there.update_folder(calendar.id, rights=(*calendar.rights, share))
    invited = (user(server, "anton"), user(server, "berta"))
    berta_there.create(calendar.id, Appointment(when=WHEN, title="Plans", participants=invited))
    anton = server.device("anton")
    settle(anton)
    with anton.replica.store.reading() as tx:
        shared = next(one for one in tx.folders.all() if one.owner == server.users["berta"].id)
    (mine,), (theirs,) = anton.records(), anton.records(shared)
    assert mine.id == theirs.id
    stored = records(berta_there, calendar)[0]
    berta_there.update(stored.id, calendar.id, lambda _: {"title": "New plans"})
    settle(anton)
    assert [one.item.title for one in (*anton.records(), *anton.records(shared))] == ["New plans"] * 2  # type: ignore[union-attr]
    berta_there.delete(stored.id, calendar.id)
    settle(anton)
    assert anton.records() == anton.records(shared) == []


def shared_series(server: RealServer, *, invited: tuple[str, ...]) -> Device:
    """The device of anton, who sees berta's calendar, with a series of his whose third occurrence is changed."""
    there, berta = server.session("anton"), server.session("berta")
    calendar = default_folder(berta)
    share = Right(
        kind=PrincipalKind.USER,
        principal=server.users["anton"].id,
        rights=Rights(folder=4, read=4, write=4, delete=4),
    )
    berta.update_folder(calendar.id, rights=(*calendar.rights, share))
    weekly = Recurrence(rules=(Rule(frequency=Frequency.WEEKLY, count=6),))
    people = tuple(user(server, login) for login in invited)
    home = default_folder(there)
    made = there.create(home.id, Appointment(when=WHEN, title="Weekly", recurrence=weekly, participants=people))
    there.change_occurrence(
        made.id, home.id, (START + timedelta(weeks=2)).date(), lambda _: {"title": "Changed"}, ignore_conflicts=True
    )
    device = server.device("anton")
    settle(device)
    return device


def titles_and_deletions(found: list[ItemRecord]) -> list[tuple[str | None, tuple[datetime, ...]]]:
    told = [record.item for record in found]
    return sorted(
        (one.title, one.recurrence.deleted if one.recurrence is not None else ())
        for one in told
        if isinstance(one, Appointment)
    )


def test_an_occurrence_that_another_participant_left_stays_in_my_calendar(server: RealServer) -> None:
    device = shared_series(server, invited=("anton", "berta"))
    there, berta = server.session("anton"), server.session("berta")
    calendar = default_folder(berta)
    exception = next(one for one in records(berta, calendar) if one.master is not None)
    berta.delete(exception.id, calendar.id)
    settle(device)
    expected = titles_and_deletions(records(there, default_folder(there)))
    assert titles_and_deletions(device.records()) == expected == [("Changed", ()), ("Weekly", ())]


def test_an_occurrence_that_is_deleted_for_all_is_gone_from_every_calendar_that_i_see(server: RealServer) -> None:
    device = shared_series(server, invited=("anton", "berta"))
    there = server.session("anton")
    home = default_folder(there)
    exception = next(one for one in records(there, home) if one.master is not None)
    there.delete(exception.id, home.id)
    settle(device)
    expected = [("Weekly", (START + timedelta(weeks=2),))]
    assert titles_and_deletions(device.records()) == titles_and_deletions(records(there, home)) == expected


def test_who_is_invited_to_one_occurrence_gets_it_though_the_series_is_seen_but_not_to_be_read(
    server: RealServer,
) -> None:
    berta = server.session("berta")
    calendar = default_folder(berta)
    only_own = Rights(folder=4, read=2, write=2, delete=2)
    share = Right(kind=PrincipalKind.USER, principal=server.users["anton"].id, rights=only_own)
    berta.update_folder(calendar.id, rights=(*calendar.rights, share))
    weekly = Recurrence(rules=(Rule(frequency=Frequency.WEEKLY, count=6),))
    series = berta.create(calendar.id, Appointment(when=WHEN, title="Weekly", recurrence=weekly))
    change = {"title": "With you", "participants": (user(server, "berta"), user(server, "anton"))}
    berta.change_occurrence(series.id, calendar.id, START.date(), lambda _: change, ignore_conflicts=True)
    device = server.device("anton")
    settle(device)
    assert [title for title, _ in titles_and_deletions(device.records())] == ["With you"]
    assert device.replica.skipped() == ()


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


def test_a_wrong_password_is_told_as_such(server: RealServer) -> None:
    with pytest.raises(Unauthenticated):
        server.connect("anton", "wrong").identify()


def test_a_server_without_the_interface_is_told_as_such(server: RealServer) -> None:
    peer = server.connect("anton")
    elsewhere = type(peer)(type(peer._connection)(f"{server.url}/elsewhere", "anton", PASSWORD))
    with pytest.raises(Misconfigured, match="no OX"):
        elsewhere.identify()
    elsewhere.close()
    peer.close()


def test_nobody_listening_is_unreachable(server: RealServer) -> None:
    peer = type(server.connect("anton"))(type(server.connect("anton")._connection)("http://127.0.0.1:1", "a", "b"))
    with pytest.raises(Unreachable):
        peer.identify()


def test_an_account_is_added_synchronised_and_removed(server: RealServer, tmp_path: Path) -> None:
    data = tmp_path / "data"
    accounts = Accounts(data, FileSecrets(data))
    added = accounts.add(server.url, "anton", PASSWORD)
    again = Accounts(data, FileSecrets(data))
    assert again.all() == (added,)
    account = again.get()
    peer, replica = again.connect(account), again.replica(account)
    assert replica.cycle(peer).folder_changes > 0
    assert replica.status().last is not None
    peer.close()
    replica.close()
    for name in ("secrets", "secrets.key"):
        assert (data / name).stat().st_mode & 0o777 == 0o600
    assert PASSWORD.encode() not in (data / "secrets").read_bytes()
    again.remove(account.name)
    assert again.all() == ()
    assert not (data / account.directory).exists()


def test_an_account_with_a_wrong_password_is_not_added(server: RealServer, tmp_path: Path) -> None:
    accounts = Accounts(tmp_path / "data", FileSecrets(tmp_path / "data"))
    with pytest.raises(Unauthenticated):
        accounts.add(server.url, "anton", "wrong")
    assert accounts.all() == ()


def test_a_room_that_is_taken_is_told_in_the_users_own_time_with_what_to_do(server: RealServer) -> None:
    room = add_resource(server.store, "room", "Room 1", email="room@example.org")
    booked = (Participant(kind=ParticipantKind.RESOURCE, id=room.id),)
    when = Timed(start=START.replace(year=2099), end=START.replace(year=2099, hour=10), zone="Europe/Berlin")
    device, berta = server.device("anton"), server.session("berta")
    device.cycle()
    berta.create(default_folder(berta).id, Appointment(when=when, title="Hers", participants=booked))
    device.session.create(device.folder().id, Appointment(when=when, title="Mine", participants=booked))
    (report,) = device.cycle().reports
    for words in ("“Mine”", "2099-03-02 10:00", "change it", "discard it"):
        assert words in report.message
    (skipped,) = device.replica.skipped()
    device.replica.discard(skipped.id)
    settle(device)
    assert items(device) == []


def test_people_invited_by_address_are_the_same_on_both_sides(server: RealServer) -> None:
    device, there = server.device("anton"), server.session("anton")
    device.cycle()
    guests = tuple(
        Participant(kind=ParticipantKind.EXTERNAL, mail=mail) for mail in ("berta@example.org", "guest@example.com")
    )
    device.session.create(device.folder().id, Appointment(when=WHEN, title="Plans", participants=guests))
    settle(device)
    for _ in range(2):
        (here,) = items(device)
        (stored,) = records(there, default_folder(there))
        assert isinstance(here, Appointment)
        assert isinstance(stored.item, Appointment)
        assert people(here) == people(stored.item)
        there.update(stored.id, stored.folder, lambda _: {"title": "New plans"})
        settle(device)
        assert device.cycle().traffic.requests == 2


def people(item: Appointment) -> list[Participant]:
    return sorted(item.participants, key=lambda one: one.identity)


def test_a_series_that_a_colleague_made_in_my_calendar_keeps_the_occurrence_that_only_the_colleague_left(
    server: RealServer,
) -> None:
    """Anton sees both calendars; the colleague's shows the series without the occurrence, his own shows it."""
    device, anton, berta = server.device("anton"), server.session("anton"), server.session("berta")
    settle(device)
    all_rights, reading = Rights(folder=4, read=4, write=4, delete=4), Rights(folder=2, read=4)
    for owner, other, rights in ((anton, "berta", all_rights), (berta, "anton", reading)):
        calendar = default_folder(owner)
        share = Right(kind=PrincipalKind.USER, principal=server.users[other].id, rights=rights)
        owner.update_folder(calendar.id, rights=(*calendar.rights, share))
    weekly = Recurrence(rules=(Rule(frequency=Frequency.WEEKLY, count=6),))
    people = (user(server, "anton"), user(server, "berta"))
    mine, theirs = default_folder(anton), default_folder(berta)
    made = berta.create(mine.id, Appointment(when=WHEN, title="Weekly", recurrence=weekly, participants=people))
    berta.delete_occurrence(made.id, theirs.id, (START + timedelta(weeks=2)).date())

    settle(device)

    with device.replica.store.reading() as tx:
        shared = next(one for one in tx.folders.all() if one.owner == server.users["berta"].id)
    for here, there in ((device.folder(), mine), (shared, theirs)):
        assert titles_and_deletions(device.records(here)) == titles_and_deletions(records(anton, there))
    assert len(device.records()) == 2


@pytest.mark.rule("5.2.roles")
def test_who_need_not_come_need_not_come_on_any_device_whoever_changes_the_meeting(server: RealServer) -> None:
    anton, berta = server.device("anton"), server.device("berta")
    settle(anton, berta)
    optional = Participant(kind=ParticipantKind.USER, id=server.users["berta"].id, role=Role.OPTIONAL)
    guest = Participant(kind=ParticipantKind.EXTERNAL, mail="guest@elsewhere.example", role=Role.OPTIONAL)
    meeting = Appointment(title="Jour fixe", when=WHEN, participants=(optional, guest))
    made = anton.session.create(anton.folder().id, meeting, ignore_conflicts=True)
    settle(anton, berta)

    (hers,) = berta.records()
    berta.session.confirm(hers.id, Answer.ACCEPTED)
    anton.session.update(made.id, None, lambda _item: {"title": "Jour fixe, later"})
    settle(anton, berta)

    for device in (anton, berta):
        (record,) = device.records()
        assert isinstance(record.item, Appointment)
        roles = {one.mail or one.id: (one.role, one.answer) for one in record.item.participants}
        assert record.item.title == "Jour fixe, later"
        assert roles[guest.mail] == (Role.OPTIONAL, Answer.NONE)
        assert roles[optional.id] == (Role.OPTIONAL, Answer.ACCEPTED)
