"""Folders, and items moved between them, with the real server: what is done on one side is seen on the other."""

from __future__ import annotations

import pytest

from passerelle.groupware.session import Session
from passerelle.model.folders import PRIVATE, Folder, Module, Right, Rights
from passerelle.model.ids import FolderId, ItemId
from passerelle.model.items import Appointment, Task
from passerelle.model.principals import PrincipalKind
from passerelle.sync.report import Subject
from tests.sync.devices import WHEN, settle
from tests.sync.real_server import Device, RealServer, default_folder, records

READING = Rights(folder=2, read=4)


@pytest.fixture
def device(server: RealServer) -> Device:
    made = server.device("anton")
    made.cycle()
    return made


def tree(session: Session) -> dict[str, str]:
    """The own folders of tasks by name, each with the name of the one that it is in."""
    found = {view.folder.id: view.folder for view in session.folders().changed}
    mine = [one for one in found.values() if one.owner == session.user_id and one.module is Module.TASKS]
    return {one.name: found[one.parent].name if one.parent in found else "" for one in mine}


def named(session: Session, name: str) -> Folder:
    return next(view.folder for view in session.folders().changed if view.folder.name == name)


def titles(session: Session, folder: Folder) -> dict[str, ItemId]:
    found = records(session, folder)
    return {one.item.title or "": one.id for one in found if isinstance(one.item, Appointment | Task)}


@pytest.mark.parametrize("here", [True, False], ids=["here", "there"])
def test_folders_made_renamed_moved_and_deleted_on_one_side_are_so_on_the_other(
    server: RealServer, device: Device, *, here: bool
) -> None:
    sides = (device.session, server.session("anton"))
    mine, other = sides if here else sides[::-1]
    plans = mine.create_folder(PRIVATE, "Plans", module=Module.TASKS)
    old = mine.create_folder(PRIVATE, "Old", module=Module.TASKS)
    below = mine.create_folder(plans.id, "Below", module=Module.TASKS)
    mine.create(below.id, Task(title="Build a bridge"))
    mine.create(old.id, Task(title="Burn a bridge"))
    settle(device)
    item = titles(other, named(other, "Below"))["Build a bridge"]
    assert tree(mine) == tree(other)
    mine.update_folder(below.id, name="Beside", parent=PRIVATE)
    mine.update_folder(plans.id, name="Work")
    mine.delete_folder(old.id)
    settle(device)
    assert tree(mine) == tree(other)
    assert {"Work", "Beside"} <= tree(other).keys()
    assert "Old" not in tree(other)
    assert titles(other, named(other, "Beside")) == {"Build a bridge": item}
    assert device.cycle().traffic.requests == 2


@pytest.mark.parametrize("here", [True, False], ids=["here", "there"])
def test_an_item_that_is_moved_and_edited_on_one_side_is_the_same_item_on_the_other(
    server: RealServer, device: Device, *, here: bool
) -> None:
    sides = (device.session, server.session("anton"))
    mine, other = sides if here else sides[::-1]
    club = mine.create_folder(PRIVATE, "Club", module=Module.CALENDAR)
    made = mine.create(default_folder(mine).id, Appointment(when=WHEN, title="Jour fixe"))
    settle(device)
    before = titles(other, default_folder(other))["Jour fixe"]
    mine.update(made.id, made.folder, lambda _: {"location": "Hall"}, destination=club.id, ignore_conflicts=True)
    settle(device)
    assert titles(other, default_folder(other)) == {}
    (moved,) = records(other, named(other, "Club"))
    assert isinstance(moved.item, Appointment)
    assert (moved.id, moved.item.location) == (before, "Hall")
    assert titles(mine, named(mine, "Club")) == {"Jour fixe": made.id}


def share(session: Session, folder: FolderId, user: int, rights: Rights | None) -> None:
    """Give somebody rights in a folder, or take them."""
    kept = [one for one in session.folder(folder).folder.rights if one.principal != user]
    given = [] if rights is None else [Right(kind=PrincipalKind.USER, principal=user, rights=rights)]
    session.update_folder(folder, rights=(*kept, *given))


def test_a_folder_whose_rights_are_withdrawn_goes_and_what_was_not_sent_is_kept(
    server: RealServer, device: Device
) -> None:
    berta, anton = server.session("berta"), server.users["anton"].id
    team = berta.create_folder(PRIVATE, "Team", module=Module.TASKS)
    for title in ("untouched", "edited here"):
        berta.create(team.id, Task(title=title))
    share(berta, team.id, anton, Rights(folder=4, read=4, write=4, delete=4))
    settle(device)
    here = named(device.session, "Team")
    device.session.update(titles(device.session, here)["edited here"], here.id, lambda _: {"note": "by me"})
    share(berta, team.id, anton, None)
    reports = device.cycle().reports
    assert [one.subject for one in reports] == [Subject.RESCUED]
    settle(device)
    assert "Team" not in {view.folder.name for view in device.session.folders().changed}
    assert titles(device.session, device.folder(Module.TASKS)).keys() == {"edited here"}
    assert titles(berta, team).keys() == {"untouched", "edited here"}
    share(berta, team.id, anton, READING)
    settle(device)
    assert titles(device.session, named(device.session, "Team")).keys() == {"untouched", "edited here"}


def test_a_folder_deleted_there_gives_back_what_was_edited_in_it_here(server: RealServer, device: Device) -> None:
    there = server.session("anton")
    plans = there.create_folder(PRIVATE, "Plans", module=Module.TASKS)
    for title in ("untouched", "edited here", "deleted here"):
        there.create(plans.id, Task(title=title))
    settle(device)
    here = named(device.session, "Plans")
    known = titles(device.session, here)
    device.session.update(known["edited here"], here.id, lambda _: {"note": "by me"})
    device.session.delete(known["deleted here"], here.id)
    device.session.create(here.id, Task(title="made here"))
    there.delete_folder(plans.id)
    settle(device)
    for session in (device.session, there):
        assert "Plans" not in tree(session)
        assert titles(session, default_folder(session, Module.TASKS)).keys() == {"edited here", "made here"}
    assert device.replica.waiting.skipped() == ()


def test_a_folder_deleted_here_with_unsent_edits_in_it_goes_there_too(server: RealServer, device: Device) -> None:
    there = server.session("anton")
    plans = there.create_folder(PRIVATE, "Plans", module=Module.TASKS)
    there.create(plans.id, Task(title="edited here"))
    settle(device)
    here = named(device.session, "Plans")
    device.session.update(titles(device.session, here)["edited here"], here.id, lambda _: {"note": "by me"})
    device.session.create(here.id, Task(title="made here"))
    device.session.delete_folder(here.id)
    settle(device)
    assert "Plans" not in tree(there)
    assert (device.replica.waiting.skipped(), device.replica.waiting.held()) == ((), ())


def test_a_folder_deleted_here_stays_there_while_it_has_items_that_were_never_here(
    server: RealServer, device: Device
) -> None:
    there = server.session("anton")
    plans = there.create_folder(PRIVATE, "Plans", module=Module.TASKS)
    settle(device)
    device.session.delete_folder(named(device.session, "Plans").id)
    there.create(plans.id, Task(title="new there"))
    assert [one.subject for one in device.cycle().reports] == [Subject.HELD]
    assert titles(there, named(there, "Plans")).keys() == {"new there"}


def test_deep_trees_are_deleted_there_in_one_cycle(server: RealServer, device: Device) -> None:
    there = server.session("anton")
    above = PRIVATE
    for name in ("One", "Two", "Three", "Four", "Five", "Six"):
        above = there.create_folder(above, name, module=Module.TASKS).id
    settle(device)
    device.session.delete_folder(named(device.session, "One").id)
    assert device.cycle().reports == ()
    assert {view.folder.name for view in there.folders().changed}.isdisjoint({"One", "Three", "Six"})
    assert device.cycle().total == 0
