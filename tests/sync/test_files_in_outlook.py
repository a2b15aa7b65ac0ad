"""Files on the server's items are on those in Outlook, and what a person does with them there reaches the server."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from passerelle.model.errors import Unreachable
from passerelle.model.folders import Module, Rights
from passerelle.model.items import Contact, Item, Photo, Task
from passerelle.peers.outlook.constants import ComCode
from passerelle.sync.report import Subject
from tests.outlook_double import failures
from tests.outlook_double.keys import SUBJECT
from tests.outlook_double.records import Record
from tests.sync.conftest import MakeReplica
from tests.sync.memory_server import StoredItem
from tests.sync.outlook_desk import Desk
from tests.sync.world import appointment, weekly

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF"


class FileDesk(Desk):
    """The desk, with what tests do with files there."""

    def path(self, name: str, data: bytes) -> str:
        """A file of the user's."""
        path = self.context.directory.parent / name
        path.write_bytes(data)
        return str(path)

    def hang(self, path: str, subject: str, name: str, data: bytes = b"mine") -> None:
        """Hang a file on an item in Outlook."""
        with self.user.open(self.record_of(path, subject).entry_id) as item:
            item.Attachments.Add(self.path(name, data))
        self.machine.pass_time(timedelta(minutes=1))

    def take_off(self, path: str, subject: str, name: str) -> None:
        """Remove a file from an item in Outlook."""
        with self.user.open(self.record_of(path, subject).entry_id) as item:
            item.Attachments.Item(name).Delete()
        self.machine.pass_time(timedelta(minutes=1))

    def files(self, path: str, subject: str) -> list[tuple[str, bytes]]:
        """What hangs on an item in Outlook."""
        return sorted((one.name, one.data) for one in self.record_of(path, subject).content.files)

    def record_of(self, path: str, subject: str) -> Record:
        """An item in Outlook, which nobody opens."""
        return next(one for one in self.records_there(path) if one.content.values.get(SUBJECT) == subject)

    def check(self) -> None:
        """All are in step, and nothing is left lying about."""
        self.both()
        assert self.show().total == self.cycle().total == 0
        assert not list(self.context.directory.iterdir())


@pytest.fixture
def desk(make_replica: MakeReplica, tmp_path: Path) -> FileDesk:
    (tmp_path / "files").mkdir()
    return FileDesk(make_replica(), tmp_path / "files")


@pytest.fixture
def stored(desk: FileDesk) -> StoredItem:
    """An appointment with a note, in all three places."""
    stored = desk.server.create(desk.me, desk.calendar, appointment(note="Some text"))
    desk.both()
    return stored


def there(stored: StoredItem) -> list[tuple[str, bytes]]:
    return sorted((one.name, one.data) for one in stored.files)


def test_files_of_the_server_come_to_outlook_and_go(desk: FileDesk, stored: StoredItem) -> None:
    first = desk.server.attach(desk.me, stored.id, "a.txt", b"one")
    desk.server.attach(desk.me, stored.id, 'Bilanz "2026".pdf', b"two")
    desk.both()
    assert desk.files("Calendar", "Jour fixe") == [("Bilanz _2026_.pdf", b"two"), ("a.txt", b"one")]
    desk.server.detach(desk.me, stored.id, first)
    desk.both()
    assert desk.files("Calendar", "Jour fixe") == [("Bilanz _2026_.pdf", b"two")]
    assert there(stored) == [('Bilanz "2026".pdf', b"two")]
    assert stored.item.note == "Some text"
    desk.check()


@pytest.mark.parametrize(
    ("module", "item", "path"),
    [
        (Module.CONTACTS, Contact(last_name="Beispiel", photo=Photo("image/jpeg", JPEG), uid="c"), "Contact"),
        (Module.TASKS, Task(title="Beispiel", note_html="<p>So <b>fett</b></p>", note="So fett", uid="t"), "Task"),
    ],
)
def test_new_items_of_any_kind_come_with_their_files(desk: FileDesk, module: Module, item: Item, path: str) -> None:
    stored = desk.server.create(desk.me, desk.server.default_folder(desk.me, module), item)
    desk.server.attach(desk.me, stored.id, "a.txt", b"one")
    desk.both()
    (record,) = desk.records_there(path)
    assert ("a.txt", b"one") in [(one.name, one.data) for one in record.content.files]
    with desk.user.open(record.entry_id) as opened:
        opened.Attachments.Add(desk.path("b.txt", b"two"))
    desk.both()
    assert there(stored) == [("a.txt", b"one"), ("b.txt", b"two")]
    assert stored.item == item
    desk.check()


def test_what_a_person_hangs_on_takes_off_and_replaces_in_outlook_is_so_on_the_server(
    desk: FileDesk, stored: StoredItem
) -> None:
    desk.hang("Calendar", "Jour fixe", "a.txt", b"one")
    desk.hang("Calendar", "Jour fixe", "b.txt", b"two")
    desk.both()
    assert there(stored) == [("a.txt", b"one"), ("b.txt", b"two")]
    desk.take_off("Calendar", "Jour fixe", "a.txt")
    desk.hang("Calendar", "Jour fixe", "a.txt", b"new")
    desk.take_off("Calendar", "Jour fixe", "b.txt")
    desk.both()
    assert there(stored) == [("a.txt", b"new")]
    assert stored.item.note == "Some text"
    desk.check()


def test_what_is_done_on_both_sides_is_done_on_both(desk: FileDesk, stored: StoredItem) -> None:
    old = desk.server.attach(desk.me, stored.id, "old.txt", b"old")
    desk.both()
    desk.hang("Calendar", "Jour fixe", "mine.txt", b"mine")
    desk.server.detach(desk.me, stored.id, old)
    desk.server.attach(desk.me, stored.id, "theirs.txt", b"theirs")
    desk.edit_there(stored.id, location="Room 1")
    desk.both()
    both = [("mine.txt", b"mine"), ("theirs.txt", b"theirs")]
    assert desk.files("Calendar", "Jour fixe") == there(stored) == both
    desk.check()


def test_files_of_one_name_and_one_content_are_two(desk: FileDesk, stored: StoredItem) -> None:
    desk.hang("Calendar", "Jour fixe", "a.txt")
    desk.hang("Calendar", "Jour fixe", "a.txt")
    desk.both()
    assert there(stored) == [("a.txt", b"mine")] * 2
    desk.take_off("Calendar", "Jour fixe", "a.txt")
    desk.both()
    assert there(stored) == [("a.txt", b"mine")]
    desk.check()


def test_an_item_that_is_dragged_or_copied_takes_its_files_along(desk: FileDesk, stored: StoredItem) -> None:
    club = desk.server.add_folder(desk.me, "Club", Module.CALENDAR)
    desk.server.attach(desk.me, stored.id, "a.txt", b"one")
    desk.both()
    desk.user.drag(desk.entry("Calendar", "Jour fixe"), desk.folder_there("Club"))
    desk.machine.pump()
    desk.both()
    assert (stored.folder, there(stored)) == (club, [("a.txt", b"one")])
    desk.user.paste([desk.entry("Club", "Jour fixe")], desk.folder_there("Calendar"))
    desk.machine.pump()
    desk.both()
    (copy,) = desk.server.in_folder(desk.calendar)
    assert there(copy) == there(stored) == [("a.txt", b"one")]
    desk.check()


def test_a_series_has_files_and_its_occurrences_have_none_in_outlook(desk: FileDesk) -> None:
    master = desk.server.create(desk.me, desk.calendar, weekly())
    when = master.item.when  # type: ignore[union-attr]
    changed = desk.server.change_occurrence(desk.me, master.id, when.start.date(), weekly("Moved"))  # type: ignore[union-attr]
    desk.server.attach(desk.me, master.id, "a.txt", b"one")
    desk.server.attach(desk.me, changed.id, "b.txt", b"two")
    desk.both()
    assert desk.files("Calendar", "Weekly") == [("a.txt", b"one")]
    assert (there(master), there(changed)) == ([("a.txt", b"one")], [("b.txt", b"two")])
    assert not desk.show().reports
    desk.check()


def test_what_one_may_not_change_gets_its_files_back_in_outlook(desk: FileDesk) -> None:
    shared = desk.server.add_folder(desk.other, "Board", Module.CALENDAR)
    desk.server.share(shared, desk.me, Rights(folder=2, read=4))
    stored = desk.server.create(desk.other, shared, appointment("Meeting"))
    desk.server.attach(desk.other, stored.id, "agenda.txt", b"agenda")
    desk.both()
    path = "OX shared folders/Berta – Board"
    desk.hang(path, "Meeting", "mine.txt")
    desk.take_off(path, "Meeting", "agenda.txt")
    desk.show()
    assert [one.subject for one in desk.cycle().reports] == [Subject.TAKEN_BACK]
    desk.both()
    assert desk.files(path, "Meeting") == there(stored) == [("agenda.txt", b"agenda")]


def test_a_file_that_outlook_refuses_is_told_and_stays_everywhere_else(desk: FileDesk, stored: StoredItem) -> None:
    desk.server.attach(desk.me, stored.id, "film.mp4", b"film")
    desk.cycle()
    desk.machine.fail("Attachments.Add", failures.com_error(ComCode.FAILED, "The attachment is too large."))
    (report,) = desk.show().reports
    assert report.message == (
        "“film.mp4” of “Jour fixe” could not be brought up to date in Outlook: Outlook says: The attachment is too "
        "large. It will be tried again."
    )
    assert not desk.cycle().reports
    assert (desk.files("Calendar", "Jour fixe"), there(stored)) == ([], [("film.mp4", b"film")])
    desk.user.edit(desk.entry("Calendar", "Jour fixe"), Location="Room 2")
    desk.both()
    assert there(stored) == [("film.mp4", b"film")]
    assert stored.item.location == "Room 2"  # type: ignore[union-attr]
    desk.edit_there(stored.id, location="Room 3")
    desk.both()
    assert desk.files("Calendar", "Jour fixe") == [("film.mp4", b"film")]
    desk.check()


def test_a_file_that_outlook_does_not_give_is_told_and_not_called_gone(desk: FileDesk, stored: StoredItem) -> None:
    desk.server.attach(desk.me, stored.id, "a.txt", b"one")
    desk.both()
    desk.show()
    desk.user.edit(desk.entry("Calendar", "Jour fixe"), Location="Room 2")
    desk.machine.fail("Attachment.SaveAsFile", failures.com_error(ComCode.FAILED, "It is blocked."))
    (report,) = desk.show().reports
    assert "The files of “Jour fixe” could not be read in Outlook: Outlook says: It is blocked." in report.message
    desk.cycle()
    assert there(stored) == [("a.txt", b"one")]
    assert stored.item.location == "Room 2"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("call", "done"),
    [
        ("Attachments.Add", True),
        ("AppointmentItem.Save", False),
        ("AppointmentItem.Save", True),
        ("Attachments.Remove", True),
        ("Attachment.SaveAsFile", False),
    ],
)
def test_outlook_that_ends_loses_no_file_and_doubles_none(
    desk: FileDesk, stored: StoredItem, call: str, done: bool
) -> None:
    old = desk.server.attach(desk.me, stored.id, "old.txt", b"old")
    desk.both()
    desk.hang("Calendar", "Jour fixe", "mine.txt", b"mine")
    desk.server.detach(desk.me, stored.id, old)
    desk.server.attach(desk.me, stored.id, "theirs.txt", b"theirs")
    desk.cycle()
    desk.machine.end_in(call, done=done)
    with suppress(Unreachable):
        desk.show()
    desk.machine._end_in = None
    desk.machine.start()
    desk.outlook = desk.attach()
    desk.both()
    both = [("mine.txt", b"mine"), ("theirs.txt", b"theirs")]
    assert desk.files("Calendar", "Jour fixe") == there(stored) == both
    desk.both()
    assert desk.show().total == desk.cycle().total == 0
