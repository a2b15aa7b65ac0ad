"""What the random walks of :mod:`tests.sync.fire` have found, each told as the story of one person."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from passerelle.model.errors import Unreachable
from passerelle.model.folders import PRIVATE, PUBLIC, Folder, Module
from passerelle.model.items import Appointment, Task
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
