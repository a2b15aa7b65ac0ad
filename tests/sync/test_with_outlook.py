"""Server, replica and Outlook: what is done in one place is in the others, once, and nobody's work is lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import msgspec
import pytest

from passerelle.model.errors import Misconfigured, Unreachable
from passerelle.model.folders import Module, Rights
from passerelle.model.items import Appointment, Contact, Item
from passerelle.model.moments import Timed
from passerelle.model.participants import Answer, Organizer, Participant, ParticipantKind
from passerelle.model.recurrence import Frequency, Recurrence, Rule
from passerelle.peers.base import Identity, RemoteId
from passerelle.peers.outlook.connecting import attach, system_attach
from passerelle.peers.outlook.constants import ComCode, DefaultFolder, ItemType, MeetingResponse, StoreType
from passerelle.peers.outlook.hearing import Hearing
from passerelle.peers.outlook.mapping.context import Context
from passerelle.peers.outlook.peer import NAME, Outlook
from passerelle.sync.deletions.held import Decision
from passerelle.sync.people import KnownPeople
from passerelle.sync.replica import Replica
from passerelle.sync.report import CycleResult, Subject
from tests.outlook_double.events import Connected
from tests.outlook_double.failures import com_error
from tests.outlook_double.invitations import Invitation, receive_invitation, vcal_uid
from tests.outlook_double.machine import Machine
from tests.outlook_double.records import FolderRecord, Person, Record
from tests.outlook_double.user import User
from tests.sync.world import ME, World, appointment, weekly

DATA_FILE = r"C:\Users\anton\Passerelle.pst"
READER = Rights(folder=2, read=4)


class Deaf:
    """Does not mind what is heard: the tables are read anyway."""

    def hear(self, folder: RemoteId) -> None:
        pass

    def hear_of_folders(self) -> None:
        pass

    def soon(self) -> None:
        pass

    def quit(self) -> None:
        pass


class Desk(World):
    """The world, and a Windows machine whose Outlook shows the replica."""

    def __init__(self, replica: Replica, directory: Path) -> None:
        super().__init__(replica)
        self.machine = Machine()
        self.waited_s = 0.0
        self.machine.start()
        self.user = User(self.machine)
        self.machine.session.namespace.AddStoreEx(DATA_FILE, StoreType.Unicode)
        self.context = Context(
            user=self.me,
            mail="anton@example.org",
            name="Anton",
            people=KnownPeople(replica.store),
            directory=directory,
            today=self.machine.now.date(),
            zone="Europe/Berlin",
            separator=";",
        )
        self.outlook = self.attach()

    def attach(self) -> Outlook:
        """Attach to the Outlook that runs; while it is busy, time passes at once."""
        application = attach(self.machine.get_active_object, self._wait)
        return Outlook(application, DATA_FILE, self.context, lambda: self.machine.now)

    def _wait(self, seconds: float) -> None:
        self.waited_s += seconds

    def show(self) -> CycleResult:
        self.machine.pass_time(timedelta(minutes=1))
        result = self.replica.show(self.outlook, NAME)
        self.machine.pass_time(timedelta(minutes=1))
        self.machine.pump()
        return result

    def both(self) -> None:
        """What the connector does: take from the server, show it, send what was done there."""
        self.cycle()
        self.show()
        self.cycle()

    def look(self, *paths: str) -> CycleResult:
        """Look at a few folders only, as when they were heard of; at all if that does not do."""
        self.machine.pass_time(timedelta(seconds=5))
        records = {self.folder_there(path).entry_id for path in paths}
        ids = [id_ for id_, one in self.outlook.addresses.items() if one.entry in records]
        return self.replica.show(self.outlook, NAME, only=self.outlook.look(ids))

    def listen(self) -> Hearing:
        """Listen, as the connector does while it runs."""
        hearing = Hearing(attach(self.machine.get_active_object, self._wait), Connected, Deaf())
        hearing.listen(self.outlook.addresses)
        return hearing

    def folder_there(self, path: str) -> FolderRecord:
        root = self.machine.profile.data_files[DATA_FILE].root
        return self.user.folder(f"{root.name}/{path}")

    def records_there(self, path: str) -> list[Record]:
        return list(self.folder_there(path).records.values())

    def subjects(self, path: str) -> list[str]:
        found = []
        for record in self.records_there(path):
            with self.user.open(record.entry_id) as item:
                found.append(cast(str, item.Subject))
        return sorted(found)

    def entry(self, path: str, subject: str) -> str:
        for record in self.records_there(path):
            with self.user.open(record.entry_id) as item:
                if item.Subject == subject:
                    return record.entry_id
        raise AssertionError(subject)

    def on_server(self, folder: int) -> list[Item]:
        return [one.item for one in self.server.items.values() if one.folder == folder]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    replica = Replica.create(tmp_path / "replica", "anton", Identity(user=ME, display_name="Anton", server="test"))
    (tmp_path / "files").mkdir()
    return Desk(replica, tmp_path / "files")


def test_outlook_shows_folders_and_items_of_the_server(desk: Desk) -> None:
    desk.server.create(desk.me, desk.calendar, appointment())
    desk.server.create(desk.me, desk.contacts, Contact(first_name="Berta", last_name="Beispiel", uid="b"))
    shared = desk.server.add_folder(desk.other, "Board", Module.CALENDAR)
    desk.server.share(shared, desk.me, READER)
    desk.server.create(desk.other, shared, appointment("Meeting"))
    desk.both()
    assert desk.subjects("Calendar") == ["Jour fixe"]
    assert desk.subjects("Contact") == ["Berta Beispiel"]
    assert desk.subjects("OX shared folders/Berta – Board") == ["Meeting"]
    assert desk.show().total == desk.cycle().total == 0


def test_a_cycle_with_nothing_to_do_reads_one_table_for_each_folder(desk: Desk) -> None:
    for number in range(5):
        desk.server.create(desk.me, desk.calendar, appointment(f"Number {number}"))
    desk.both()
    desk.show()
    desk.machine.calls.clear()
    desk.show()
    calls = desk.machine.calls.total()
    folders = len(desk.outlook.folders(None).changed)
    assert desk.machine.calls["Folder.GetTable"] == 2 * folders
    assert calls <= 25 * folders + 30
    assert desk.machine.calls["NameSpace.GetItemFromID"] == 0


def test_a_series_with_changed_occurrences_is_one_item_in_outlook(desk: Desk) -> None:
    master = desk.server.create(desk.me, desk.calendar, weekly())
    assert isinstance(master.item, Appointment)
    assert isinstance(master.item.when, Timed)
    moved = msgspec.structs.replace(master.item, title="Moved", recurrence=None)
    desk.server.change_occurrence(desk.me, master.id, master.item.when.start.date(), moved)
    desk.both()
    assert desk.subjects("Calendar") == ["Weekly"]
    desk.user.edit(desk.entry("Calendar", "Weekly"), Location="Room 3")
    desk.show()
    desk.cycle()
    found = {item.title: item for item in desk.on_server(desk.calendar) if isinstance(item, Appointment)}
    assert found.keys() == {"Weekly", "Moved"}
    assert found["Weekly"].location == "Room 3"
    assert desk.show().total == desk.cycle().total == 0


def test_what_a_person_makes_changes_and_deletes_in_outlook_is_on_the_server(desk: Desk) -> None:
    desk.server.create(desk.me, desk.calendar, appointment())
    desk.server.create(desk.me, desk.calendar, appointment("Old"))
    desk.both()
    desk.user.edit(desk.entry("Calendar", "Jour fixe"), Location="Room 2")
    desk.user.delete(desk.entry("Calendar", "Old"))
    desk.user.create(desk.folder_there("Calendar"), Subject="New", Body="Some text")
    desk.machine.pump()
    desk.show()
    desk.cycle()
    found = {item.title: item for item in desk.on_server(desk.calendar) if isinstance(item, Appointment)}
    assert found.keys() == {"Jour fixe", "New"}
    assert found["Jour fixe"].location == "Room 2"
    assert found["New"].note == "Some text"
    assert desk.show().total == desk.cycle().total == 0


def test_an_item_that_is_dragged_to_another_folder_is_moved(desk: Desk) -> None:
    club = desk.server.add_folder(desk.me, "Club", Module.CALENDAR)
    stored = desk.server.create(desk.me, desk.calendar, appointment())
    desk.both()
    desk.user.drag(desk.entry("Calendar", "Jour fixe"), desk.folder_there("Club"))
    desk.machine.pump()
    desk.show()
    desk.cycle()
    assert [one.id for one in desk.server.items.values() if one.folder == club] == [stored.id]
    assert desk.show().total == desk.cycle().total == 0


def test_an_item_that_is_deleted_before_the_next_look_is_gone(desk: Desk) -> None:
    desk.both()
    desk.server.create(desk.me, desk.calendar, appointment())
    desk.cycle()
    desk.show()
    desk.user.delete(desk.entry("Calendar", "Jour fixe"))
    desk.show()
    desk.cycle()
    assert desk.on_server(desk.calendar) == []


def test_an_item_that_is_dragged_away_before_the_next_look_is_moved(desk: Desk) -> None:
    club = desk.server.add_folder(desk.me, "Club", Module.CALENDAR)
    desk.both()
    stored = desk.server.create(desk.me, desk.calendar, appointment())
    desk.cycle()
    desk.show()
    desk.user.drag(desk.entry("Calendar", "Jour fixe"), desk.folder_there("Club"))
    desk.machine.pump()
    desk.show()
    desk.cycle()
    assert [one.id for one in desk.server.items.values() if one.folder == club] == [stored.id]
    assert desk.show().total == desk.cycle().total == 0


def test_an_item_that_is_moved_on_the_server_is_moved_in_outlook(desk: Desk) -> None:
    club = desk.server.add_folder(desk.me, "Club", Module.CALENDAR)
    stored = desk.server.create(desk.me, desk.calendar, appointment())
    desk.both()
    desk.server.move(desk.me, stored.id, club)
    desk.both()
    assert (desk.subjects("Calendar"), desk.subjects("Club")) == ([], ["Jour fixe"])


def test_a_copy_is_an_item_of_its_own(desk: Desk) -> None:
    desk.server.create(desk.me, desk.contacts, Contact(first_name="Berta", uid="b"))
    desk.both()
    (record,) = desk.records_there("Contact")
    desk.user.paste([record.entry_id], desk.folder_there("Contact"))
    desk.machine.pump()
    desk.show()
    desk.cycle()
    assert len(desk.on_server(desk.contacts)) == 2
    assert len({item.uid for item in desk.on_server(desk.contacts)}) == 2
    assert desk.show().total == desk.cycle().total == 0


def test_folders_made_renamed_and_deleted_in_outlook_are_so_on_the_server(desk: Desk) -> None:
    desk.both()
    root = desk.machine.profile.data_files[DATA_FILE].root
    made = desk.user.create_folder(root, "Club", ItemType.AppointmentItem)
    desk.show()
    desk.cycle()
    assert [one.name for one in desk.server.folders.values() if one.name == "Club"] == ["Club"]
    desk.user.rename_folder(made, "Society")
    desk.show()
    desk.cycle()
    assert [one.name for one in desk.server.folders.values() if one.name in {"Club", "Society"}] == ["Society"]
    desk.user.delete_folder(made)
    desk.show()
    desk.cycle()
    assert not [one for one in desk.server.folders.values() if one.name == "Society"]


def test_a_program_of_two_edits_within_a_second_is_not_fooled(desk: Desk) -> None:
    desk.server.create(desk.me, desk.calendar, appointment())
    desk.both()
    entry = desk.entry("Calendar", "Jour fixe")
    desk.user.edit(entry, Location="First")
    desk.replica.show(desk.outlook, NAME)
    desk.user.edit(desk.entry("Calendar", "Jour fixe"), Location="Second")
    desk.show()
    desk.cycle()
    (item,) = desk.on_server(desk.calendar)
    assert isinstance(item, Appointment)
    assert item.location == "Second"


def test_what_is_forbidden_is_taken_back_in_outlook(desk: Desk) -> None:
    shared = desk.server.add_folder(desk.other, "Board", Module.CALENDAR)
    desk.server.share(shared, desk.me, READER)
    desk.server.create(desk.other, shared, appointment("Meeting"))
    desk.both()
    path = "OX shared folders/Berta – Board"
    desk.user.edit(desk.entry(path, "Meeting"), Subject="Party")
    desk.show()
    desk.cycle()
    desk.show()
    assert desk.subjects(path) == ["Meeting"]


def test_a_dialog_in_outlook_is_waited_for(desk: Desk) -> None:
    desk.server.create(desk.me, desk.calendar, appointment())
    desk.cycle()
    desk.machine.reject_calls(6)
    desk.show()
    assert desk.subjects("Calendar") == ["Jour fixe"]
    assert desk.waited_s > 1


def test_a_dialog_that_stays_open_ends_the_cycle_and_nothing_is_lost(desk: Desk) -> None:
    desk.server.create(desk.me, desk.calendar, appointment())
    desk.cycle()
    desk.machine.reject_calls(1_000_000)
    with pytest.raises(Unreachable, match="busy"):
        desk.show()
    desk.machine.reject_calls(0)
    desk.show()
    assert desk.subjects("Calendar") == ["Jour fixe"]


def test_outlook_that_ends_and_comes_again_is_gone_on_with(desk: Desk) -> None:
    for number in range(3):
        desk.server.create(desk.me, desk.calendar, appointment(f"Number {number}"))
    desk.cycle()
    desk.machine.end_in("AppointmentItem.Save", done=True)
    with pytest.raises(Unreachable, match="not running"):
        desk.show()
    with pytest.raises(Unreachable, match="not running"):
        desk.attach()
    desk.machine.start()
    desk.outlook = desk.attach()
    desk.show()
    assert desk.subjects("Calendar") == ["Number 0", "Number 1", "Number 2"]
    assert desk.show().total == 0


def test_an_item_that_outlook_takes_only_in_part_is_there_as_it_was(desk: Desk) -> None:
    stored = desk.server.create(desk.me, desk.calendar, weekly())
    desk.both()
    assert isinstance(stored.item, Appointment)
    daily = Recurrence(rules=(Rule(frequency=Frequency.DAILY, count=5),))
    desk.show()
    desk.edit_there(stored.id, recurrence=daily, title="Daily")
    desk.cycle()
    desk.machine.fail("PropertyAccessor.SetProperty", com_error(ComCode.FAILED, "No."))
    result = desk.show()
    assert [one.subject for one in result.reports] == [Subject.SKIPPED]
    desk.cycle()
    assert desk.subjects("Calendar") == ["Weekly"]
    (item,) = desk.on_server(desk.calendar)
    assert isinstance(item, Appointment)
    assert (item.title, item.recurrence) == ("Daily", daily)


def test_what_outlook_has_half_saved_and_does_not_give_back_is_no_edit_of_anybodys(desk: Desk) -> None:
    stored = desk.server.create(desk.me, desk.calendar, weekly())
    desk.both()
    desk.show()
    assert isinstance(stored.item, Appointment)
    daily = Recurrence(rules=(Rule(frequency=Frequency.DAILY, count=5),))
    desk.edit_there(stored.id, recurrence=daily, title="Daily")
    desk.cycle()
    for _ in range(2):
        desk.machine.fail("PropertyAccessor.SetProperty", com_error(ComCode.FAILED, "No."))
    with pytest.raises(Unreachable):
        desk.show()
    desk.cycle()
    desk.show()
    desk.cycle()
    (item,) = desk.on_server(desk.calendar)
    assert isinstance(item, Appointment)
    assert (item.title, item.recurrence) == ("Daily", daily)
    assert desk.subjects("Calendar") == ["Daily"]
    assert desk.show().total == desk.cycle().total == 0


def test_a_data_file_that_was_taken_out_is_told(desk: Desk) -> None:
    session = desk.machine.session.namespace
    root = next(
        session.Stores.Item(number).GetRootFolder()
        for number in range(1, session.Stores.Count + 1)
        if session.Stores.Item(number).FilePath == DATA_FILE
    )
    session.RemoveStore(root)
    desk.outlook = desk.attach()
    with pytest.raises(Misconfigured, match="not open"):
        desk.show()


def test_one_damaged_item_hinders_no_other(desk: Desk) -> None:
    desk.both()
    made = [desk.user.create(desk.folder_there("Calendar"), Subject=f"Number {number}") for number in range(3)]
    desk.user.record(made[1]).poisoned = True
    desk.show()
    desk.cycle()
    assert {item.title for item in desk.on_server(desk.calendar) if isinstance(item, Appointment)} == {
        "Number 0",
        "Number 2",
    }


def test_there_is_no_outlook_but_on_windows() -> None:
    with pytest.raises(Misconfigured, match="Windows"):
        system_attach()


def test_what_is_new_in_a_folder_that_was_removed_on_the_server_stays(desk: Desk) -> None:
    club = desk.server.add_folder(desk.me, "Club", Module.CALENDAR)
    desk.server.create(desk.me, club, appointment())
    desk.server.create(desk.me, club, weekly())
    desk.both()
    desk.user.create(desk.folder_there("Club"), Subject="New")
    desk.server.delete_folder(club)
    desk.both()
    desk.both()
    (made,) = [one for one in desk.server.folders.values() if one.name == "Club"]
    assert [item.title for item in desk.on_server(made.id) if isinstance(item, Appointment)] == ["New"]
    assert desk.subjects("Club") == ["New"]
    assert desk.show().total == desk.cycle().total == 0


def test_a_folder_that_was_removed_on_the_server_goes_from_outlook(desk: Desk) -> None:
    club = desk.server.add_folder(desk.me, "Club", Module.CALENDAR)
    for number in range(30):
        desk.server.create(desk.me, club, appointment(f"Number {number}"))
    desk.both()
    desk.server.delete_folder(club)
    desk.cycle()
    desk.replica.waiting.confirm([], Decision.DELETE)
    desk.both()
    with pytest.raises(StopIteration):
        desk.folder_there("Club")


def test_of_what_is_heard_only_the_folder_concerned_is_looked_at(desk: Desk) -> None:
    desk.server.add_folder(desk.me, "Club", Module.CALENDAR)
    desk.both()
    desk.show()
    desk.user.create(desk.folder_there("Calendar"), Subject="New")
    desk.user.create(desk.folder_there("Club"), Subject="Not heard of")
    desk.machine.calls.clear()
    assert desk.look("Calendar").came_here
    assert desk.machine.calls["Folder.GetTable"] == 2
    assert desk.machine.calls["NameSpace.GetItemFromID"] == 1 + 1  # it is opened again after it was marked
    desk.cycle()
    assert [item.title for item in desk.on_server(desk.calendar) if isinstance(item, Appointment)] == ["New"]


def test_an_echo_costs_the_reading_of_one_table(desk: Desk) -> None:
    desk.server.create(desk.me, desk.calendar, appointment())
    desk.both()
    desk.show()
    desk.machine.calls.clear()
    assert desk.look("Calendar").total == 0
    assert desk.machine.calls["Folder.GetTable"] == 1
    assert desk.machine.calls["NameSpace.GetItemFromID"] == 0


def test_an_item_that_was_dragged_is_moved_also_if_only_its_new_folder_is_heard_of(desk: Desk) -> None:
    club = desk.server.add_folder(desk.me, "Club", Module.CALENDAR)
    stored = desk.server.create(desk.me, desk.calendar, appointment())
    desk.both()
    desk.show()
    desk.user.drag(desk.entry("Calendar", "Jour fixe"), desk.folder_there("Club"))
    desk.machine.pump()
    desk.look("Club")
    desk.cycle()
    assert [one.id for one in desk.server.items.values() if one.folder == club] == [stored.id]
    assert desk.show().total == desk.cycle().total == 0


def test_when_a_folder_is_not_where_it_was_all_are_looked_at(desk: Desk) -> None:
    desk.server.add_folder(desk.me, "Club", Module.CALENDAR)
    desk.both()
    desk.show()
    club = desk.folder_there("Club")
    ids = list(desk.outlook.addresses)
    desk.user.delete_folder(club)
    club.store.folders[DefaultFolder.DeletedItems].children.remove(club)
    assert desk.outlook.look(ids) is None


BERTA = "berta@example.org"


@pytest.mark.parametrize("is_listening", [True, False], ids=["listening", "not running"])
@pytest.mark.parametrize("send", [True, False], ids=["sent", "saved"])
def test_people_hear_once_of_a_meeting_that_is_made_in_outlook(desk: Desk, *, send: bool, is_listening: bool) -> None:
    desk.both()
    hearing = desk.listen() if is_listening else None
    desk.user.meet(desk.folder_there("Calendar"), BERTA, send=send, Subject="Plans")
    if hearing is not None:
        hearing.finish()
    desk.show()
    desk.cycle()
    (item,) = desk.on_server(desk.calendar)
    assert isinstance(item, Appointment)
    assert [one.mail for one in item.participants] == [BERTA]
    assert len(desk.server.invited_to) + len(desk.machine.sent) == 1
    assert bool(desk.machine.sent) is (send and not is_listening)
    assert desk.show().total == desk.cycle().total == 0


def test_a_copy_of_a_meeting_that_outlook_sent_is_a_meeting_of_its_own(desk: Desk) -> None:
    desk.both()
    entry = desk.user.meet(desk.folder_there("Calendar"), BERTA, send=True, Subject="Plans")
    desk.show()
    desk.cycle()
    (record,) = desk.records_there("Calendar")
    desk.user.paste([record.entry_id], desk.folder_there("Calendar"))
    desk.machine.pump()
    desk.show()
    desk.cycle()
    assert entry
    assert desk.server.invited_to == ["Plans"]
    assert len(desk.on_server(desk.calendar)) == 2


def test_a_meeting_that_is_called_off_in_outlook_is_gone_on_the_server(desk: Desk) -> None:
    desk.both()
    desk.user.meet(desk.folder_there("Calendar"), BERTA, send=False, Subject="Plans")
    desk.show()
    desk.cycle()
    hearing = desk.listen()
    desk.user.call_off(desk.entry("Calendar", "Plans"))
    hearing.finish()
    desk.machine.pump()
    desk.show()
    desk.cycle()
    assert desk.on_server(desk.calendar) == []
    assert desk.machine.sent == []


@pytest.fixture
def invitee(desk: Desk) -> Desk:
    """The same, whose user has the mail address that Outlook sends and receives with."""
    address = desk.machine.profile.user.smtp
    desk.server.users[ME] = msgspec.structs.replace(desk.server.users[ME], email=address, stamp=desk.server.tick())
    desk.context = msgspec.structs.replace(desk.context, mail=address)
    desk.outlook = desk.attach()
    desk.both()
    return desk


def by_mail(desk: Desk, uid: str) -> str:
    """An invitation by mail, of which Outlook has made a copy, in the calendar that is shown. Its id."""
    bruno = Person("Bruno Berg", "bruno@example.org", smtp="bruno@example.org")
    start = datetime(2026, 12, 2, 9, tzinfo=UTC)
    _, entry = receive_invitation(
        desk.machine, Invitation("Planning", start, start + timedelta(hours=1), vcal_uid(uid), bruno)
    )
    record = desk.user.record(entry)
    desk.user.drag(entry, desk.folder_there("Calendar"))
    desk.machine.pump()
    return record.entry_id


def invited(uid: str) -> Appointment:
    """The same meeting as the server has it."""
    start = datetime(2026, 12, 2, 9, tzinfo=UTC)
    return Appointment(
        title="Planning",
        when=Timed(start=start, end=start + timedelta(hours=1), zone="Europe/Berlin"),
        uid=uid,
        organizer=Organizer(mail="bruno@example.org", name="Bruno Berg"),
        participants=(Participant(kind=ParticipantKind.USER, id=ME),),
    )


def answers(desk: Desk) -> list[Answer]:
    """What stands on the server of one's own answers."""
    found = [item for item in desk.on_server(desk.calendar) if isinstance(item, Appointment)]
    return [one.answer for item in found for one in item.participants if one.mail or one.id == ME]


def test_a_copy_of_an_invitation_is_not_taken_before_it_is_answered(invitee: Desk) -> None:
    desk = invitee
    entry = by_mail(desk, "foreign-1")
    assert desk.show().total == 0
    desk.user.respond(entry, MeetingResponse.Accepted)
    desk.show()
    desk.cycle()
    (item,) = desk.on_server(desk.calendar)
    assert isinstance(item, Appointment)
    assert (item.uid, item.organizer and item.organizer.mail) == ("foreign-1", "bruno@example.org")
    assert desk.show().total == desk.cycle().total == 0


@pytest.mark.parametrize("uid", ["foreign-1", "foreign-" + "1" * 300])
def test_a_meeting_that_also_comes_by_mail_is_there_once(invitee: Desk, uid: str) -> None:
    desk = invitee
    by_mail(desk, uid)
    desk.server.create(desk.me, desk.calendar, invited(uid))
    desk.both()
    assert desk.subjects("Calendar") == ["Planning"]
    (record,) = desk.records_there("Calendar")
    desk.user.respond(record.entry_id, MeetingResponse.Accepted)
    desk.show()
    desk.cycle()
    assert desk.subjects("Calendar") == ["Planning"]
    assert len(desk.on_server(desk.calendar)) == 1
    assert Answer.ACCEPTED in answers(desk)
    assert desk.show().total == desk.cycle().total == 0


def test_a_meeting_that_was_answered_by_mail_before_the_server_tells_of_it_is_there_once(invitee: Desk) -> None:
    desk = invitee
    entry = by_mail(desk, "foreign-1")
    desk.user.respond(entry, MeetingResponse.Accepted)
    desk.server.create(desk.me, desk.calendar, invited("foreign-1"))
    desk.both()
    assert desk.subjects("Calendar") == ["Planning"]
    assert len(desk.on_server(desk.calendar)) == 1
    assert Answer.ACCEPTED in answers(desk)
    assert desk.show().total == desk.cycle().total == 0


def test_what_outlook_cannot_take_over_leaves_its_own_copy_as_it_was(invitee: Desk) -> None:
    desk = invitee
    by_mail(desk, "foreign-1")
    desk.server.create(desk.me, desk.calendar, invited("foreign-1"))
    desk.cycle()
    desk.machine.fail("AppointmentItem.Save", com_error(ComCode.FAILED, "No."))
    desk.show()
    assert desk.subjects("Calendar") == ["Planning"]
    desk.both()
    assert desk.subjects("Calendar") == ["Planning"]
