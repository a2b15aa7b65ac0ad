"""Removing a user, on either database: what goes, what is handed over, what stays, and what the others are told."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from passerelle.groupware import provision
from passerelle.groupware.admin.removal import Fate, remove_user
from passerelle.groupware.soundness import check
from passerelle.model.errors import Contradiction, Missing, NotFound, Unauthenticated
from passerelle.model.folders import GLOBAL_ADDRESS_BOOK, PRIVATE, FolderType, Module
from passerelle.model.ids import Stamp, UserId
from passerelle.model.items import Contact, DistributionList, Task
from passerelle.model.moments import Day
from passerelle.model.participants import Answer, Organizer, Participant
from passerelle.model.records import ItemRecord
from passerelle.store import Store
from tests.groupware.office import (
    EDITOR,
    FULL_RIGHTS,
    MONDAY,
    PASSWORD,
    READER,
    TODAY,
    Office,
    appointment_of,
    at,
    daily,
    furnish,
    meeting,
)
from tests.store.conftest import Place, kind, nowhere, own_place, place, server, shared

__all__ = ["kind", "nowhere", "own_place", "place", "server", "shared"]

LAST_WEEK = TODAY - timedelta(days=7)
BOTH = pytest.mark.parametrize("fate", list(Fate))


@pytest.fixture
def office(request: pytest.FixtureRequest, kind: str, tmp_path: Path) -> Iterator[Office]:
    """The organisation in either database; whatever a test does there, ``server check`` finds nothing afterwards."""
    if kind == "sqlite":
        shutil.copytree(request.getfixturevalue("furnished"), tmp_path / "store")
        with Store.open(tmp_path / "store") as store:
            yield Office(store)
            assert check(store) == []
        return
    where: Place = request.getfixturevalue("place")
    with where.open() as store:
        furnish(store)
        yield Office(store)
        assert check(store) == []


def remove(office: Office, fate: Fate, heir: str = "carla") -> None:
    remove_user(office.store, "bruno", fate, heir if fate is Fate.TRANSFER else None)


def own_folders(office: Office, login: str) -> dict[str, bool]:
    """Names of the own private folders, and whether they are default folders."""
    views = office.session(login).folders().changed
    return {view.folder.name: view.folder.is_default for view in views if view.folder.owner == office.user(login).id}


def entry(record: ItemRecord, user: UserId) -> Participant:
    (found,) = (each for each in appointment_of(record).participants if each.id == user)
    return found


@BOTH
def test_who_is_removed_cannot_log_in_and_is_in_no_directory_group_or_list(office: Office, fate: Fate) -> None:
    provision.authenticate(office.store, "bruno", PASSWORD)
    contact, session = office.user("bruno").contact, office.session("anna")
    since = Stamp(session.directory_changes(Stamp(0)).stamp + 1)
    remove(office, fate)
    with pytest.raises(Unauthenticated):
        provision.authenticate(office.store, "bruno", PASSWORD)
    assert session.people("bruno") == ()
    changes = session.directory_changes(since)
    assert [(person.user.id, person.user.deleted) for person in changes.people] == [(office.user("bruno").id, True)]
    staff = next(group for group in changes.groups if group.name == "staff")
    assert staff.members == (office.user("carla").id,)
    assert staff.contact is not None
    found = session.get(staff.contact, Module.CONTACTS).item
    assert isinstance(found, DistributionList)
    assert [member.name for member in found.members] == ["Carla Čech"]
    assert contact in {one.id for one in session.changes(GLOBAL_ADDRESS_BOOK, Module.CONTACTS, since).gone}


def test_deleting_takes_all_private_folders_and_tells_who_saw_them(office: Office) -> None:
    shared = office.share_default("bruno", office.grant("anna", READER))
    below = office.session("bruno").create_folder(shared, "Below", module=Module.CALENDAR)
    item = office.session("bruno").create(below.id, meeting())
    since = Stamp(below.stamp)
    done = remove_user(office.store, "bruno", Fate.DELETE)
    assert (done.folders, done.items, done.public) == (4, 1, 0)
    assert shared in office.session("anna").folders(since).gone
    with office.store.reading() as tx:
        assert not [one for one in tx.folders.all() if one.owner == office.user("bruno").id]
        assert tx.items.get(item.id, None) is None


def test_deleting_takes_meetings_of_the_user_s_out_of_all_calendars_with_a_tombstone(office: Office) -> None:
    session = office.session("bruno")
    item = session.create(office.default("bruno"), meeting(participants=office.invite("bruno", "anna")))
    remove(office, Fate.DELETE)
    gone = office.session("anna").changes(office.default("anna"), Module.CALENDAR, item.stamp).gone
    assert [one.id for one in gone] == [item.id]


def test_transferring_gives_the_folders_to_the_heir_under_the_name_of_whose_they_were(office: Office) -> None:
    bruno = office.session("bruno")
    team = office.private("bruno", "Team", Module.TASKS, office.grant("anna", EDITOR))
    below = bruno.create_folder(team.id, "Plans", module=Module.TASKS)
    calendar = office.default("bruno")
    item = bruno.create(calendar, meeting("Rest"))
    card = bruno.create(office.default("bruno", Module.CONTACTS), Contact(last_name="Meyer"))
    since = Stamp(below.stamp + 1)
    done = remove_user(office.store, "bruno", Fate.TRANSFER, "carla")
    assert (done.folders, done.items, done.heir) == (5, 2, "carla")
    names = own_folders(office, "carla")
    assert {name for name, default in names.items() if default} == {"Kalender", "Kontakte", "Aufgaben"}
    assert {name for name, default in names.items() if not default} == {
        "Calendrier (Bruno Blanc)", "Contacts (Bruno Blanc)", "Tâches (Bruno Blanc)", "Team (Bruno Blanc)", "Plans",
    }  # fmt: skip
    carla = office.session("carla")
    assert carla.folder(below.id).folder.parent == team.id
    assert carla.folder(team.id).folder.parent == PRIVATE
    assert {one.id for one in carla.changes(None, Module.CALENDAR, since).items} == {item.id}, "the full answer"
    assert carla.get(card.id, Module.CONTACTS).created_by == office.user("bruno").id
    assert set(office.session("anna").folders(since).gone) == {team.id}, "the share is gone"
    carla.update(item.id, None, lambda _: {"title": "Mine now"})
    carla.delete_folder(calendar)


def test_what_is_marked_private_is_handed_to_nobody(office: Office) -> None:
    item = office.session("bruno").create(office.default("bruno"), meeting("Doctor", private=True))
    assert remove_user(office.store, "bruno", Fate.TRANSFER, "carla").private == 1
    with pytest.raises(NotFound):
        office.session("carla").get(item.id, Module.CALENDAR)


def test_an_heir_of_two_users_of_one_name_tells_their_folders_apart(office: Office) -> None:
    office.private("carla", "Calendrier (Bruno Blanc)")
    remove(office, Fate.TRANSFER)
    assert {"Calendrier (Bruno Blanc)", "Calendrier (Bruno Blanc) 2"} <= own_folders(office, "carla").keys()


def test_future_meetings_of_the_user_s_get_the_heir_as_organiser(office: Office) -> None:
    bruno = office.user("bruno")
    planned = meeting(
        participants=office.invite("bruno", "anna"),
        organizer=Organizer(id=bruno.id, mail=bruno.email, name=bruno.display_name),
    )
    item = office.session("bruno").create(office.default("bruno"), planned)
    remove(office, Fate.TRANSFER)
    seen = office.session("anna").get(item.id, Module.CALENDAR)
    assert seen.folder == office.default("anna")
    organizer = appointment_of(seen).organizer
    assert organizer is not None
    assert organizer.mail == "carla@example.org"
    assert entry(seen, office.user("carla").id).answer is Answer.ACCEPTED
    left = entry(seen, bruno.id)
    assert (left.answer, left.name) == (Answer.DECLINED, "Bruno Blanc")


@BOTH
def test_meetings_of_others_go_on_without_the_user_whose_name_stays(office: Office, fate: Fate) -> None:
    anna, home = office.session("anna"), office.default("anna")
    both = office.invite("anna", "bruno")
    past = anna.create(home, meeting("Past", at(10, day=LAST_WEEK), participants=both))
    coming = anna.create(home, meeting("Coming", at(11), participants=both))
    series = anna.create(home, meeting("Series", at(8, day=LAST_WEEK), participants=both, recurrence=daily()))
    public = office.public("anna", "All", Module.CALENDAR, office.grant("bruno", READER))
    open_ = anna.create(public.id, meeting("Open", at(15), participants=both))
    remove(office, fate)
    bruno = office.user("bruno").id
    assert entry(anna.get(past.id, Module.CALENDAR), bruno).answer is Answer.NONE
    with office.store.reading() as tx:
        assert [one.folder for one in tx.items.placements(past.id)] == [home]
    for item in (coming, series, open_):
        left = entry(anna.get(item.id, Module.CALENDAR), bruno)
        assert (left.answer, left.name, left.mail) == (Answer.DECLINED, "Bruno Blanc", "bruno@example.org")
    anna.update(coming.id, home, lambda _: {"title": "Still to be changed"})


@BOTH
def test_open_tasks_given_to_the_user_are_declined(office: Office, fate: Fate) -> None:
    anna, home = office.session("anna"), office.default("anna", Module.TASKS)
    task = anna.create(home, Task(title="Paint", due=Day(day=MONDAY), participants=office.invite("bruno")))
    remove(office, fate)
    item = anna.get(task.id, Module.TASKS).item
    assert isinstance(item, Task)
    assert [(each.answer, each.name) for each in item.participants] == [(Answer.DECLINED, "Bruno Blanc")]


@BOTH
def test_what_the_user_made_elsewhere_stays_with_its_author(office: Office, fate: Fate) -> None:
    folder = office.public("anna", "All", Module.CALENDAR, office.grant("bruno", EDITOR))
    item = office.session("bruno").create(folder.id, meeting("Fair"))
    remove(office, fate)
    assert office.session("anna").get(item.id, Module.CALENDAR).created_by == office.user("bruno").id
    with office.store.reading() as tx:
        author = tx.principals.user(office.user("bruno").id)
    assert author is not None
    assert (author.display_name, author.deleted) == ("Bruno Blanc", True)
    assert office.session("anna").folder(folder.id).folder.rights == (office.grant("anna", FULL_RIGHTS),)


def test_public_folders_go_to_the_heir_or_to_who_administers_them(office: Office) -> None:
    alone = office.public("bruno", "Alone")
    both = office.public("bruno", "Both", Module.CALENDAR, office.grant("anna", FULL_RIGHTS))
    with pytest.raises(Missing, match="Alone"):
        remove_user(office.store, "bruno", Fate.DELETE)
    assert office.session("bruno").folder(both.id).folder.owner == office.user("bruno").id, "nothing half done"
    assert remove_user(office.store, "bruno", Fate.DELETE, "carla").public == 2
    for folder in (alone, both):
        now = office.session("carla").folder(folder.id).folder
        assert (now.owner, now.type) == (office.user("carla").id, FolderType.PUBLIC)
        assert office.grant("carla", FULL_RIGHTS) in now.rights


def test_without_an_heir_a_public_folder_goes_to_another_administrator(office: Office) -> None:
    folder = office.public("bruno", "Both", Module.CALENDAR, office.grant("anna", FULL_RIGHTS))
    remove_user(office.store, "bruno", Fate.DELETE)
    assert office.session("anna").folder(folder.id).folder.owner == office.user("anna").id


def test_the_way_to_a_public_folder_is_no_longer_the_user_s(office: Office) -> None:
    above = office.public("anna", "Above")
    office.session("anna").create_folder(
        above.id, "Below", rights=(office.grant("anna", FULL_RIGHTS), office.grant("bruno", READER))
    )
    remove_user(office.store, "bruno", Fate.DELETE)
    rights = office.session("anna").folder(above.id).folder.rights
    assert office.user("bruno").id not in {right.principal for right in rights}


def test_an_heir_is_another_user_and_needed_for_a_transfer(office: Office) -> None:
    with pytest.raises(Missing):
        remove_user(office.store, "bruno", Fate.TRANSFER)
    with pytest.raises(Contradiction):
        remove_user(office.store, "bruno", Fate.TRANSFER, "bruno")
    for login, heir in (("nobody", None), ("bruno", "nobody")):
        with pytest.raises(NotFound):
            remove_user(office.store, login, Fate.DELETE, heir)
    assert provision.authenticate(office.store, "bruno", PASSWORD).login == "bruno"


def test_the_login_of_who_is_gone_is_free_again(office: Office) -> None:
    remove_user(office.store, "bruno", Fate.DELETE)
    again = provision.add_user(office.store, "bruno", "another horse", display_name="Bruno Blanc")
    assert again.id != office.user("bruno").id
    assert own_folders(office, "anna").keys() == {"Calendar", "Contacts", "Tasks"}
