"""Server, replica and Outlook: what is done in one place is in the others, once, and nobody's work is lost."""

from __future__ import annotations

import msgspec
import pytest

from passerelle.model.folders import Module, Rights
from passerelle.model.items import Appointment, Contact
from passerelle.model.moments import Timed
from passerelle.peers.outlook.constants import DefaultFolder, ItemType
from passerelle.peers.outlook.peer import NAME
from passerelle.sync.deletions.held import Decision
from tests.sync.outlook_desk import DATA_FILE, Desk
from tests.sync.world import appointment, weekly

READER = Rights(folder=2, read=4)


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
