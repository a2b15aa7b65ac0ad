"""What people do in Outlook is told to the account's worker, and what comes from the server is shown there."""

from __future__ import annotations

from pathlib import Path

import pytest

from passerelle.daemon.mirroring import Mirroring
from passerelle.daemon.wishes import Wishes
from passerelle.model.folders import PRIVATE, Module
from passerelle.peers.outlook.constants import ItemType, StoreType
from passerelle.sync.accounts.registry import Account, Accounts
from tests.outlook_double.machine import Machine
from tests.outlook_double.user import User
from tests.support.waiting import eventually
from tests.sync.outlook_scene import account_in, subjects
from tests.sync.world import appointment


@pytest.fixture
def known(tmp_path: Path) -> tuple[Accounts, Account]:
    return account_in(tmp_path, outlook=str(tmp_path / "anna.pst"))


def test_outlook_shows_the_replica_and_its_changes_are_to_be_sent(known: tuple[Accounts, Account]) -> None:
    accounts, account = known
    machine = Machine()
    machine.start()
    machine.session.namespace.AddStoreEx(account.outlook, StoreType.Unicode)
    root = machine.profile.data_files[account.outlook].root
    made = User(machine).create_folder(root, "Made there", ItemType.AppointmentItem)
    User(machine).create(made, Subject="New")
    with accounts.replica(account) as replica:
        folder = replica.session().create_folder(PRIVATE, "Made here", module=Module.CALENDAR)
        replica.session().create(folder.id, appointment())
    wishes = Wishes()
    mirroring = Mirroring(accounts, account, wishes, machine.get_active_object)
    try:
        assert wishes.take(60).wanted.look
    finally:
        mirroring.end()
        mirroring.join(60)
    assert subjects(machine, account.outlook, "Made here") == ["Jour fixe"]
    with accounts.replica(account) as replica, replica.store.reading() as tx:
        assert "Made there" in {one.name for one in tx.folders.all()}


def test_it_waits_for_an_outlook_that_does_not_run_and_ends_when_told(known: tuple[Accounts, Account]) -> None:
    accounts, account = known
    machine = Machine()
    asked: list[str] = []

    def find(program: str) -> object:
        asked.append(program)
        return machine.get_active_object(program)

    mirroring = Mirroring(accounts, account, Wishes(), find)
    eventually(lambda: asked, "Outlook was looked for")
    mirroring.wish()
    eventually(lambda: asked[1:], "Outlook was looked for again")
    mirroring.end()
    mirroring.join(60)
    assert asked == ["Outlook.Application"] * len(asked)
