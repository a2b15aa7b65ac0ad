"""What Outlook refused, and how it fares, at the command line; nobody is asked."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from passerelle.cli.results import NEEDS_DECISION
from passerelle.model.errors import Contradiction, Misconfigured
from passerelle.model.folders import PRIVATE, Module
from passerelle.model.text import Text
from passerelle.peers.naming import OUTLOOK
from passerelle.store import FolderLink, Skipped, Store
from passerelle.sync.accounts.enabling import disable, enable
from passerelle.sync.folders.state import FOLDERS_SENT
from passerelle.sync.replaced.noticing import Replacement, Sign
from passerelle.sync.skipped.quarantine import UP
from passerelle.sync.slow import wanted_folders
from passerelle.sync.successes import note_success, note_trouble
from tests.cli.conftest import Command
from tests.cli.connector import Person, mapping, part
from tests.sync.outlook_scene import account_in
from tests.sync.world import ME, appointment

AT = datetime(2026, 11, 28, 9, tzinfo=UTC)


class Shown:
    """An account with one appointment that Outlook does not take."""

    def __init__(self, command: Command, data: Path) -> None:
        self.accounts, self.account = account_in(data, outlook=str(data / "anna.pst"))
        self.person = Person(command, data)
        with self.accounts.replica(self.account) as replica:
            self.folder = replica.session().create_folder(PRIVATE, "Club", module=Module.CALENDAR).id
            item = replica.session().create(self.folder, appointment("Plan")).id
            with _outlooks(replica.store).writing(ME) as tx:
                tx.sync.set(FOLDERS_SENT, tx.folders.clock())
                tx.sync.put_folder_link(FolderLink(local=self.folder, remote="7", sent=tx.journal.clock(self.folder)))
                entry = Skipped(folder=self.folder, direction=UP, local=item, code="x", message=Text("No."), since=AT)
                self.number = tx.sync.put_skipped(entry).id


def _outlooks(store: Store) -> Store:
    return store.of_peer(OUTLOOK)


@pytest.fixture
def shown(command: Command, tmp_path: Path) -> Shown:
    return Shown(command, tmp_path)


def test_what_outlook_refused_is_listed_tried_again_and_given_up(shown: Shown) -> None:
    person, number = shown.person, str(shown.number)
    assert f"{number}: No." in person.does("skipped", "list")
    found = person.types("skipped", "list", "--json").json()
    assert isinstance(found, list)
    assert [one["peer"] for one in found] == ["outlook"]
    assert "In Outlook" in person.does("skipped", "show", number)
    person.does("skipped", "retry", number)
    assert person.types("skipped", "keep", number).code == Contradiction.exit_code
    person.does("skipped", "discard", "--all")
    assert "Nothing was refused." in person.does("skipped", "list")
    assert [one["title"] for one in person.lists("Club")] == ["Plan"]


def test_the_status_tells_how_outlook_fares(shown: Shown) -> None:
    assert "Last in step with Outlook: never. 1 change was refused there." in shown.person.types("status").out
    with shown.accounts.replica(shown.account) as replica, _outlooks(replica.store).writing(ME) as tx:
        note_success(tx, AT, None, [])
        tx.sync.remove_skipped(shown.number)
    assert "Last in step with Outlook: 2026-11-28 09:00 UTC." in shown.person.does("status")
    with shown.accounts.replica(shown.account) as replica, _outlooks(replica.store).writing(ME) as tx:
        note_trouble(tx, AT, Misconfigured("Its data file is gone."))
    told = shown.person.types("status")
    assert told.code == NEEDS_DECISION
    assert "Outlook is not in step since 2026-11-28 09:00 UTC. Its data file is gone." in told.out
    standing = part(part(mapping(shown.person.types("status", "--json"), NEEDS_DECISION), "anna"), "standing")
    outlook = part(standing, "outlook")
    assert (outlook["state"], outlook["needs_user"], outlook["message"]) == ("hindered", True, "Its data file is gone.")


def test_another_data_file_waits_for_the_users_word(shown: Shown) -> None:
    with shown.accounts.replica(shown.account) as replica, _outlooks(replica.store).writing(ME) as tx:
        tx.sync.set("server replaced", Replacement(since=AT, sign=Sign.LINEAGE, lineage="2", peer=OUTLOOK))
    told = shown.person.types("status")
    assert told.code == NEEDS_DECISION
    assert "The data file in Outlook is not the one that it was." in told.out
    assert "passerelle confirm --outlook-replaced" in shown.person.does("confirm")
    assert shown.person.types("confirm", "--server-replaced").code == Contradiction.exit_code
    assert shown.person.types("confirm", "--server-replaced", "--outlook-replaced").code == Contradiction.exit_code
    assert "everything is shown there" in shown.person.does("confirm", "--outlook-replaced")
    assert "Nothing waits" in shown.person.does("confirm")


def test_an_account_that_is_enabled_again_is_compared_with_outlook_too(shown: Shown) -> None:
    disable(shown.accounts, "anna")
    assert "Outlook" not in shown.person.types("status").out
    enable(shown.accounts, "anna")
    with shown.accounts.replica(shown.account) as replica, _outlooks(replica.store).reading() as tx:
        assert wanted_folders(tx) == {shown.folder}
