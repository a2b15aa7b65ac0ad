"""What a user gets from cycles: changes of either side arrive on the other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import msgspec
import pytest

from passerelle.model.errors import NotFound, Unreachable
from passerelle.model.folders import Module, Rights
from passerelle.model.ids import FolderId, UserId
from passerelle.model.items import Appointment, Contact, DistributionList, Member
from passerelle.model.participants import Answer, Participant, ParticipantKind
from passerelle.peers.base import Place, Write, WriteResult
from passerelle.sync.policy import Policy, Winner
from passerelle.sync.report import Subject
from tests.sync.faults import FaultyPeer
from tests.sync.invariants import quiet
from tests.sync.memory_server import FORBIDDEN_WORD
from tests.sync.world import ME, START, World, appointment, weekly


def test_a_first_cycle_brings_everything(world: World) -> None:
    for number in range(30):
        world.server.create(world.me, world.calendar, appointment(f"number {number}"))
    world.server.create(world.me, world.contacts, Contact(last_name="Meyer"))
    world.cycle()
    assert len(world.records()) == 30
    assert world.record("Contact").item == Contact(last_name="Meyer")
    world.check()


def test_changes_there_arrive_here(world: World) -> None:
    stored = world.server.create(world.me, world.calendar, appointment())
    world.cycle()
    world.edit_there(stored.id, title="New title")
    world.cycle()
    assert world.record().item.title == "New title"  # type: ignore[union-attr]
    world.server.delete(world.me, stored.id)
    world.cycle()
    assert world.records() == []
    world.check()


def test_changes_here_arrive_there(world: World) -> None:
    world.cycle()
    record = world.replica.session().create(world.folder().id, appointment(note_html="<b>x</b>"))
    world.cycle()
    (stored,) = world.server.in_folder(world.calendar)
    assert stored.item.title == "Jour fixe"  # type: ignore[union-attr]
    world.edit(record, title="New title")
    world.cycle()
    (stored,) = world.server.in_folder(world.calendar)
    assert stored.item.title == "New title"  # type: ignore[union-attr]
    assert world.record().item.note_html == "<b>x</b>"
    world.replica.session().delete(record.id, record.folder)
    world.cycle()
    assert world.server.in_folder(world.calendar) == []
    world.check()


def test_different_fields_changed_on_both_sides_are_both_kept(world: World) -> None:
    stored = world.server.create(world.me, world.calendar, appointment())
    world.cycle()
    world.edit(world.record(), location="Room 1")
    world.edit_there(stored.id, title="New title")
    world.cycle()
    item = world.record().item
    assert isinstance(item, Appointment)
    assert (item.title, item.location) == ("New title", "Room 1")
    assert world.server.items[stored.id].item.location == "Room 1"  # type: ignore[union-attr]
    world.check()


@pytest.mark.parametrize(("winner", "title"), [(Winner.SERVER, "Theirs"), (Winner.MINE, "Mine")])
def test_the_same_field_changed_on_both_sides_goes_by_the_policy(world: World, winner: Winner, title: str) -> None:
    world.replica.policy = Policy(winner=winner)
    stored = world.server.create(world.me, world.calendar, appointment())
    world.cycle()
    world.edit(world.record(), title="Mine")
    world.edit_there(stored.id, title="Theirs")
    result = world.replica.cycle(world.peer)
    assert [one.subject for one in result.reports] == [Subject.CONFLICT]
    assert world.record().item.title == title  # type: ignore[union-attr]
    assert world.server.items[stored.id].item.title == title  # type: ignore[union-attr]
    world.check()


def test_an_edit_here_wins_over_a_deletion_there(world: World) -> None:
    stored = world.server.create(world.me, world.calendar, appointment())
    world.cycle()
    world.edit(world.record(), title="Mine")
    world.server.delete(world.me, stored.id)
    result = world.replica.cycle(world.peer)
    assert [one.subject for one in result.reports] == [Subject.EDIT_WON]
    (again,) = world.server.in_folder(world.calendar)
    assert again.item.title == "Mine"  # type: ignore[union-attr]
    world.check()


def test_an_edit_there_wins_over_a_deletion_here(world: World) -> None:
    stored = world.server.create(world.me, world.calendar, appointment())
    world.cycle()
    world.replica.session().delete(world.record().id)
    world.edit_there(stored.id, title="Theirs")
    result = world.replica.cycle(world.peer)
    assert [one.subject for one in result.reports] == [Subject.EDIT_WON]
    assert world.record().item.title == "Theirs"  # type: ignore[union-attr]
    world.check()


def test_a_lost_answer_does_not_make_an_item_twice(world: World) -> None:
    world.cycle()
    for number in range(3):
        world.replica.session().create(world.folder().id, appointment(f"number {number}"), ignore_conflicts=True)
    steps = 0
    while True:  # fail at every step in turn
        try:
            world.replica.cycle(FaultyPeer(world.peer, steps, after=True))
        except Unreachable:
            steps += 1
        else:
            break
    assert steps > 2
    assert len(world.server.in_folder(world.calendar)) == 3
    world.check()


def test_a_contact_without_uid_is_found_again_by_its_content(world: World) -> None:
    world.cycle()
    folder = world.folder("Contact")
    with world.replica.store.writing(ME, "test") as tx:
        tx.items.add(folder.id, Contact(last_name="Roth", email1="roth@example.org"))
    with pytest.raises(Unreachable):
        world.replica.cycle(LosesAnswersToWrites(world.peer, -1, after=True))
    world.cycle()
    assert len(world.server.in_folder(world.contacts)) == 1
    world.check()


class LosesAnswersToWrites(FaultyPeer):
    """Every write happens, and no answer to one arrives."""

    def write(self, place: Place, batch: Sequence[Write]) -> Sequence[WriteResult]:
        self.peer.write(place, batch)
        raise Unreachable("The answer was lost.")


def test_a_refused_change_is_set_aside_and_blocks_no_other(world: World) -> None:
    world.cycle()
    session = world.replica.session()
    bad = session.create(world.folder().id, appointment(FORBIDDEN_WORD), ignore_conflicts=True)
    session.create(world.folder().id, appointment("good"), ignore_conflicts=True)
    result = world.replica.cycle(world.peer)
    assert [one.item.title for one in world.server.in_folder(world.calendar)] == ["good"]  # type: ignore[union-attr]
    assert [one.subject for one in result.reports] == [Subject.SKIPPED]
    (skipped,) = world.replica.waiting.skipped()
    assert (skipped.item, skipped.code, skipped.title) == (bad.id, "APP-0071", FORBIDDEN_WORD)
    assert world.replica.cycle(world.peer).reports == ()
    world.edit(bad, title="better")
    world.cycle()
    assert world.replica.waiting.skipped() == ()
    world.check()


def test_a_refused_change_that_gives_way_to_one_there_is_not_told_of_any_more(world: World) -> None:
    stored = world.server.create(world.me, world.calendar, appointment())
    world.cycle()
    world.edit(world.record(), title=FORBIDDEN_WORD)
    world.cycle()
    assert [one.title for one in world.replica.waiting.skipped()] == [FORBIDDEN_WORD]
    world.edit_there(stored.id, title="Another")
    world.cycle()
    assert world.record().item.title == "Another"  # type: ignore[union-attr]
    assert world.replica.waiting.skipped() == ()
    world.check()


def test_a_discarded_change_gives_the_servers_item_back(world: World) -> None:
    world.server.create(world.me, world.calendar, appointment())
    world.cycle()
    world.edit(world.record(), title=FORBIDDEN_WORD)
    world.cycle()
    (skipped,) = world.replica.waiting.skipped()
    world.replica.waiting.discard(skipped.id)
    world.cycle()
    assert world.record().item.title == "Jour fixe"  # type: ignore[union-attr]
    world.check()


def test_a_series_with_a_changed_occurrence_arrives(world: World) -> None:
    series = world.server.create(world.me, world.calendar, weekly())
    day = (START + timedelta(weeks=2)).date()
    world.server.change_occurrence(world.me, series.id, day, appointment("Moved", uid=series.item.uid))
    world.cycle()
    master = next(one for one in world.records() if one.master is None)
    exception = next(one for one in world.records() if one.master is not None)
    assert exception.master == master.id
    assert master.changed == (START + timedelta(weeks=2),)
    world.check()


def test_a_changed_occurrence_is_sent_with_its_series(world: World) -> None:
    world.cycle()
    session = world.replica.session()
    master = session.create(world.folder().id, weekly())
    session.change_occurrence(
        master.id,
        master.folder,
        (START + timedelta(weeks=1)).date(),
        lambda _: {"title": "Moved"},
        ignore_conflicts=True,
    )
    session.delete_occurrence(master.id, master.folder, (START + timedelta(weeks=3)).date())
    world.cycle()
    stored = world.server.in_folder(world.calendar)
    assert {one.item.title for one in stored} == {"Moved", "Weekly"}  # type: ignore[union-attr]
    quiet({world.replica: world.peer})
    world.check()


def test_a_deleted_exception_is_a_deleted_occurrence_on_both_sides(world: World) -> None:
    series = world.server.create(world.me, world.calendar, weekly())
    day = (START + timedelta(weeks=2)).date()
    world.server.change_occurrence(world.me, series.id, day, appointment("Moved", uid=series.item.uid))
    world.cycle()
    exception = next(one for one in world.records() if one.master is not None)
    world.replica.session().delete(exception.id)
    quiet({world.replica: world.peer})
    (only,) = world.server.in_folder(world.calendar)
    assert isinstance(only.item, Appointment)
    assert only.item.recurrence is not None
    assert only.item.recurrence.deleted == (START + timedelta(weeks=2),)
    world.check()


def test_a_move_there_keeps_the_item_and_its_unsent_change(world: World) -> None:
    other = world.server.add_folder(world.me, "Other", Module.CALENDAR)
    stored = world.server.create(world.me, world.calendar, appointment())
    world.cycle()
    before = world.record()
    world.edit(before, location="Room 1")
    world.server.move(world.me, stored.id, other)
    world.cycle()
    after = world.record("Other")
    assert after.id == before.id
    assert world.server.items[stored.id].item.location == "Room 1"  # type: ignore[union-attr]
    assert world.server.items[stored.id].folder == other
    world.check()


def test_a_move_here_moves_it_there(world: World) -> None:
    other = world.server.add_folder(world.me, "Other", Module.CALENDAR)
    stored = world.server.create(world.me, world.calendar, appointment())
    world.cycle()
    record = world.record()
    world.replica.session().update(
        record.id,
        record.folder,
        lambda _: {"title": "Moved"},
        destination=world.folder("Other").id,
        ignore_conflicts=True,
    )
    quiet({world.replica: world.peer})
    assert world.server.items[stored.id].folder == other
    assert world.server.items[stored.id].item.title == "Moved"  # type: ignore[union-attr]
    world.check()


def test_folders_made_here_are_made_there_with_what_is_in_them(world: World) -> None:
    world.cycle()
    session = world.replica.session()
    outer = session.create_folder(FolderId(1), "Projects", module=Module.CALENDAR)
    inner = session.create_folder(outer.id, "Bridge", module=Module.CALENDAR)
    session.create(inner.id, appointment())
    quiet({world.replica: world.peer})
    world.check()
    session.update_folder(inner.id, name="Footbridge")
    quiet({world.replica: world.peer})
    assert "Footbridge" in {one.name for one in world.server.folders.values()}
    session.delete_folder(inner.id)
    quiet({world.replica: world.peer})
    assert "Footbridge" not in {one.name for one in world.server.folders.values()}
    world.check()


def test_folders_made_renamed_and_removed_there_follow_here(world: World) -> None:
    made = world.server.add_folder(world.me, "Projects", Module.CALENDAR)
    world.server.create(world.me, made, appointment())
    world.cycle()
    assert len(world.records("Projects")) == 1
    world.server.rename_folder(made, "Plans")
    world.cycle()
    assert len(world.records("Plans")) == 1
    world.server.delete_folder(made)
    world.cycle()
    with pytest.raises(StopIteration):
        world.folder("Plans")
    world.check()


def test_a_lost_answer_does_not_make_a_folder_twice(world: World) -> None:
    world.cycle()
    world.replica.session().create_folder(FolderId(1), "Projects", module=Module.CALENDAR)
    for step in range(4):
        try:
            world.replica.cycle(FaultyPeer(world.peer, step, after=True))
        except Unreachable:
            continue
    quiet({world.replica: world.peer})
    assert [one.name for one in world.server.folders.values() if one.name == "Projects"] == ["Projects"]
    world.check()


def test_a_folder_that_vanishes_gives_unsent_changes_back(world: World) -> None:
    made = world.server.add_folder(world.me, "Projects", Module.CALENDAR)
    world.server.create(world.me, made, appointment())
    world.cycle()
    world.edit(world.record("Projects"), title="Precious")
    world.server.delete_folder(made)
    result = world.replica.cycle(world.peer)
    assert [one.subject for one in result.reports] == [Subject.RESCUED]
    assert [one.item.title for one in world.server.in_folder(world.calendar)] == ["Precious"]  # type: ignore[union-attr]
    world.check()


def test_a_shared_folder_comes_with_its_rights_and_goes_when_they_are_withdrawn(world: World) -> None:
    theirs = world.server.default_folder(world.other, Module.CALENDAR)
    world.server.folders[theirs].name = "Berta"
    world.server.create(world.other, theirs, appointment("Berta's"))
    world.cycle()
    world.server.share(theirs, world.me, Rights(folder=2, read=4))
    world.cycle()
    record = world.record("Berta")
    with pytest.raises(Exception, match="may not"):
        world.edit(record, title="Mine")
    world.server.share(theirs, world.me, Rights(folder=2))
    world.cycle()
    assert world.records("Berta") == []
    world.server.share(theirs, world.me, Rights())
    world.cycle()
    with pytest.raises(StopIteration):
        world.folder("Berta")


def test_items_that_become_readable_arrive_though_nobody_touched_them(world: World) -> None:
    theirs = world.server.default_folder(world.other, Module.CALENDAR)
    world.server.folders[theirs].name = "Berta"
    world.server.share(theirs, world.me, Rights(folder=4, read=2))
    world.server.create(world.other, theirs, appointment("Berta's"))
    world.cycle()
    assert world.records("Berta") == []
    world.server.share(theirs, world.me, Rights(folder=4, read=4))
    world.cycle()
    assert len(world.records("Berta")) == 1
    world.server.share(theirs, world.me, Rights(folder=4, read=2))
    world.cycle()
    assert world.records("Berta") == []


def test_an_answer_to_an_invitation_needs_no_right_to_write(world: World) -> None:
    theirs = world.server.default_folder(world.other, Module.CALENDAR)
    world.server.folders[theirs].name = "Berta"
    world.server.share(theirs, world.me, Rights(folder=2, read=4))
    invited = tuple(Participant(kind=ParticipantKind.USER, id=id_) for id_ in (ME, 4))
    stored = world.server.create(world.other, theirs, appointment(participants=invited))
    world.cycle()
    record = world.record("Berta")
    with world.replica.store.writing(ME, "test") as tx:
        answered = (msgspec.structs.replace(invited[0], answer=Answer.ACCEPTED, message="yes"), invited[1])
        tx.items.replace(record.id, msgspec.structs.replace(record.item, participants=answered))
    world.cycle()
    item = world.server.items[stored.id].item
    assert isinstance(item, Appointment)
    assert item.participants[0].answer is Answer.ACCEPTED


def test_members_of_a_list_are_the_contacts_here(world: World) -> None:
    meyer = world.server.create(world.me, world.contacts, Contact(last_name="Meyer", email1="m@example.org"))
    member = Member(mail="m@example.org", contact=meyer.id, folder=world.contacts, email_field=1)
    world.server.create(world.me, world.contacts, DistributionList(display_name="Team", members=(member,)))
    world.edit_there(meyer.id, company="Bridges")  # so that the list comes first
    world.cycle()
    team = next(one for one in world.records("Contact") if isinstance(one.item, DistributionList))
    contact = next(one for one in world.records("Contact") if not isinstance(one.item, DistributionList))
    assert isinstance(team.item, DistributionList)
    assert (team.item.members[0].contact, team.item.members[0].folder) == (contact.id, contact.folder)
    world.edit(team, display_name="The team")
    world.cycle()
    stored = next(one.item for one in world.server.items.values() if isinstance(one.item, DistributionList))
    assert stored.members == (member,)
    assert stored.display_name == "The team"


def test_large_batches_are_halved_and_the_limit_is_remembered(world: World) -> None:
    world.server.largest_batch = 7
    world.cycle()
    for number in range(40):
        world.replica.session().create(world.folder().id, appointment(f"number {number}"), ignore_conflicts=True)
    world.cycle()
    assert len(world.server.in_folder(world.calendar)) == 40
    world.check()


def test_a_lost_page_of_the_first_synchronisation_is_fetched_again(world: World) -> None:
    for number in range(20):
        world.server.create(world.me, world.calendar, appointment(f"number {number}"))
    with pytest.raises(Unreachable):
        world.replica.cycle(FaultyPeer(world.peer, 12, after=False))
    world.cycle()
    world.check()


def test_the_journal_names_the_engine_for_what_came_from_the_server(world: World) -> None:
    stored = world.server.create(world.me, world.calendar, appointment())
    world.cycle()
    assert world.replica.status().folders
    assert all(folder.unsent == 0 for folder in world.replica.status().folders)
    with pytest.raises(NotFound):
        world.replica.waiting.retry(stored.id)


def test_users_are_known_under_their_ids(world: World) -> None:
    world.cycle()
    with world.replica.store.reading() as tx:
        assert tx.principals.user(UserId(4)) is not None


def test_a_meeting_shows_in_the_own_calendar_no_longer_if_the_server_does_not_show_it_there(world: World) -> None:
    theirs = world.server.default_folder(world.other, Module.CALENDAR)
    world.server.folders[theirs].name = "Berta"
    world.server.share(theirs, world.me, Rights(folder=4, read=4, write=4, delete=4))
    world.cycle()
    people = tuple(Participant(kind=ParticipantKind.USER, id=one) for one in (world.other, world.me))
    meeting = appointment(participants=people)
    world.replica.session().create(world.folder("Berta").id, meeting, ignore_conflicts=True)
    assert len(world.records()) == 1
    world.cycle()
    world.cycle()
    assert (len(world.records("Berta")), world.records()) == (1, [])
    world.check()
