"""Taking an account into Outlook, showing it there, and taking it out without a trace."""

from __future__ import annotations

from pathlib import Path

import pytest

from passerelle.model.errors import Contradiction, Misconfigured, Unreachable
from passerelle.model.folders import PRIVATE, Module
from passerelle.peers.outlook.constants import ComCode
from passerelle.peers.outlook.peer import NAME
from passerelle.peers.outlook.registry import free_busy, installed, set_free_busy, system_registry
from passerelle.sync.accounts.registry import Account
from passerelle.sync.mirror import Mirror
from passerelle.sync.outlook_setup import OutlookSetup
from passerelle.sync.replica import Replica
from passerelle.sync.report import CycleResult
from tests.outlook_double.failures import com_error
from tests.outlook_double.machine import Machine
from tests.outlook_double.registry import MemoryRegistry
from tests.sync.outlook_scene import account_in
from tests.sync.world import appointment

ASKED = "https://ox.example.org/servlet/webdav.freebusy?username=%NAME%&server=%SERVER%"


class Scene:
    """An account with a replica, and a machine with Outlook."""

    def __init__(self, data: Path) -> None:
        self.accounts, self.account = account_in(data)
        self.machine = Machine()
        self.machine.start()
        self.registry = MemoryRegistry()
        self.setup = OutlookSetup(self.accounts, self.machine.get_active_object, self.registry)
        self.path = data / "outlook" / "anna.pst"

    def set_up(self) -> Account:
        self.account = self.setup.set_up(self.account, self.path)
        return self.account


def shown(scene: Scene, replica: Replica, account: Account) -> CycleResult:
    find = scene.machine.get_active_object
    with Mirror(replica, account, find, now=lambda: scene.machine.now) as mirror:
        return mirror.show()


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def test_set_up_opens_a_data_file_of_the_accounts_own(scene: Scene) -> None:
    account = scene.set_up()
    assert account.outlook == str(scene.path)
    assert scene.accounts.get("anna") == account
    (file,) = scene.machine.profile.data_files.values()
    assert file.root.name == "Passerelle – anna"


def test_outlook_asks_the_server_when_people_have_time(scene: Scene) -> None:
    scene.set_up()
    assert free_busy(scene.registry, "16.0") == ASKED


def test_an_account_is_taken_in_once(scene: Scene) -> None:
    scene.set_up()
    with pytest.raises(Contradiction, match="already"):
        scene.setup.set_up(scene.account, scene.path)


def test_two_accounts_have_two_data_files(scene: Scene) -> None:
    scene.set_up()
    other = Account(name="berta", url="https://ox.example.org", login="berta", directory="replicas/berta")
    with pytest.raises(Contradiction, match="another account"):
        scene.setup.set_up(other, scene.path)


def test_without_a_running_outlook_nothing_is_changed(scene: Scene) -> None:
    scene.machine.end()
    with pytest.raises(Unreachable, match="not running"):
        scene.set_up()
    assert not scene.accounts.get("anna").outlook
    assert free_busy(scene.registry, "16.0") is None


def test_a_machine_without_outlook_is_told_from_one_where_it_does_not_run(scene: Scene) -> None:
    def find(_program: str) -> object:
        raise com_error(ComCode.NOT_INSTALLED, "Invalid class string")

    setup = OutlookSetup(scene.accounts, find, scene.registry)
    assert not setup.standing(scene.account).is_running
    with pytest.raises(Unreachable, match="no classic Outlook on this machine"):
        setup.set_up(scene.account, scene.path)


def test_what_is_in_the_replica_is_shown_and_counted(scene: Scene) -> None:
    account = scene.set_up()
    with scene.accounts.replica(account) as replica:
        folder = replica.session().create_folder(PRIVATE, "Club", module=Module.CALENDAR)
        replica.session().create(folder.id, appointment())
        result = shown(scene, replica, account)
        assert result.total
    standing = scene.setup.standing(account)
    assert (standing.is_running, standing.is_open, standing.items, standing.refused) == (True, True, 1, 0)


def test_the_standing_tells_versions_and_profiles(scene: Scene) -> None:
    (version,) = installed(scene.registry)
    assert (version.number, version.profiles, version.default_profile) == ("16.0", ("Outlook", "Second"), "Outlook")
    scene.machine.end()
    assert not scene.setup.standing(scene.account).is_running


def test_removal_leaves_no_trace(scene: Scene) -> None:
    set_free_busy(scene.registry, "16.0", "https://old.example.org")
    account = scene.set_up()
    with scene.accounts.replica(account) as replica:
        shown(scene, replica, account)
    scene.path.write_bytes(b"what Outlook keeps there")
    scene.setup.remove(account)
    assert not scene.path.exists()
    assert not scene.accounts.get("anna").outlook
    assert free_busy(scene.registry, "16.0") == "https://old.example.org"
    assert len(scene.machine.profile.stores) == 1
    with scene.accounts.replica(account) as replica:
        with replica.store.of_peer(NAME).reading() as tx:
            assert tx.sync.folder_links() == []
        with replica.store.reading() as tx:
            assert tx.sync.get("free/busy of Outlook before", dict[str, str | None]) is None


def test_removal_leaves_what_the_user_has_changed_since(scene: Scene) -> None:
    account = scene.set_up()
    set_free_busy(scene.registry, "16.0", "https://own.example.org")
    scene.setup.remove(account)
    assert free_busy(scene.registry, "16.0") == "https://own.example.org"


def test_another_data_file_changes_nothing_of_what_removal_puts_back(scene: Scene) -> None:
    set_free_busy(scene.registry, "16.0", "https://old.example.org")
    account = scene.set_up()
    with scene.accounts.replica(account) as replica:
        replica.forget_mirror(NAME)
    scene.setup.remove(account)
    assert free_busy(scene.registry, "16.0") == "https://old.example.org"


def test_an_account_that_is_not_in_outlook_cannot_be_taken_out(scene: Scene) -> None:
    with pytest.raises(Contradiction, match="not in Outlook"):
        scene.setup.remove(scene.account)


def test_there_is_a_registry_on_windows_only() -> None:
    with pytest.raises(Misconfigured, match="Windows"):
        system_registry()
