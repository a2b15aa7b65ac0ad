"""A person's default folders in Outlook's own: what was there before is let alone, and what is brought goes again."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import cast

import msgspec
import pytest

from passerelle.model.errors import Contradiction, Misconfigured
from passerelle.model.folders import FULL, PRIVATE, Folder, FolderType, Module, Right
from passerelle.model.items import Appointment, Contact, Item, Task
from passerelle.model.moments import Timed
from passerelle.model.principals import PrincipalKind
from passerelle.peers.outlook.constants import DefaultFolder, ItemType
from passerelle.sync.accounts.registry import Account
from passerelle.sync.mirror import Mirror
from passerelle.sync.outlook_setup import OutlookSetup, OwnFolders
from passerelle.sync.replica import Replica
from passerelle.sync.report import CycleResult
from tests.outlook_double.habits import ENGLISH, Habits
from tests.outlook_double.invitations import vcal_uid
from tests.outlook_double.keys import CLEAN_OBJECT_ID, OBJECT_ID, SUBJECT
from tests.outlook_double.machine import Machine
from tests.outlook_double.records import FolderRecord
from tests.outlook_double.registry import MemoryRegistry
from tests.outlook_double.user import User
from tests.sync.outlook_scene import account_in
from tests.sync.world import ME

START = datetime(2026, 12, 1, 9, tzinfo=UTC)
CALENDAR, CONTACTS, TASKS = DefaultFolder.Calendar, DefaultFolder.Contacts, DefaultFolder.Tasks


def appointment(title: str = "From the server", **values: object) -> Appointment:
    when = Timed(start=START, end=START + timedelta(hours=1), zone="Europe/Berlin")
    return msgspec.structs.replace(Appointment(title=title, when=when, alarm=15), **values)


class Scene:
    """An account with default folders of its own, and an Outlook whose user has things of his there."""

    def __init__(self, data: Path, habits: Habits | None = None) -> None:
        self.accounts, self.account = account_in(data)
        self.machine = Machine(habits)
        self.machine.start()
        self.user = User(self.machine)
        self.setup = OutlookSetup(
            self.accounts, self.machine.get_active_object, MemoryRegistry(), lambda: self.machine.now
        )
        self.path = data / "outlook" / "anna.pst"
        self.folders: dict[Module, Folder] = {}
        with self.accounts.replica(self.account) as replica:
            self._begin(replica)
        self.before = self.user.create(self.own(CALENDAR), Subject="Was there before")
        self.machine.pass_time(timedelta(hours=1))

    def _begin(self, replica: Replica) -> None:
        with replica.store.writing(ME, "server") as tx:
            for module in (Module.CALENDAR, Module.CONTACTS, Module.TASKS):
                right = Right(kind=PrincipalKind.USER, principal=ME, rights=FULL)
                self.folders[module] = tx.folders.add(
                    PRIVATE, module.value.title(), module, FolderType.PRIVATE, ME, rights=(right,), is_default=True
                )

    def own(self, kind: DefaultFolder) -> FolderRecord:
        return self.user.folder(kind)

    def set_up(self, *, sends_existing: bool = False, all_calendars: bool = False) -> None:
        homes = OwnFolders(sends_existing=sends_existing, all_calendars=all_calendars)
        self.account = self.setup.set_up(self.account, self.path, homes)

    def add(self, item: Item, module: Module = Module.CALENDAR) -> None:
        """Something that came from the server."""
        with self.accounts.replica(self.account) as replica, replica.store.writing(ME, replica.store.origin) as tx:
            tx.items.add(self.folders[module].id, item, alarm_of=ME)

    def show(self, *, hears: bool = False) -> CycleResult:
        """Show all; or look once more at what is in Outlook's own calendar, as when something is heard of it."""
        self.machine.pass_time(timedelta(minutes=1))
        find = self.machine.get_active_object
        with (
            self.accounts.replica(self.account) as replica,
            Mirror(replica, self.account, find, now=lambda: self.machine.now) as mirror,
        ):
            result = mirror.show()
            if hears:
                calendar = self.own(CALENDAR).entry_id
                heard = [id_ for id_, address in mirror.addresses().items() if address.entry == calendar]
                self.machine.calls.clear()
                result = mirror.show(folders=heard)
        self.machine.pass_time(timedelta(minutes=1))
        self.machine.pump()
        return result

    def remove(self) -> None:
        self.account = self.setup.remove(self.account)

    def subjects(self, folder: FolderRecord) -> list[str]:
        found = []
        for entry in list(folder.records):
            with self.user.open(entry) as item:
                found.append(cast("str", item.Subject))
        return sorted(found)

    def titles(self, module: Module = Module.CALENDAR) -> set[str | None]:
        with self.accounts.replica(self.account) as replica, replica.store.reading() as tx:
            found = (tx.items.get(id_, ME) for id_ in tx.items.ids(self.folders[module].id))
            return {getattr(one.item, "title", getattr(one.item, "first_name", "")) for one in found if one}


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def test_the_persons_own_folders_are_outlooks_own_and_reminders_ring(scene: Scene) -> None:
    scene.set_up()
    scene.add(appointment())
    scene.add(Contact(first_name="Berta"), Module.CONTACTS)
    scene.add(Task(title="Errand"), Module.TASKS)
    scene.show()
    assert "From the server" in scene.subjects(scene.own(CALENDAR))
    assert scene.subjects(scene.own(CONTACTS)) == ["Berta"]
    assert scene.subjects(scene.own(TASKS)) == ["Errand"]
    assert "From the server" in scene.user.reminded_of()
    root = scene.machine.profile.data_files[str(scene.path)].root
    assert not {"Calendar", "Contacts", "Tasks"} & {folder.name for folder in root.children}
    assert scene.show().total == 0


def test_what_was_there_before_stays_and_is_not_sent(scene: Scene) -> None:
    scene.set_up()
    scene.show()
    scene.user.edit(scene.before, Location="Elsewhere")
    scene.show()
    assert scene.titles() == set()
    assert scene.subjects(scene.own(CALENDAR)) == ["Was there before"]


def test_what_was_there_before_is_sent_if_that_is_wanted(scene: Scene) -> None:
    scene.set_up(sends_existing=True)
    scene.show()
    assert scene.titles() == {"Was there before"}
    scene.remove()
    assert scene.subjects(scene.own(CALENDAR)) == ["Was there before"]


def test_what_is_made_there_from_now_on_is_sent(scene: Scene) -> None:
    scene.set_up()
    scene.user.create(scene.own(CALENDAR), Subject="New")
    scene.show()
    assert scene.titles() == {"New"}


def test_a_meeting_that_was_there_before_and_is_on_the_server_is_there_once(scene: Scene) -> None:
    record = scene.user.record(scene.before)
    record.content.values |= {OBJECT_ID: vcal_uid("both"), CLEAN_OBJECT_ID: vcal_uid("both")}
    scene.set_up()
    scene.add(appointment(uid="both"))
    scene.show()
    assert scene.subjects(scene.own(CALENDAR)) == ["From the server"]


def test_birthdays_that_outlook_enters_are_not_sent(scene: Scene) -> None:
    scene.set_up()
    scene.show()
    scene.add(Contact(first_name="Berta", birthday=date(1980, 5, 4)), Module.CONTACTS)
    scene.show()
    scene.show()
    assert scene.titles() == set()
    assert len(scene.own(CALENDAR).records) == 2


def test_other_folders_are_in_the_data_file_and_those_below_the_own_ones_below_outlooks(scene: Scene) -> None:
    scene.set_up()
    with scene.accounts.replica(scene.account) as replica:
        session = replica.session()
        session.create_folder(PRIVATE, "Club", module=Module.CALENDAR)
        session.create_folder(scene.folders[Module.CALENDAR].id, "Below", module=Module.CALENDAR)
    scene.user.create_folder(scene.own(CALENDAR), "The user’s", scene.own(CALENDAR).type)
    scene.show()
    root = scene.machine.profile.data_files[str(scene.path)].root
    assert "Club" in {folder.name for folder in root.children}
    assert {folder.name for folder in scene.own(CALENDAR).children} == {"Below", "The user’s"}
    with scene.accounts.replica(scene.account) as replica, replica.store.reading() as tx:
        assert "The user’s" not in {folder.name for folder in tx.folders.all()}
    assert scene.show().total == 0
    scene.remove()
    assert {folder.name for folder in scene.own(CALENDAR).children} == {"The user’s"}


def test_a_default_folder_that_is_called_otherwise_keeps_outlooks_name(scene: Scene) -> None:
    scene.set_up()
    scene.show()
    with scene.accounts.replica(scene.account) as replica, replica.store.writing(ME, replica.store.origin) as tx:
        tx.folders.replace(msgspec.structs.replace(scene.folders[Module.CALENDAR], name="My time"))
    scene.show()
    assert scene.own(CALENDAR).name == "Kalender"
    assert scene.show().total == 0
    with scene.accounts.replica(scene.account) as replica, replica.store.reading() as tx:
        folder = tx.folders.get(scene.folders[Module.CALENDAR].id)
        assert folder is not None
        assert folder.name == "My time"


def test_an_item_moves_between_outlooks_own_folder_and_another(scene: Scene) -> None:
    scene.set_up()
    with scene.accounts.replica(scene.account) as replica:
        club_here = replica.session().create_folder(PRIVATE, "Club", module=Module.CALENDAR)
    scene.add(appointment())
    scene.show()
    scene.show()
    root = scene.machine.profile.data_files[str(scene.path)].root
    club = next(folder for folder in root.children if folder.name == "Club")
    entry = next(entry for entry in scene.own(CALENDAR).records if entry != scene.before)
    scene.user.drag(entry, club)
    scene.machine.pump()
    scene.show()
    with scene.accounts.replica(scene.account) as replica, replica.store.reading() as tx:
        assert len(list(tx.items.ids(club_here.id))) == 1
    assert scene.titles() == set()


def test_when_it_is_removed_what_came_goes_and_what_was_made_there_stays_without_a_trace(scene: Scene) -> None:
    bin_ = scene.own(DefaultFolder.DeletedItems)
    scene.set_up()
    scene.add(appointment())
    scene.add(appointment("Another"))
    scene.show()
    made = scene.user.create(scene.own(CALENDAR), Subject="Made there", Body="x" * 5000)
    scene.show()
    scene.remove()
    assert scene.subjects(scene.own(CALENDAR)) == ["Made there", "Was there before"]
    assert scene.subjects(bin_) == []
    assert made
    folders = [scene.own(kind) for kind in (CALENDAR, CONTACTS, TASKS)]
    values = [record.content.values for folder in folders for record in folder.records.values()]
    names = [key for each in (*values, *(folder.values for folder in folders)) for key in each]
    assert [key for key in names if "asserelle" in str(key)] == []


def test_two_accounts_cannot_be_in_outlooks_own_folders(scene: Scene, tmp_path: Path) -> None:
    scene.set_up()
    other = Account(name="berta", url="https://ox.example.org", login="berta", directory="replicas/berta")
    with pytest.raises(Contradiction, match="own folders already"):
        scene.setup.set_up(other, tmp_path / "berta.pst", OwnFolders())
    assert str(tmp_path / "berta.pst") not in scene.machine.profile.data_files


def test_they_can_be_set_up_again_after_they_were_removed(scene: Scene) -> None:
    scene.set_up()
    scene.add(appointment())
    scene.show()
    scene.remove()
    scene.set_up()
    scene.show()
    assert scene.subjects(scene.own(CALENDAR)) == ["From the server", "Was there before"]


def test_when_outlook_has_other_folders_of_its_own_nothing_is_taken_for_deleted(scene: Scene) -> None:
    scene.set_up()
    scene.add(appointment())
    scene.show()
    for folder in (CALENDAR, CONTACTS, TASKS):
        scene.own(folder).values.clear()
    with pytest.raises(Misconfigured, match="Set it up again"):
        scene.show()
    assert scene.titles() == {"From the server"}


# --- All calendars in Outlook's own ---


class Calendars(Scene):
    """Two calendars besides the default one, all in Outlook's own."""

    def __init__(self, data: Path) -> None:
        super().__init__(data, Habits(locale=ENGLISH))
        self.set_up(all_calendars=True)
        with self.accounts.replica(self.account) as replica:
            self.club = replica.session().create_folder(PRIVATE, "Club", module=Module.CALENDAR)
            self.team = replica.session().create_folder(PRIVATE, "Team; all", module=Module.CALENDAR)
        self.put(self.club, appointment("Match", categories=("Sport",)))
        self.put(self.team, appointment("Plans"))
        self.add(appointment("Dentist"))
        self.show()
        self.show()

    def put(self, folder: Folder, item: Item) -> None:
        with self.accounts.replica(self.account) as replica, replica.store.writing(ME, replica.store.origin) as tx:
            tx.items.add(folder.id, item, alarm_of=ME)

    def items(self, folder: Folder) -> dict[str | None, tuple[str, ...]]:
        """The items of a calendar here, with their categories."""
        with self.accounts.replica(self.account) as replica, replica.store.reading() as tx:
            found = [tx.items.get(id_, ME) for id_ in tx.items.ids(folder.id)]
        items = [one.item for one in found if one is not None]
        return {item.title: item.categories for item in items if isinstance(item, Appointment)}

    def entry(self, subject: str) -> str:
        found = self.own(CALENDAR).records.items()
        return next(entry for entry, record in found if record.content.values[SUBJECT] == subject)

    def categories(self, subject: str) -> str:
        with self.user.open(self.entry(subject)) as item:
            return cast("str", item.Categories)


@pytest.fixture
def calendars(tmp_path: Path) -> Calendars:
    return Calendars(tmp_path)


def test_all_calendars_are_in_outlooks_own_and_all_their_reminders_ring(calendars: Calendars) -> None:
    assert {"Match", "Plans", "Dentist"} <= set(calendars.user.reminded_of())
    assert (
        calendars.categories("Match").split(", ") == ["Sport", "Club"] or calendars.categories("Match") == "Sport, Club"
    )
    assert calendars.categories("Plans") == "Team all"
    assert calendars.categories("Dentist") == ""
    assert {"Club", "Team all"} <= {one.name for one in calendars.machine.profile.categories}
    assert calendars.show().total == 0


def test_the_category_of_a_calendar_is_none_of_the_items(calendars: Calendars) -> None:
    calendars.user.edit(calendars.entry("Match"), Location="Stadium")
    calendars.show()
    assert calendars.items(calendars.club) == {"Match": ("Sport",)}
    assert calendars.categories("Match") == "Sport, Club"


def test_one_table_is_read_for_all_of_them(calendars: Calendars) -> None:
    calendars.machine.calls.clear()
    calendars.show()
    assert calendars.machine.calls["Folder.GetTable"] == len(("calendar", "contacts", "tasks", "global address book"))


def test_what_is_made_with_a_calendars_category_is_in_that_calendar(calendars: Calendars) -> None:
    calendars.user.create(calendars.own(CALENDAR), Subject="Training", Categories="Sport, club")
    calendars.user.create(calendars.own(CALENDAR), Subject="Haircut", Categories="Sport")
    calendars.show()
    assert calendars.items(calendars.club) == {"Match": ("Sport",), "Training": ("Sport",)}
    assert calendars.titles() == {"Dentist", "Haircut"}
    assert calendars.show().total == 0


def test_another_category_moves_an_item_to_that_calendar(calendars: Calendars) -> None:
    calendars.user.edit(calendars.entry("Match"), Categories="Team all, Sport")
    calendars.user.edit(calendars.entry("Plans"), Categories="")
    calendars.show()
    calendars.show()
    assert calendars.items(calendars.club) == {}
    assert calendars.items(calendars.team) == {"Match": ("Sport",)}
    assert calendars.titles() == {"Dentist", "Plans"}
    assert calendars.show().total == 0


def test_an_item_that_is_moved_on_the_server_gets_the_other_category(calendars: Calendars) -> None:
    with calendars.accounts.replica(calendars.account) as replica:
        with replica.store.reading() as tx:
            (match,) = tx.items.ids(calendars.club.id)
        replica.session().update(match, calendars.club.id, lambda _: {}, destination=calendars.team.id)
    calendars.show()
    assert calendars.categories("Match") == "Sport, Team all"
    assert calendars.items(calendars.team) == {"Match": ("Sport",), "Plans": ()}
    assert calendars.show().total == 0


def test_a_calendar_that_goes_takes_its_items_along_and_no_others(calendars: Calendars) -> None:
    with calendars.accounts.replica(calendars.account) as replica:
        replica.session().delete_folder(calendars.club.id)
    calendars.show()
    assert calendars.subjects(calendars.own(CALENDAR)) == ["Dentist", "Plans", "Was there before"]
    assert calendars.show().total == 0


def test_when_they_are_removed_only_what_was_made_there_stays(calendars: Calendars) -> None:
    calendars.user.create(calendars.own(CALENDAR), Subject="Training", Categories="Club")
    calendars.show()
    calendars.remove()
    assert calendars.subjects(calendars.own(CALENDAR)) == ["Training", "Was there before"]


def test_a_calendar_that_the_user_makes_in_the_data_file_is_an_ordinary_one(calendars: Calendars) -> None:
    root = calendars.machine.profile.data_files[str(calendars.path)].root
    made = calendars.user.create_folder(root, "Mine", ItemType.AppointmentItem)
    calendars.user.create(made, Subject="Inside")
    calendars.show()
    with calendars.accounts.replica(calendars.account) as replica, replica.store.reading() as tx:
        (mine,) = [folder for folder in tx.folders.all() if folder.name == "Mine"]
    assert calendars.items(mine).keys() == {"Inside"}


def test_what_is_heard_of_the_one_calendar_is_looked_at_by_one_table_besides_the_contacts(calendars: Calendars) -> None:
    assert calendars.show(hears=True).total == 0
    assert calendars.machine.calls["Folder.GetTable"] == len(("calendar", "contacts", "global address book"))


def test_an_item_moves_between_a_calendar_with_a_category_and_an_ordinary_one(calendars: Calendars) -> None:
    root = calendars.machine.profile.data_files[str(calendars.path)].root
    made = calendars.user.create_folder(root, "Mine", ItemType.AppointmentItem)
    calendars.show()
    calendars.user.drag(calendars.entry("Plans"), made)
    calendars.machine.pump()
    calendars.show()
    with calendars.accounts.replica(calendars.account) as replica:
        with replica.store.reading() as tx:
            (mine,) = [folder for folder in tx.folders.all() if folder.name == "Mine"]
            (match,) = tx.items.ids(calendars.club.id)
        replica.session().update(match, calendars.club.id, lambda _: {}, destination=mine.id)
    calendars.show()
    calendars.show()
    assert calendars.subjects(made) == ["Match", "Plans"]
    assert calendars.items(mine)["Match"] == ("Sport",)
    assert calendars.items(calendars.team) == calendars.items(calendars.club) == {}
    assert calendars.show().total == 0
