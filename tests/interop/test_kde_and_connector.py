"""KDE and a connector of ours change one account at once: both come to show what the server has, and then rest.

KDE sends each change at once; the connector keeps its own until its next cycle, as one does that was offline.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from passerelle.groupware.session import Session
from passerelle.model.folders import Folder, Module
from passerelle.model.items import Appointment, Contact, Item, Task
from passerelle.model.moments import Timed
from passerelle.model.records import ItemRecord
from passerelle.model.recurrence import Frequency, Recurrence, Rule
from passerelle.sync.report import Subject
from tests.interop.akonadi import faults
from tests.interop.akonadi.peer import CONTACT, AkonadiPeer, KdeAccount, KdeItem, NotAcknowledged
from tests.interop.samples import person
from tests.support.waiting import eventually
from tests.sync.real_server import PASSWORD, Device, RealServer, real_server, records

pytestmark = pytest.mark.long

START = datetime(2027, 3, 1, 9, tzinfo=UTC)
SECOND = date(2027, 3, 8)
REFUSAL_PATIENCE_S = 1.0


@dataclass
class Account:
    """One account: on the server, in a connector and in KDE. Items are called by a word that no other item has."""

    server: RealServer
    mine: Device
    kde: KdeAccount

    def have(self, module: Module, item: Item) -> None:
        """Make an item that all of them have."""
        self.mine.session.create(self.mine.folder(module).id, item, ignore_conflicts=True)
        self.mine.cycle()
        self.kde.synchronise()

    def record(self, word: str) -> ItemRecord:
        """The connector's one item with the word; of a series, the series itself."""
        found = [one for folder in own(self.mine.session) for one in records(self.mine.session, folder)]
        (only,) = [one for one in found if word.encode() in msgspec.json.encode(one.item) and one.master is None]
        return only

    def text(self, word: str) -> str:
        """What the connector has of its one item with the word."""
        return _text(self.record(word))

    def edit(self, word: str, **changes: object) -> None:
        record = self.record(word)
        self.mine.session.update(record.id, record.folder, lambda _: changes, ignore_conflicts=True)

    def delete(self, word: str) -> None:
        record = self.record(word)
        self.mine.session.delete(record.id, record.folder)

    def in_kde(self, word: str) -> KdeItem:
        """KDE's one item with the word, as it has it now."""
        return self.kde.tree().item_with(word)

    def edit_in_kde(self, word: str, old: str, new: str) -> None:
        item = self.in_kde(word)
        assert old in item.payload, item.payload
        self.kde.replace_item(item, item.payload.replace(old, new, 1))

    def delete_in_kde(self, word: str) -> None:
        """Delete an item in KDE, and wait until the server has heard of it."""
        deletions = self.server.requests("PROPPATCH")
        self.kde.delete_item(self.in_kde(word))
        eventually(lambda: self.server.requests("PROPPATCH") > deletions, "the server has heard of the deletion")

    def settle(self) -> set[Subject]:
        """Synchronise both until nobody writes any more and all have the same; return what the connector told of."""
        told: set[Subject] = set()
        for _ in range(5):
            writes = self.server.requests("PROPPATCH")
            result = self.mine.cycle()
            told |= {report.subject for report in result.reports}
            self.kde.synchronise()
            if not result.total and self.server.requests("PROPPATCH") == writes:
                break
        else:
            raise AssertionError("KDE and the connector never come to rest.")
        self.check()
        return told

    def check(self) -> None:
        """Check that all have the same, and that the connector asks for no more than what is new."""
        there = self.server.session("ada")
        assert described(self.mine.session) == described(there)
        tree = self.kde.tree()
        titles = {folder.id: faults.shown_title(folder.title) for folder in tree.folders}
        shown = [(titles[one.folder], one.remote_id, one.remote_revision.rpartition(":")[2]) for one in tree.items]
        stored = [(folder.name, str(one.id), str(one.stamp)) for folder in own(there) for one in records(there, folder)]
        assert sorted(one for one in shown if one[0] != "Global address book") == sorted(stored)
        assert self.mine.cycle().traffic.requests == 2
        assert not self.mine.replica.waiting.skipped()


def own(session: Session) -> list[Folder]:
    """The folders of a session's user."""
    return [view.folder for view in session.folders().changed if view.folder.owner == session.user_id]


def described(session: Session) -> list[tuple[str, list[str]]]:
    """The folders and their items, as text."""
    return sorted((folder.name, sorted(map(_text, records(session, folder)))) for folder in own(session))


def _text(record: ItemRecord) -> str:
    item = record.item
    if isinstance(item, Appointment):  # each side counts the revisions for itself
        item = msgspec.structs.replace(item, sequence=0)
    return msgspec.json.encode(item).decode()


@pytest.fixture(scope="module")
def account(akonadi: AkonadiPeer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    with real_server(tmp_path_factory.mktemp("organisation")) as server:
        server.add_user("ada")
        account = Account(server, server.device("ada"), akonadi.connect(server.url, "ada", PASSWORD))
        account.mine.cycle()
        yield account


def weekly(title: str, hour: int) -> Appointment:
    """A series at an hour of its own: KDE cannot say that a collision is to be ignored."""
    rule = Rule(frequency=Frequency.WEEKLY, count=4)
    start = START + timedelta(hours=hour)
    when = Timed(start=start, end=start + timedelta(hours=1), zone="UTC")
    return Appointment(when=when, title=title, recurrence=Recurrence(rules=(rule,)))


def test_different_items_changed_in_both_are_all_there(account: Account) -> None:
    account.have(Module.CONTACTS, Contact(first_name="Ira", last_name="Ink"))
    account.have(Module.CONTACTS, Contact(first_name="Pia", last_name="Paper"))
    account.edit_in_kde("Ink", "Ira", "Ida")
    account.edit("Paper", first_name="Pam")
    account.kde.create_item(account.kde.tree().folder("Contacts"), CONTACT, person("Nina", "Nib"))
    account.mine.session.create(account.mine.folder(Module.TASKS).id, Task(title="Sharpen"))
    account.settle()
    assert "Ida" in account.text("Ink")
    assert "Pam" in account.in_kde("Paper").payload
    assert "Nina" in account.text("Nib")
    assert "VTODO" in account.in_kde("Sharpen").payload


def test_different_fields_of_one_item_changed_in_both_are_both_kept(account: Account) -> None:
    account.have(Module.CONTACTS, Contact(first_name="Fay", last_name="Field"))
    account.edit_in_kde("Field", "UID:", "NICKNAME:Fee\r\nUID:")
    account.edit("Field", company="Acres")
    assert account.settle() == set()
    assert "Fee" in account.text("Field")
    assert "Acres" in account.in_kde("Field").payload


def test_of_one_field_changed_in_both_the_servers_value_stays_and_the_other_is_told_of(account: Account) -> None:
    account.have(Module.TASKS, Task(title="Same field"))
    account.edit_in_kde("Same field", "Same field", "Same field of KDE")
    account.edit("Same field", title="Same field of mine")
    assert account.settle() == {Subject.CONFLICT}
    assert "of KDE" in account.text("Same field")


def test_the_series_changed_in_kde_and_an_occurrence_in_the_connector_are_both_kept(account: Account) -> None:
    account.have(Module.CALENDAR, weekly("Choir", 0))
    account.edit_in_kde("Choir", "DTSTART", "LOCATION:Stage\r\nDTSTART")
    series = account.record("Choir")
    account.mine.session.change_occurrence(series.id, series.folder, SECOND, lambda _: {"title": "Choir outside"})
    account.mine.session.delete_occurrence(series.id, series.folder, SECOND + timedelta(weeks=1))
    account.settle()
    assert "Stage" in account.text("Choir")
    assert "DTSTART:20270308" in account.in_kde("Choir outside").payload


def test_the_series_changed_in_the_connector_and_an_occurrence_deleted_in_kde_are_both_kept(account: Account) -> None:
    account.have(Module.CALENDAR, weekly("Chess", 1))
    account.edit_in_kde("Chess", "DTSTART", "EXDATE;VALUE=DATE:20270308\r\nDTSTART")
    account.edit("Chess", location="Club")
    account.settle()
    assert '"deleted":["2027-03-08' in account.text("Chess")
    assert "LOCATION:Club" in account.in_kde("Chess").payload


def test_an_occurrence_changed_in_kde_that_the_connector_deletes_stays(account: Account) -> None:
    account.have(Module.CALENDAR, weekly("Yoga", 2))
    series = account.record("Yoga")
    account.mine.session.change_occurrence(series.id, series.folder, SECOND, lambda _: {"title": "Yoga early"})
    account.settle()
    account.edit_in_kde("Yoga early", "DTSTART", "LOCATION:Lawn\r\nDTSTART")
    account.mine.session.delete(next(one.id for one in account.mine.records() if "Yoga early" in _text(one)))
    assert account.settle() == {Subject.EDIT_WON}
    assert "LOCATION:Lawn" in account.in_kde("Yoga early").payload


def test_what_kde_deletes_and_the_connector_changes_stays(account: Account) -> None:
    account.have(Module.CONTACTS, Contact(first_name="Ed", last_name="Edited"))
    account.delete_in_kde("Edited")
    account.edit("Edited", company="Works")
    assert account.settle() == {Subject.EDIT_WON}
    assert "Works" in account.in_kde("Edited").payload


def test_what_the_connector_deletes_and_kde_changes_stays(account: Account) -> None:
    account.have(Module.CONTACTS, Contact(first_name="Kit", last_name="Kept"))
    account.edit_in_kde("Kept", "Kit", "Kim")
    account.delete("Kept")
    assert account.settle() == {Subject.EDIT_WON}
    assert "Kim" in account.text("Kept")


def test_what_kde_deletes_without_having_seen_the_connectors_change_comes_back_to_it(account: Account) -> None:
    account.have(Module.TASKS, Task(title="Return"))
    account.edit("Return", note="changed")
    account.mine.cycle()
    account.delete_in_kde("Return")
    account.settle()
    assert "changed" in account.in_kde("Return").payload


def test_what_kde_changes_after_the_connector_deleted_it_goes_from_kde(account: Account) -> None:
    """KDE keeps the refusal to itself and drops its change (faults.py)."""
    account.have(Module.TASKS, Task(title="Late"))
    account.delete("Late")
    account.mine.cycle()
    item = account.in_kde("Late")
    with pytest.raises(NotAcknowledged):
        account.kde.replace_item(item, item.payload.replace("Late", "Later"), patience_s=REFUSAL_PATIENCE_S)
    account.settle()
    assert not [one for one in account.kde.tree().items if "Late" in one.payload]


def test_what_both_delete_is_gone_once(account: Account) -> None:
    account.have(Module.TASKS, Task(title="Forget"))
    account.delete_in_kde("Forget")
    account.delete("Forget")
    assert account.settle() == set()


@pytest.mark.parametrize("names", [("Of KDE", "Of mine"), ("Of both", "Of both")])
def test_folders_made_and_filled_in_both_are_in_both(account: Account, names: tuple[str, str]) -> None:
    theirs = account.kde.create_folder(account.kde.tree().folder("Contacts"), names[0])
    account.kde.create_item(theirs, CONTACT, person("Kai", f"KDE {names[0]}"))
    contacts = account.mine.folder(Module.CONTACTS)
    made = account.mine.session.create_folder(contacts.id, names[1], module=Module.CONTACTS)
    account.mine.session.create(made.id, Contact(first_name="Mia", last_name=f"Mine {names[1]}"))
    account.settle()
    assert "Kai" in account.text(f"KDE {names[0]}")
    assert "Mia" in account.in_kde(f"Mine {names[1]}").payload


def test_what_kde_moves_and_the_connector_changes_is_changed_in_its_new_folder(account: Account) -> None:
    account.have(Module.CONTACTS, Contact(first_name="Max", last_name="Moved"))
    drawer = account.kde.create_folder(account.kde.tree().folder("Contacts"), "Drawer")
    account.kde.move_item(account.in_kde("Moved"), drawer)
    account.edit("Moved", company="Removals")
    account.settle()
    moved = account.in_kde("Moved")
    assert (moved.folder, "Removals" in moved.payload) == (drawer.id, True)
