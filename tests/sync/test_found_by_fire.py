"""What the random walks of :mod:`tests.sync.fire` have found, each told as the story of one person."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from passerelle.model.errors import Unreachable
from passerelle.model.folders import PRIVATE, PUBLIC, Folder, Module, Right, Rights
from passerelle.model.items import Appointment, Task
from passerelle.model.participants import Answer
from passerelle.model.principals import PrincipalKind
from passerelle.model.records import ItemRecord
from passerelle.model.recurrence import Recurrence
from tests.sync.fire.edits import START, new, user
from tests.sync.fire.ledger import title_of
from tests.sync.fire.stage import DEVICES, Stage, furnish

ANNA, BEN = 0, 2
ANNA_THERE, BEN_THERE = 3, 4


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("stage") / "furnished"
    furnish(directory)
    return directory


@pytest.fixture
def stage(furnished: Path, tmp_path: Path) -> Iterator[Stage]:
    stage = Stage(furnished, tmp_path / "stage", http=False)
    yield stage
    stage.close()


def folder(stage: Stage, place: int, name: str, module: Module = Module.CALENDAR, owner: int | None = None) -> Folder:
    """A folder as somebody sees it; one's own unless told otherwise."""
    wanted = (name, module, stage.user_of(place) if owner is None else owner)
    return next(one for one in stage.folders(place) if (one.name, one.module, one.owner) == wanted)


def item(stage: Stage, place: int, inside: Folder, title: str) -> ItemRecord:
    """The item of that title, no change exception."""
    return next(one for one in stage.records(place, inside) if title_of(one.item) == title and one.master is None)


def let_in(stage: Stage, place: int, inside: Folder, rights: Rights) -> None:
    """The owner of a folder gives the other user rights in it."""
    session = stage.session(place)
    other = next(one for one in stage.users if one != session.user_id)
    kept = tuple(one for one in inside.rights if one.principal != other)
    session.update_folder(inside.id, rights=(*kept, Right(kind=PrincipalKind.USER, principal=other, rights=rights)))


def come_to_rest(stage: Stage) -> None:
    """All devices synchronise until nothing is left; then everybody sees what the server shows them."""
    for _ in range(8):
        if not sum(stage.devices[number].cycle().total for number in DEVICES):
            break
    for number in DEVICES:
        assert stage.describe(number) == stage.describe(BEN_THERE if number == BEN else ANNA_THERE)
    assert stage.unsound() == []


def test_a_folder_that_the_server_refuses_goes_when_it_is_discarded_and_what_is_in_it_stays(stage: Stage) -> None:
    stage.session(BEN_THERE).create_folder(PUBLIC, "Projects", module=Module.CALENDAR)
    mine = stage.session(ANNA).create_folder(PUBLIC, "Projects", module=Module.CALENDAR)
    stage.session(ANNA).create(mine.id, new(Module.CALENDAR, 2, "Plan", ()), ignore_conflicts=True)
    stage.devices[ANNA].cycle()
    (skipped,) = (one for one in stage.devices[ANNA].replica.skipped() if one.item is None)
    stage.devices[ANNA].replica.discard(skipped.id)
    come_to_rest(stage)
    calendar = folder(stage, ANNA_THERE, "Calendar")
    assert item(stage, ANNA_THERE, calendar, "Plan").master is None


def test_a_folder_made_below_one_that_is_refused_is_sent_once_that_has_a_place(stage: Stage) -> None:
    there = stage.session(BEN_THERE).create_folder(PUBLIC, "Projects", module=Module.CALENDAR)
    session = stage.session(ANNA)
    mine = session.create_folder(PUBLIC, "Projects", module=Module.CALENDAR)
    session.create_folder(mine.id, "Bridges", module=Module.CALENDAR)
    stage.devices[ANNA].cycle()
    stage.session(BEN_THERE).delete_folder(there.id)
    stage.devices[ANNA].clock.jump(2 * 24 * 3600)
    come_to_rest(stage)
    assert folder(stage, ANNA_THERE, "Bridges").parent == folder(stage, ANNA_THERE, "Projects").id


def test_an_appointment_in_a_colleague_s_team_calendar_stays_there_when_its_author_is_invited(stage: Stage) -> None:
    anna, ben = stage.users
    team = folder(stage, BEN, f"Team of {anna}", owner=anna)
    stage.session(BEN).create(team.id, new(Module.CALENDAR, 2, "Review", (user(anna),)), ignore_conflicts=True)
    come_to_rest(stage)
    there = folder(stage, ANNA_THERE, f"Team of {anna}")
    review = item(stage, ANNA_THERE, there, "Review")
    people = (user(anna), user(ben))
    stage.session(ANNA_THERE).update(review.id, there.id, lambda _: {"participants": people}, ignore_conflicts=True)
    come_to_rest(stage)
    assert item(stage, BEN, folder(stage, BEN, "Calendar"), "Review").id
    assert item(stage, BEN, team, "Review").id


def test_an_own_appointment_moved_to_a_colleague_s_calendar_moves_on_the_server_too(stage: Stage) -> None:
    anna, ben = stage.users
    mine, team = folder(stage, ANNA, "Calendar"), folder(stage, ANNA, f"Team of {ben}", owner=ben)
    moved_title = f"calendar 2 of {anna}"
    moved = item(stage, ANNA, mine, moved_title)
    stage.session(ANNA).update(moved.id, mine.id, lambda _: {}, destination=team.id, ignore_conflicts=True)
    come_to_rest(stage)
    assert item(stage, BEN_THERE, folder(stage, BEN_THERE, f"Team of {ben}"), moved_title).master is None


def test_an_edit_of_a_delegated_task_is_not_forgotten_when_its_folder_is_shared_meanwhile(stage: Stage) -> None:
    anna, _ben = stage.users
    tasks = folder(stage, BEN, "Tasks", Module.TASKS)
    title = f"task 1 of {anna}"
    task = item(stage, BEN, tasks, title)
    stage.session(BEN).update(task.id, tasks.id, lambda _: {"note": "half done"}, module=Module.TASKS)
    shared = folder(stage, ANNA_THERE, "Tasks", Module.TASKS)
    team = folder(stage, ANNA_THERE, f"Team of {anna}")
    stage.session(ANNA_THERE).update_folder(shared.id, rights=team.rights)
    come_to_rest(stage)
    found = item(stage, ANNA_THERE, shared, title).item
    assert isinstance(found, Task)
    assert found.note == "half done"


def test_a_changed_occurrence_stays_in_the_own_calendar_when_the_organiser_s_is_shared(stage: Stage) -> None:
    ben = stage.users[1]
    title = f"calendar 1 of {ben}"
    mine = folder(stage, ANNA, "Calendar")
    series = item(stage, ANNA, mine, title)
    assert isinstance(series.item, Appointment)
    assert isinstance(series.item.recurrence, Recurrence)
    change = {"note": "in the other room"}
    stage.session(ANNA).change_occurrence(series.id, mine.id, START.date(), lambda _: change, ignore_conflicts=True)
    come_to_rest(stage)
    theirs = folder(stage, BEN_THERE, "Calendar")
    stage.session(BEN_THERE).update_folder(theirs.id, rights=folder(stage, BEN_THERE, f"Team of {ben}").rights)
    come_to_rest(stage)
    shown = [stage.records(ANNA, one) for one in (mine, folder(stage, ANNA, "Calendar", owner=ben))]
    assert [len([one for one in records if one.master == series.id]) for records in shown] == [1, 1]


def test_a_full_disk_is_told_and_nothing_is_lost_by_it(stage: Stage) -> None:
    inside = folder(stage, ANNA_THERE, "Contacts", Module.CONTACTS)
    for number in range(60):
        stage.session(ANNA_THERE).create(inside.id, new(Module.CONTACTS, 2, f"Person {number}", ()))
    device = stage.devices[ANNA]
    device.mortal.fill(0)
    with pytest.raises(Unreachable, match="no room left"):
        device.cycle()
    device.restart()
    come_to_rest(stage)
    assert len(stage.records(ANNA, folder(stage, ANNA, "Contacts", Module.CONTACTS))) >= 60


def test_a_folder_made_below_one_that_is_gone_meanwhile_is_kept(stage: Stage) -> None:
    above = stage.session(ANNA_THERE).create_folder(PRIVATE, "Projects", module=Module.CALENDAR)
    come_to_rest(stage)
    here = folder(stage, ANNA, "Projects")
    stage.session(ANNA).create_folder(here.id, "Bridges", module=Module.CALENDAR)
    stage.session(ANNA_THERE).delete_folder(above.id)
    come_to_rest(stage)
    assert folder(stage, ANNA_THERE, "Bridges").parent == PRIVATE


def test_a_colleague_who_may_read_the_own_items_only_from_now_on_is_not_told_of_a_replaced_server(stage: Stage) -> None:
    ben = stage.users[1]
    let_in(stage, BEN_THERE, folder(stage, BEN_THERE, f"Team of {ben}"), Rights(folder=4, read=2, write=2, delete=2))
    come_to_rest(stage)
    come_to_rest(stage)
    assert stage.records(ANNA, folder(stage, ANNA, f"Team of {ben}", owner=ben)) == []


def test_a_contact_that_two_people_move_ends_in_one_folder_on_all_sides(stage: Stage) -> None:
    anna, ben = stage.users
    name, contacts = f"contact of team {ben}", Module.CONTACTS
    let_in(
        stage, ANNA_THERE, folder(stage, ANNA_THERE, "Contacts", contacts), Rights(folder=4, read=4, write=4, delete=4)
    )
    for place, into in ((BEN, f"Team of {anna}"), (ANNA_THERE, "Contacts")):
        inside = folder(stage, place, f"Team of {ben}", contacts, owner=ben)
        goal = (
            folder(stage, place, into, contacts, owner=anna) if place == BEN else folder(stage, place, into, contacts)
        )
        moved = item(stage, place, inside, name)
        stage.session(place).update(moved.id, inside.id, lambda _: {}, module=contacts, destination=goal.id)
    come_to_rest(stage)
    found = [one for one in stage.folders(ANNA) if any(title_of(r.item) == name for r in stage.records(ANNA, one))]
    assert len(found) == 1


def test_a_contact_that_two_devices_move_ends_in_one_folder_on_both(stage: Stage) -> None:
    anna, ben = stage.users
    name, contacts, second = f"contact of team {ben}", Module.CONTACTS, 1
    for place, into in ((ANNA, f"Team of {anna}"), (second, "Contacts")):
        inside, goal = folder(stage, place, f"Team of {ben}", contacts, ben), folder(stage, place, into, contacts, anna)
        moved = item(stage, place, inside, name)
        stage.session(place).update(moved.id, inside.id, lambda _: {}, module=contacts, destination=goal.id)
    come_to_rest(stage)


def test_an_occurrence_changed_before_the_organiser_s_calendar_was_shared_is_sent_through_that(stage: Stage) -> None:
    anna = stage.users[0]
    title, mine = f"calendar 1 of {anna}", folder(stage, BEN, "Calendar")
    series = item(stage, BEN, mine, title)
    change = {"note": "in the other room"}
    stage.session(BEN).change_occurrence(series.id, mine.id, START.date(), lambda _: change, ignore_conflicts=True)
    theirs = folder(stage, ANNA_THERE, "Calendar")
    let_in(stage, ANNA_THERE, theirs, Rights(folder=8, read=4, write=4, delete=4))
    come_to_rest(stage)
    changed = [one.item for one in stage.records(ANNA_THERE, theirs) if one.master is not None]
    assert [one.note for one in changed] == ["in the other room"]


def test_what_somebody_who_was_taken_out_had_changed_becomes_an_entry_of_their_own(stage: Stage) -> None:
    anna = stage.users[0]
    title, mine = f"task 1 of {anna}", folder(stage, BEN, "Tasks", Module.TASKS)
    theirs = folder(stage, ANNA_THERE, "Tasks", Module.TASKS)
    task = item(stage, ANNA_THERE, theirs, title)
    alone = {"participants": (user(anna),)}
    stage.session(ANNA_THERE).update(task.id, theirs.id, lambda _: alone, module=Module.TASKS)
    here = item(stage, BEN, mine, title)
    stage.session(BEN).update(here.id, mine.id, lambda _: {"note": "half done"}, module=Module.TASKS)
    come_to_rest(stage)
    kept = item(stage, BEN_THERE, folder(stage, BEN_THERE, "Tasks", Module.TASKS), title).item
    assert isinstance(kept, Task)
    assert (kept.note, kept.participants) == ("half done", ())
    assert len([one for one in stage.records(ANNA_THERE, theirs) if title_of(one.item) == title]) == 1


def test_an_answer_to_a_meeting_that_was_called_off_does_not_bring_it_back(stage: Stage) -> None:
    anna = stage.users[0]
    title, mine, theirs = f"calendar 2 of {anna}", folder(stage, BEN, "Calendar"), folder(stage, ANNA_THERE, "Calendar")
    stage.session(ANNA_THERE).delete(item(stage, ANNA_THERE, theirs, title).id, theirs.id)
    stage.session(BEN).confirm(item(stage, BEN, mine, title).id, Answer.ACCEPTED, "gladly")
    come_to_rest(stage)
    assert all(title_of(one.item) != title for one in stage.records(BEN, mine))


def test_what_is_made_anew_where_only_the_own_items_may_be_read_shows_on_all_sides(stage: Stage) -> None:
    ben, contacts = stage.users[1], Module.CONTACTS
    title, there = f"contact of team {ben}", folder(stage, BEN_THERE, f"Team of {ben}", contacts)
    inside = folder(stage, ANNA, f"Team of {ben}", contacts, owner=ben)
    let_in(stage, BEN_THERE, there, Rights(folder=4, read=2, write=2, delete=2))
    edited = item(stage, ANNA, inside, title)
    stage.session(ANNA).update(edited.id, inside.id, lambda _: {"note": "called back"}, module=contacts)
    come_to_rest(stage)
    assert [one.item.note for one in stage.records(ANNA, inside)] == ["called back"]


def test_who_made_an_item_anew_is_its_maker_on_all_sides(stage: Stage) -> None:
    anna, ben = stage.users
    title, team = f"calendar of team {ben}", folder(stage, BEN, f"Team of {ben}")
    let_in(stage, ANNA_THERE, folder(stage, ANNA_THERE, "Calendar"), Rights(folder=4, read=2, write=2, delete=2))
    come_to_rest(stage)
    series = item(stage, BEN, team, title)
    inside = folder(stage, ANNA, f"Team of {ben}", owner=ben)
    stage.session(ANNA).delete_occurrence(item(stage, ANNA, inside, title).id, inside.id, START.date())
    stage.session(BEN).update(series.id, team.id, lambda _: {"participants": (user(anna), user(ben))})
    there = folder(stage, BEN_THERE, f"Team of {ben}")
    stage.session(BEN_THERE).delete(item(stage, BEN_THERE, there, title).id, there.id)
    come_to_rest(stage)
    assert item(stage, BEN, team, title).created_by == item(stage, BEN_THERE, there, title).created_by == anna


def test_an_item_moved_into_a_folder_that_is_gone_meanwhile_goes_back_to_where_it_was(stage: Stage) -> None:
    anna, ben, contacts = *stage.users, Module.CONTACTS
    mine, goal = folder(stage, BEN, "Contacts", contacts), folder(stage, BEN, f"Team of {anna}", contacts, owner=anna)
    title = f"contact 1 of {ben}"
    moved = item(stage, BEN, mine, title)
    stage.session(BEN).update(moved.id, mine.id, lambda _: {}, module=contacts, destination=goal.id)
    stage.session(ANNA_THERE).delete_folder(folder(stage, ANNA_THERE, f"Team of {anna}", contacts).id)
    come_to_rest(stage)
    assert item(stage, BEN_THERE, folder(stage, BEN_THERE, "Contacts", contacts), title).master is None


def test_an_occurrence_changed_elsewhere_wins_over_the_deletion_of_its_series_here(stage: Stage) -> None:
    ben = stage.users[1]
    title, name = f"calendar of team {ben}", f"Team of {ben}"
    here, there = folder(stage, ANNA, name, owner=ben), folder(stage, BEN_THERE, name)
    stage.session(ANNA).delete(item(stage, ANNA, here, title).id, here.id)
    series, change = item(stage, BEN_THERE, there, title), {"note": "in the other room"}
    session = stage.session(BEN_THERE)
    session.change_occurrence(series.id, there.id, START.date(), lambda _: change, ignore_conflicts=True)
    come_to_rest(stage)
    assert [one.item.note for one in stage.records(ANNA, here)] == [None, "in the other room"]


def test_what_is_deleted_after_a_clock_was_set_back_and_a_folder_renamed_goes_everywhere(stage: Stage) -> None:
    ben, contacts = stage.users[1], Module.CONTACTS
    title, there = f"contact of team {ben}", folder(stage, BEN_THERE, f"Team of {ben}", contacts)
    stage.clock.jump(-50 * 3600)
    stage.session(BEN_THERE).update_folder(there.id, name="Friends")
    stage.devices[ANNA].cycle()
    stage.session(BEN_THERE).delete(item(stage, BEN_THERE, there, title).id, there.id, module=contacts)
    come_to_rest(stage)
    assert stage.records(ANNA, folder(stage, ANNA, "Friends", contacts, owner=ben)) == []


def test_a_participant_who_takes_one_occurrence_out_of_the_own_calendar_is_rid_of_it_everywhere(stage: Stage) -> None:
    ben = stage.users[1]
    title, theirs = f"calendar 1 of {ben}", folder(stage, BEN_THERE, "Calendar")
    let_in(stage, BEN_THERE, theirs, Rights(folder=8, read=4, write=4, delete=4))
    series, change = item(stage, BEN_THERE, theirs, title), {"note": "in the other room"}
    session = stage.session(BEN_THERE)
    session.change_occurrence(series.id, theirs.id, START.date(), lambda _: change, ignore_conflicts=True)
    come_to_rest(stage)
    mine = folder(stage, ANNA, "Calendar")
    (changed,) = (one for one in stage.records(ANNA, mine) if one.master is not None)
    stage.session(ANNA).delete(changed.id, mine.id)
    come_to_rest(stage)
    assert all(one.master is None for one in stage.records(ANNA_THERE, folder(stage, ANNA_THERE, "Calendar")))
