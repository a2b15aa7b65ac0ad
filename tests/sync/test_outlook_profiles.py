"""Several profiles of Outlook on a machine: an account waits for its own, and its mail servers go there."""

from __future__ import annotations

from pathlib import Path

import pytest

from passerelle.daemon.turns import show_alone
from passerelle.model.errors import Missing
from passerelle.model.principals import User
from passerelle.peers.outlook.answers import OtherProfile
from passerelle.peers.outlook.prf import MailServer
from passerelle.peers.outlook.registry import installed
from passerelle.sync.accounts.registry import Account
from passerelle.sync.mirror import Mirror
from passerelle.sync.outlook_mail import mail_account
from passerelle.sync.outlook_setup import OutlookSetup
from passerelle.sync.report import CycleResult, silent
from tests.outlook_double.machine import Machine
from tests.outlook_double.profile import Profile
from tests.outlook_double.registry import OUTLOOK, MemoryRegistry
from tests.sync.outlook_scene import account_in
from tests.sync.world import ME

IMAP, SMTP = MailServer("imap.example.org", 993), MailServer("smtp.example.org", 587)


class Scene:
    """An account in the profile “Outlook” of a machine that has two."""

    def __init__(self, data: Path) -> None:
        self.accounts, self.account = account_in(data)
        self.machine = Machine()
        self.machine.start()
        self.registry = MemoryRegistry()
        self.setup = OutlookSetup(self.accounts, self.machine.get_active_object, self.registry)
        self.account = self.setup.set_up(self.account, data / "outlook" / "anna.pst")
        first = self.machine.profile
        self.profiles = {"Outlook": first, "Second": Profile(first.locale, first.user, name="Second")}

    def start(self, profile: str) -> None:
        """Start Outlook anew, with a profile."""
        self.machine.end()
        self.machine.profile = self.profiles[profile]
        self.machine.start()

    def show(self) -> CycleResult | None:
        find = self.machine.get_active_object
        with (
            self.accounts.replica(self.account) as replica,
            Mirror(replica, self.account, find, now=lambda: self.machine.now) as mirror,
        ):
            return show_alone(self.accounts, self.account, mirror, silent)

    def hindrance(self) -> str:
        return self.setup.standing(self.account).hindrance(self.account)


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def test_the_account_remembers_its_profile_until_it_is_taken_out(scene: Scene) -> None:
    assert scene.account.outlook_profile == "Outlook"
    assert scene.accounts.get("anna").outlook_profile == "Outlook"
    removed = scene.setup.remove(scene.account)
    assert (removed.outlook, removed.outlook_profile) == ("", "")


def test_while_another_profile_runs_the_account_waits_and_that_is_told(scene: Scene) -> None:
    assert (scene.show() is not None, scene.hindrance()) == (True, "")
    scene.start("Second")
    with pytest.raises(OtherProfile, match=r"profile “Second”.*profile “Outlook”, and waits"):
        scene.show()
    assert "waits" in scene.hindrance()
    assert scene.setup.standing(scene.account).profile == "Second"
    scene.start("Outlook")
    shown = scene.show()
    assert shown is not None
    assert (shown.total, scene.hindrance()) == (0, "")


def test_in_its_own_profile_a_data_file_that_is_missing_was_taken_out(scene: Scene) -> None:
    scene.profiles["Outlook"].stores.pop()
    scene.start("Outlook")
    assert "taken out" in scene.hindrance()


def test_a_profile_that_was_renamed_is_known_by_the_data_file_that_it_has_open(scene: Scene) -> None:
    scene.profiles["Outlook"].name = "Work"
    scene.start("Outlook")
    assert scene.show() is not None
    assert scene.hindrance() == ""


def test_an_account_is_not_taken_out_of_a_profile_that_does_not_run(scene: Scene) -> None:
    scene.start("Second")
    with pytest.raises(OtherProfile):
        scene.setup.remove(scene.account)
    assert scene.accounts.get("anna").outlook
    scene.start("Outlook")
    scene.setup.remove(scene.account)
    assert len(scene.machine.profile.stores) == 1


def test_an_account_of_a_profile_that_is_gone_can_be_taken_out_of_any(scene: Scene) -> None:
    scene.registry.put(rf"{OUTLOOK}\Profiles\Outlook", "name", None)
    scene.start("Second")
    assert scene.setup.remove(scene.account).outlook == ""


def test_profiles_are_found_in_the_registry_for_each_version() -> None:
    registry = MemoryRegistry()
    older = r"Software\Microsoft\Office\15.0\Outlook"
    registry.put(rf"{older}\Profiles\Old", "name", "Old")
    assert [(one.number, one.profiles, one.default_profile) for one in installed(registry)] == [
        ("15.0", ("Old",), None),
        ("16.0", ("Outlook", "Second"), "Outlook"),
    ]


def with_user(scene: Scene, user: User) -> Account:
    """The account, once the server told of its user."""
    with scene.accounts.replica(scene.account) as replica, replica.store.writing(ME, replica.store.origin) as tx:
        tx.principals.replace_user(user)
    return scene.account


def test_the_mail_servers_go_into_the_accounts_profile_with_what_the_server_says_of_its_user(scene: Scene) -> None:
    account = with_user(scene, User(id=ME, login="anna", display_name="Anna Arnold", email="anna@example.org"))
    path = scene.setup.write_mail(account, mail_account(scene.accounts, account, IMAP, SMTP))
    text = path.read_text("ascii")
    for line in (
        "ProfileName=Outlook",
        "EmailAddress=anna@example.org",
        "DisplayName=Anna Arnold",
        "IMAPUserName=anna",
    ):
        assert f"{line}\n" in text
    scene.setup.remove(account)
    assert not path.exists()


def test_what_is_given_counts_more_and_what_nobody_says_is_asked_for(scene: Scene) -> None:
    given = mail_account(scene.accounts, scene.account, IMAP, SMTP, address="a@example.net", login="a.arnold")
    assert (given.address, given.login, given.sender) == ("a@example.net", "a.arnold", "Anna")
    with pytest.raises(Missing, match="--mail-address"):
        mail_account(scene.accounts, scene.account, IMAP, SMTP)
