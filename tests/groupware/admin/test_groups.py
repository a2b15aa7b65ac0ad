from __future__ import annotations

import pytest

from passerelle.groupware import provision
from passerelle.groupware.admin.groups import change_group, change_members, remove_group
from passerelle.groupware.admin.resources import change_resource, remove_resource
from passerelle.groupware.group_lists import outdated
from passerelle.groupware.soundness import check
from passerelle.model.errors import Contradiction, Forbidden, Invalid, Missing, NotFound
from passerelle.model.folders import FIRST_ORDINARY, GLOBAL_ADDRESS_BOOK, Module
from passerelle.model.ids import EVERYBODY, ItemId, ResourceId, Stamp
from passerelle.model.items import DistributionList, Task
from passerelle.model.participants import Answer, Participant, ParticipantKind
from tests.groupware.office import FULL_RIGHTS, READER, Office, appointment_of, at, meeting


def list_of(office: Office, name: str) -> DistributionList:
    item = office.session("anna").get(list_id(office, name), Module.CONTACTS, GLOBAL_ADDRESS_BOOK).item
    assert isinstance(item, DistributionList)
    return item


def list_id(office: Office, name: str) -> ItemId:
    contact = office.group(name).contact
    assert contact is not None
    return contact


def test_each_group_has_a_distribution_list_that_refers_to_the_entries_of_its_members(office: Office) -> None:
    found = list_of(office, "staff")
    assert found.display_name == "Staff"
    assert [(each.mail, each.name, each.contact, each.folder, each.email_field) for each in found.members] == [
        (user.email, user.display_name, user.contact, GLOBAL_ADDRESS_BOOK, 1)
        for user in (office.user("bruno"), office.user("carla"))
    ]


def test_the_list_follows_the_group(office: Office) -> None:
    staff = office.group("staff")
    change_group(office.store, staff.id, display_name="All staff")
    change_members(office.store, staff.id, joining=[office.user("anna").id], leaving=[office.user("carla").id])
    found = list_of(office, "staff")
    assert found.display_name == "All staff"
    assert [member.name for member in found.members] == ["Anna Arnold", "Bruno Blanc"]


def test_the_list_of_a_removed_group_goes_with_a_tombstone(office: Office) -> None:
    session, id_ = office.session("anna"), list_id(office, "staff")
    since = Stamp(session.get(id_, Module.CONTACTS).stamp + 1)
    remove_group(office.store, office.group("staff").id)
    gone = session.changes(GLOBAL_ADDRESS_BOOK, Module.CONTACTS, since).gone
    assert [one.id for one in gone] == [id_]


@pytest.mark.parametrize("login", ["anna", "bruno"])
def test_no_user_changes_or_deletes_a_group_s_list(office: Office, login: str) -> None:
    session, id_ = office.session(login), list_id(office, "staff")
    with pytest.raises(Forbidden):
        session.update(id_, GLOBAL_ADDRESS_BOOK, lambda _: {"display_name": "Mine"})
    with pytest.raises(Forbidden):
        session.delete(id_, GLOBAL_ADDRESS_BOOK)
    assert list_of(office, "staff").display_name == "Staff"


def test_who_has_no_address_is_in_the_group_and_not_in_its_list(office: Office) -> None:
    dora = provision.add_user(office.store, "dora", "secret", display_name="Dora")
    change_members(office.store, office.group("board").id, joining=[dora.id])
    assert [member.name for member in list_of(office, "board").members] == ["Anna Arnold"]


def test_a_store_from_before_there_were_lists_gets_them_once(office: Office) -> None:
    with office.store.writing(provision.SYSTEM_USER) as tx:
        for group in tx.principals.groups():
            if group.contact is not None:
                tx.items.remove(group.contact)
    assert {finding.rule for finding in check(office.store)} == {"group list"}
    provision.settle(office.store)
    with office.store.reading() as tx:
        assert list(outdated(tx)) == []
        groups = tx.principals.groups()
        clock = tx.journal.clock(GLOBAL_ADDRESS_BOOK)
        assert all(group.contact is not None for group in groups if group.id != EVERYBODY)
    provision.settle(office.store)
    with office.store.reading() as tx:
        assert (tx.principals.groups(), tx.journal.clock(GLOBAL_ADDRESS_BOOK)) == (groups, clock)


def test_who_joins_sees_and_who_leaves_is_told(office: Office) -> None:
    folder = office.private("anna", "X", Module.CALENDAR, office.grant_group("staff", READER))
    staff, anna = office.group("staff"), office.session("anna")
    item = anna.create(folder.id, meeting())
    since = Stamp(anna.folder(folder.id).folder.stamp + 1)
    change_members(office.store, staff.id, leaving=[office.user("bruno").id])
    assert office.session("bruno").folders(since).gone == (folder.id,)
    since = Stamp(anna.folder(folder.id).folder.stamp + 1)
    change_members(office.store, staff.id, joining=[office.user("bruno").id])
    bruno = office.session("bruno")
    assert [view.folder.id for view in bruno.folders(since).changed if view.folder.id >= FIRST_ORDINARY] == [folder.id]
    assert [one.id for one in bruno.changes(None, Module.CALENDAR, since).items] == [item.id], "the full answer"


def test_a_removed_group_leaves_no_rights_and_no_folder_without_administrator(office: Office) -> None:
    folder = office.public("anna", "All", Module.CALENDAR, office.grant_group("staff", FULL_RIGHTS))
    office.session("bruno").update_folder(folder.id, rights=(office.grant_group("staff", FULL_RIGHTS),))
    remove_group(office.store, office.group("staff").id)
    assert office.session("anna").folder(folder.id).folder.rights == (office.grant("anna", FULL_RIGHTS),)
    with pytest.raises(NotFound):
        office.session("bruno").folder(folder.id)


def test_the_members_of_a_removed_group_keep_the_meetings_and_tasks_that_it_was_invited_to(office: Office) -> None:
    anna, home, staff = office.session("anna"), office.default("anna"), office.group("staff")
    invited = (*office.invite("anna", "carla"), Participant(kind=ParticipantKind.GROUP, id=staff.id))
    item = anna.create(home, meeting(participants=invited))
    tasks = office.default("anna", Module.TASKS)
    task = anna.create(tasks, Task(title="Paint", participants=invited[-1:]))
    office.session("bruno").confirm(item.id, Answer.TENTATIVE)
    remove_group(office.store, staff.id)
    anna.update(item.id, home, lambda _: {"title": "Changed afterwards"})
    anna.update(task.id, tasks, lambda _: {"title": "Changed afterwards"})
    for login in ("bruno", "carla"):
        assert office.session(login).get(item.id, Module.CALENDAR).folder == office.default(login)
        assert office.session(login).get(task.id, Module.TASKS).folder == office.default(login, Module.TASKS)
    participants = appointment_of(anna.get(item.id, Module.CALENDAR)).participants
    assert [(each.kind, each.answer) for each in participants if each.id == office.user("bruno").id] == [
        (ParticipantKind.USER, Answer.TENTATIVE)
    ]
    assert not any(each.kind is ParticipantKind.GROUP for each in participants)
    assert check(office.store) == []


def test_members_that_are_in_or_out_already_change_nothing(office: Office) -> None:
    staff = office.group("staff")
    same = change_members(office.store, staff.id, joining=[office.user("bruno").id], leaving=[office.user("anna").id])
    assert same == staff


def test_groups_keep_to_names_of_their_own(office: Office) -> None:
    staff = office.group("staff").id
    with pytest.raises(Contradiction):
        change_group(office.store, staff, name="BOARD")
    with pytest.raises(Missing):
        change_group(office.store, staff, name=" ")
    with pytest.raises(NotFound):
        change_group(office.store, EVERYBODY, name="nobody")
    assert change_group(office.store, staff, name="Staff").name == "Staff"


def test_a_room_changes_and_goes_and_its_name_stays_in_appointments(office: Office) -> None:
    changed = change_resource(office.store, office.room.id, display_name="Blue room", email="blue@example.org")
    assert [one.display_name for one in office.session("anna").resources("blue")] == ["Blue room"]
    booking = Participant(kind=ParticipantKind.RESOURCE, id=changed.id, name="Blue room")
    session, home = office.session("anna"), office.default("anna")
    item = session.create(home, meeting(when=at(10), participants=(*office.invite("anna"), booking)))
    remove_resource(office.store, office.room.id)
    assert session.resources() == ()
    kept = session.update(item.id, home, lambda _: {"title": "Still there"}).item
    assert "Blue room" in str(kept)


def test_a_room_shares_no_name_and_no_address(office: Office) -> None:
    other = provision.add_resource(office.store, "beamer", email="beamer@example.org").id
    with pytest.raises(Contradiction):
        change_resource(office.store, other, name="Room")
    for taken in ("anna@example.org", "ROOM@example.org"):
        with pytest.raises(Contradiction):
            change_resource(office.store, other, email=taken)
    with pytest.raises(Invalid):
        change_resource(office.store, other, email="nowhere")
    with pytest.raises(NotFound):
        remove_resource(office.store, ResourceId(4711))
