"""What people do in Outlook is told to the account's worker, and what comes from the server is shown there."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from passerelle.daemon.board import Board
from passerelle.daemon.control.messages import OutlookState
from passerelle.daemon.mirroring import POLL_S, Mirroring
from passerelle.daemon.standing import standing_of
from passerelle.daemon.wishes import Wishes
from passerelle.model.folders import PRIVATE, Module
from passerelle.peers.outlook.constants import ItemType, StoreType
from passerelle.sync.accounts.registry import Account, Accounts
from tests.outlook_double.events import ears
from tests.outlook_double.machine import Machine
from tests.outlook_double.records import FolderRecord
from tests.outlook_double.user import User
from tests.support.waiting import eventually
from tests.sync.outlook_scene import account_in, subjects
from tests.sync.world import appointment


@pytest.fixture
def known(tmp_path: Path) -> tuple[Accounts, Account]:
    return account_in(tmp_path, outlook=str(tmp_path / "anna.pst"))


@pytest.fixture
def board() -> Board:
    board = Board()
    board.arrange(["anna"])
    return board


def state(board: Board) -> OutlookState | None:
    outlook = board.standings()[0].outlook
    return None if outlook is None else outlook.state


def running(account: Account) -> Machine:
    """A machine whose Outlook has the account's data file open."""
    machine = Machine()
    machine.start()
    machine.session.namespace.AddStoreEx(account.outlook, StoreType.Unicode)
    return machine


def test_outlook_shows_the_replica_and_its_changes_are_to_be_sent(
    known: tuple[Accounts, Account], board: Board
) -> None:
    accounts, account = known
    machine = running(account)
    root = machine.profile.data_files[account.outlook].root
    made = User(machine).create_folder(root, "Made there", ItemType.AppointmentItem)
    User(machine).create(made, Subject="New")
    with accounts.replica(account) as replica:
        folder = replica.session().create_folder(PRIVATE, "Made here", module=Module.CALENDAR)
        replica.session().create(folder.id, appointment())
    wishes = Wishes()
    mirroring = Mirroring(accounts, account, wishes, board, machine.get_active_object)
    try:
        assert wishes.take(60).wanted.look
        assert state(board) is OutlookState.IN_STEP
    finally:
        mirroring.end()
        mirroring.join(60)
    assert subjects(machine, account.outlook, "Made here") == ["Jour fixe"]
    with accounts.replica(account) as replica, replica.store.reading() as tx:
        assert "Made there" in {one.name for one in tx.folders.all()}


def appeared(known: tuple[Accounts, Account], machine: Machine) -> FolderRecord:
    """A calendar of the replica that Outlook shows, and what listens to it is told to ``machine``."""
    accounts, account = known
    with accounts.replica(account) as replica:
        replica.session().create_folder(PRIVATE, "Work", module=Module.CALENDAR)
    machine.start()
    machine.session.namespace.AddStoreEx(account.outlook, StoreType.Unicode)
    return machine.profile.data_files[account.outlook].root


def is_heard(machine: Machine, root: FolderRecord) -> bool:
    """Whether somebody listens to the calendar."""
    found = [folder for folder in root.children if folder.name == "Work"]
    return any(machine.session.listeners(("Items", folder), "ItemAdd") for folder in found)


def test_an_edit_in_outlook_is_on_its_way_at_once(known: tuple[Accounts, Account], board: Board) -> None:
    accounts, account = known
    machine = Machine()
    root = appeared(known, machine)
    wishes = Wishes()
    mirroring = Mirroring(accounts, account, wishes, board, machine.get_active_object, ears(machine))
    try:
        eventually(lambda: is_heard(machine, root), "Outlook is listened to")
        wishes.take(0)
        before = time.monotonic()
        User(machine).create(User(machine).folder(f"{root.name}/Work"), Subject="New")
        assert wishes.take(60).wanted.look
        assert time.monotonic() - before < POLL_S
    finally:
        mirroring.end()
        mirroring.join(60)
    assert not is_heard(machine, root)
    assert machine.session.open_items() == 0


def test_an_outlook_that_comes_again_is_listened_to_again(known: tuple[Accounts, Account], board: Board) -> None:
    accounts, account = known
    machine = Machine()
    root = appeared(known, machine)
    mirroring = Mirroring(accounts, account, Wishes(), board, machine.get_active_object, ears(machine))
    try:
        eventually(lambda: is_heard(machine, root), "Outlook is listened to")
        machine.get_active_object("Outlook.Application").Quit()
        machine.start()
        mirroring.wish()
        eventually(lambda: is_heard(machine, root), "it is listened to again")
    finally:
        mirroring.end()
        mirroring.join(60)


def test_it_waits_for_an_outlook_that_does_not_run_and_ends_when_told(
    known: tuple[Accounts, Account], board: Board
) -> None:
    accounts, account = known
    machine = Machine()
    asked: list[str] = []

    def find(program: str) -> object:
        asked.append(program)
        return machine.get_active_object(program)

    mirroring = Mirroring(accounts, account, Wishes(), board, find)
    eventually(lambda: asked, "Outlook was looked for")
    mirroring.wish()
    eventually(lambda: asked[1:], "Outlook was looked for again")
    mirroring.end()
    mirroring.join(60)
    assert asked == ["Outlook.Application"] * len(asked)
    assert state(board) is OutlookState.CLOSED


def test_a_data_file_that_was_taken_out_waits_for_the_user_and_is_told(
    known: tuple[Accounts, Account], board: Board
) -> None:
    accounts, account = known
    machine = Machine()
    machine.start()
    mirroring = Mirroring(accounts, account, Wishes(), board, machine.get_active_object)
    eventually(lambda: state(board) is OutlookState.HINDERED, "it is told")
    mirroring.end()
    mirroring.join(60)
    with accounts.replica(account) as replica:
        told = standing_of(account, replica, None, datetime.now(UTC)).outlook
    assert told is not None
    assert (told.state, told.needs_user) == (OutlookState.HINDERED, True)
    assert "Set it up again" in told.message


def test_while_an_account_is_paused_outlook_is_left_alone_until_it_is_gone_on_with(
    known: tuple[Accounts, Account], board: Board
) -> None:
    accounts, account = known
    machine = running(account)
    wishes = Wishes(is_paused=True)
    mirroring = Mirroring(accounts, account, wishes, board, machine.get_active_object)
    eventually(lambda: state(board) is OutlookState.STARTING, "it has begun")
    assert set(machine.calls) == {"NameSpace.AddStoreEx"}
    wishes.pause(is_paused=False)
    mirroring.wish()
    eventually(lambda: state(board) is OutlookState.IN_STEP, "Outlook was looked at")
    mirroring.end()
    mirroring.join(60)
