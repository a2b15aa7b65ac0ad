"""Connectors and the real server over HTTP: people meet, and each sees it on the own devices."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from passerelle.groupware.provision import add_resource
from passerelle.model.folders import Right, Rights
from passerelle.model.items import Appointment
from passerelle.model.moments import Timed
from passerelle.model.participants import Answer, Participant, ParticipantKind, Role
from passerelle.model.principals import PrincipalKind
from passerelle.model.records import ItemRecord
from passerelle.model.recurrence import Frequency, Recurrence, Rule
from tests.sync.devices import START, WHEN, items, settle, user
from tests.sync.real_server import Device, RealServer, default_folder, records


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
    assert device.replica.waiting.skipped() == ()


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
    (skipped,) = device.replica.waiting.skipped()
    device.replica.waiting.discard(skipped.id)
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


def test_a_series_with_a_room_that_is_parted_offline_is_parted_for_everybody(server: RealServer) -> None:
    room = add_resource(server.store, "room", "Room", email="room@example.com")
    when = Timed(start=START.replace(year=2099), end=START.replace(year=2099, hour=10), zone="Europe/Berlin")
    anton, berta = server.device("anton"), server.device("berta")
    anton.cycle()
    invited = (
        user(server, "anton"), user(server, "berta"), Participant(kind=ParticipantKind.RESOURCE, id=room.id),
    )  # fmt: skip
    rule = Rule(frequency=Frequency.DAILY, count=5)
    series = Appointment(when=when, title="Daily", participants=invited, recurrence=Recurrence(rules=(rule,)))
    made = anton.session.create(anton.folder().id, series)
    settle(anton, berta)
    anton.session.change_occurrence(made.id, made.folder, 4, lambda _: {"title": "Fourth"})
    later = Timed(start=when.start + timedelta(days=2, minutes=30), end=when.end + timedelta(days=2, minutes=30))
    anton.session.change_onwards(made.id, made.folder, 3, lambda _: {"title": "Later", "when": later})
    settle(anton, berta)
    titles = sorted(str(one.item.title) for one in anton.records() if isinstance(one.item, Appointment))
    assert titles == ["Daily", "Fourth", "Later"]
    assert sorted(str(one.title) for one in items(berta) if isinstance(one, Appointment)) == titles
