from __future__ import annotations

import pytest

from passerelle.model.errors import Contradiction, Forbidden, Invalid, NotFound, Refused, Stale
from passerelle.model.folders import Module
from passerelle.model.ids import FolderId, ItemId, Stamp
from passerelle.model.items import Contact, DistributionList, Item, Member, Task
from passerelle.model.patch import Patch
from tests.groupware.office import (
    AUTHOR,
    EDITOR,
    OWN_READER,
    READER,
    VISITOR,
    Office,
    appointment_of,
    at,
    daily,
    meeting,
)


def rename(_item: Item) -> Patch:
    return {"title": "Renamed"}


def nothing(_item: Item) -> Patch:
    return {}


def call(number: str) -> Patch:
    return {"mobile": number}


class TestReading:
    """Who reads what (semantics reference, section 2.1)."""

    def test_an_item_is_found_by_its_id_alone(self, office: Office) -> None:
        session = office.session("anna")
        item = session.create(office.default("anna"), meeting())
        assert session.get(item.id, Module.CALENDAR).item == item.item
        assert session.get(item.id, Module.CALENDAR, office.default("anna")).item == item.item

    def test_an_unknown_item_and_one_of_another_kind_are_not_found(self, office: Office) -> None:
        session = office.session("anna")
        item = session.create(office.default("anna"), meeting())
        for id_, module in ((ItemId(4711), Module.CALENDAR), (item.id, Module.CONTACTS)):
            with pytest.raises(NotFound):
                session.get(id_, module)

    def test_what_lies_in_an_invisible_folder_is_not_found(self, office: Office) -> None:
        item = office.session("anna").create(office.default("anna"), meeting())
        with pytest.raises(NotFound):
            office.session("bruno").get(item.id, Module.CALENDAR)
        with pytest.raises(NotFound):
            office.session("bruno").get(item.id, Module.CALENDAR, office.default("anna"))

    def test_a_visible_folder_without_the_right_to_read_is_forbidden(self, office: Office) -> None:
        folder = office.share_default("anna", office.grant("bruno", VISITOR))
        item = office.session("anna").create(folder, meeting())
        session = office.session("bruno")
        with pytest.raises(Forbidden):
            session.get(item.id, Module.CALENDAR)
        with pytest.raises(Forbidden):
            session.changes(folder, Module.CALENDAR)
        with pytest.raises(Forbidden):
            session.ids(folder, Module.CALENDAR)

    @pytest.mark.rule("2.1.own")
    def test_who_reads_the_own_only_sees_the_own_only(self, office: Office) -> None:
        rights = OWN_READER.__class__(folder=4, read=2)
        folder = office.public("anna", "All", Module.CONTACTS, office.grant("bruno", rights))
        office.session("anna").create(folder.id, Contact(last_name="Hers"))
        session = office.session("bruno")
        mine = session.create(folder.id, Contact(last_name="His"))
        assert session.ids(folder.id, Module.CONTACTS) == (mine.id,)
        assert [one.id for one in session.changes(folder.id, Module.CONTACTS).items] == [mine.id]


class TestCreating:
    """Putting items into folders."""

    def test_creating_needs_the_right(self, office: Office) -> None:
        folder = office.share_default("anna", office.grant("bruno", READER))
        with pytest.raises(Forbidden) as refusal:
            office.session("bruno").create(folder, meeting())
        assert refusal.value.code == "APP-0063"

    def test_an_invisible_folder_is_not_found(self, office: Office) -> None:
        for folder in (office.default("anna"), FolderId(4711)):
            with pytest.raises(NotFound):
                office.session("bruno").create(folder, meeting())

    def test_an_item_goes_into_a_folder_of_its_kind(self, office: Office) -> None:
        session = office.session("anna")
        for folder, item in (
            (office.default("anna", Module.TASKS), meeting()),
            (office.default("anna"), Contact(last_name="A")),
            (office.default("anna", Module.CONTACTS), Task(title="T")),
        ):
            with pytest.raises(Contradiction):
                session.create(folder, item)

    def test_a_new_item_has_a_uid_and_keeps_a_given_one(self, office: Office) -> None:
        session = office.session("anna")
        assert session.create(office.default("anna"), meeting()).item.uid
        assert session.create(office.default("anna"), meeting(when=at(15), uid="mine")).item.uid == "mine"

    @pytest.mark.rule("5.1.uid")
    def test_a_uid_is_given_once(self, office: Office) -> None:
        session = office.session("anna")
        session.create(office.default("anna"), meeting(uid="mine"))
        with pytest.raises(Contradiction) as refusal:
            session.create(office.default("anna"), meeting(when=at(15), uid="mine"))
        assert refusal.value.code == "APP-0100"


class TestChanging:
    """Updates and optimistic locking (OX reference, section 5.2)."""

    def test_a_change_keeps_what_it_does_not_name(self, office: Office) -> None:
        session = office.session("anna")
        item = session.create(office.default("anna"), meeting(location="Here"))
        changed = session.update(item.id, item.folder, rename, expected=item.stamp)
        assert (appointment_of(changed).title, appointment_of(changed).location) == ("Renamed", "Here")
        assert changed.stamp > item.stamp

    @pytest.mark.rule("6.stale", "12.stale")
    def test_an_older_version_is_stale(self, office: Office) -> None:
        session = office.session("anna")
        item = session.create(office.default("anna"), meeting())
        with pytest.raises(Stale):
            session.update(item.id, item.folder, rename, expected=Stamp(0))
        with pytest.raises(Stale):
            session.delete(item.id, item.folder, expected=Stamp(item.stamp - 1))

    def test_a_version_from_the_future_is_accepted(self, office: Office) -> None:
        session = office.session("anna")
        item = session.create(office.default("anna"), meeting())
        session.update(item.id, item.folder, rename, expected=Stamp(item.stamp + 1_000_000))

    def test_not_found_comes_before_stale(self, office: Office) -> None:
        with pytest.raises(NotFound):
            office.session("anna").update(ItemId(4711), office.default("anna"), rename, expected=Stamp(0))

    @pytest.mark.rule("6.nothing")
    def test_a_change_of_nothing_succeeds_and_leaves_the_stamp(self, office: Office) -> None:
        session = office.session("anna")
        item = session.create(office.default("anna"), meeting())
        assert session.update(item.id, item.folder, nothing, expected=item.stamp).stamp == item.stamp

    @pytest.mark.rule("5.5.folder")
    def test_the_wrong_folder_is_refused(self, office: Office) -> None:
        session = office.session("anna")
        item = session.create(office.default("anna"), meeting())
        other = office.private("anna", "Other")
        with pytest.raises(Forbidden) as refusal:
            session.update(item.id, other.id, rename)
        assert refusal.value.code == "APP-0059"

    @pytest.mark.rule("2.1.own")
    def test_who_writes_the_own_only_changes_the_own_only(self, office: Office) -> None:
        folder = office.public("anna", "All", Module.CONTACTS, office.grant("bruno", AUTHOR))
        hers = office.session("anna").create(folder.id, Contact(last_name="Hers"))
        session = office.session("bruno")
        his = session.create(folder.id, Contact(last_name="His"))
        session.update(his.id, folder.id, lambda _item: call("1"))
        with pytest.raises(Forbidden):
            session.update(hers.id, folder.id, lambda _item: call("1"))

    def test_a_reader_changes_nothing_and_deletes_nothing(self, office: Office) -> None:
        folder = office.share_default("anna", office.grant("bruno", READER))
        item = office.session("anna").create(folder, meeting())
        with pytest.raises(Forbidden):
            office.session("bruno").update(item.id, folder, rename)
        with pytest.raises(Forbidden):
            office.session("bruno").delete(item.id, folder)

    def test_a_refused_change_changes_nothing(self, office: Office) -> None:
        session = office.session("anna")
        item = session.create(office.default("anna"), meeting())
        with pytest.raises(Invalid):
            session.update(item.id, item.folder, lambda _item: {"title": "x" * 300, "location": "There"})
        assert session.get(item.id, Module.CALENDAR) == session.get(item.id, Module.CALENDAR, item.folder)
        assert session.get(item.id, Module.CALENDAR).stamp == item.stamp

    @pytest.mark.rule("6.list")
    def test_a_contact_that_is_given_members_becomes_a_distribution_list(self, office: Office) -> None:
        session = office.session("anna")
        item = session.create(office.default("anna", Module.CONTACTS), Contact(display_name="Team"))
        members = (Member(mail="a@example.org"),)
        changed = session.update(item.id, item.folder, lambda _item: {"members": members})
        assert isinstance(changed.item, DistributionList)
        assert (changed.item.display_name, changed.item.members) == ("Team", members)

    @pytest.mark.rule("5.7")
    def test_an_alarm_is_everybody_s_own(self, office: Office) -> None:
        folder = office.share_default("anna", office.grant("bruno", EDITOR))
        item = office.session("anna").create(folder, meeting(alarm=15))
        office.session("bruno").update(item.id, folder, lambda _item: {"alarm": 5})
        assert appointment_of(office.session("anna").get(item.id, Module.CALENDAR)).alarm == 15
        assert appointment_of(office.session("bruno").get(item.id, Module.CALENDAR, folder)).alarm == 5


class TestMoving:
    """Moves between folders (semantics reference, section 5.5)."""

    def move(self, office: Office, login: str, id_: ItemId, source: FolderId, target: FolderId) -> str:
        with pytest.raises(Refused) as refusal:
            office.session(login).update(id_, source, nothing, destination=target)
        return refusal.value.code

    def test_an_appointment_moves_between_own_folders(self, office: Office) -> None:
        session, target = office.session("anna"), office.private("anna", "Other").id
        item = session.create(office.default("anna"), meeting())
        moved = session.update(item.id, item.folder, rename, expected=item.stamp, destination=target)
        assert (moved.folder, appointment_of(moved).title) == (target, "Renamed")
        gone = session.changes(office.default("anna"), Module.CALENDAR).gone
        assert [stone.id for stone in gone] == [item.id]
        assert [one.id for one in session.changes(target, Module.CALENDAR).items] == [item.id]

    def test_a_move_into_the_same_folder_is_none(self, office: Office) -> None:
        session = office.session("anna")
        item = session.create(office.default("anna"), meeting())
        assert session.update(item.id, item.folder, nothing, destination=item.folder).stamp == item.stamp

    @pytest.mark.rule("5.5.public")
    def test_a_move_needs_delete_in_the_old_and_create_in_the_new_folder(self, office: Office) -> None:
        keeper = office.public("anna", "No delete", Module.CONTACTS, office.grant("bruno", READER.__class__(
            folder=4, read=4, write=4)))  # fmt: skip
        item = office.session("anna").create(keeper.id, Contact(last_name="A"))
        own = office.default("bruno", Module.CONTACTS)
        self.move(office, "bruno", item.id, keeper.id, own)
        closed = office.public("anna", "No create", Module.CONTACTS, office.grant("bruno", READER))
        mine = office.session("bruno").create(own, Contact(last_name="B"))
        assert self.move(office, "bruno", mine.id, own, closed.id) == "APP-0063"

    @pytest.mark.rule("5.5.series")
    def test_a_series_and_a_changed_occurrence_stay(self, office: Office) -> None:
        session, target = office.session("anna"), office.private("anna", "Other").id
        home = office.default("anna")
        series = session.create(home, meeting(recurrence=daily(5)))
        assert self.move(office, "anna", series.id, home, target) == "APP-0093"
        exception = session.change_occurrence(series.id, home, 2, rename)
        assert self.move(office, "anna", exception.id, home, target) == "APP-0066"

    @pytest.mark.rule("5.5.shared")
    def test_nothing_leaves_a_shared_calendar(self, office: Office) -> None:
        folder = office.share_default("anna", office.grant("bruno", EDITOR))
        item = office.session("anna").create(folder, meeting())
        assert self.move(office, "bruno", item.id, folder, office.default("bruno")) == "APP-0034"

    @pytest.mark.rule("4.1.moves")
    def test_what_is_private_does_not_become_public_or_another_s(self, office: Office) -> None:
        item = office.session("anna").create(office.default("anna"), meeting(private=True))
        public = office.public("anna").id
        shared = office.share_default("bruno", office.grant("anna", EDITOR))
        assert self.move(office, "anna", item.id, item.folder, public) == "APP-0057"
        assert self.move(office, "anna", item.id, item.folder, shared) == "APP-0068"

    @pytest.mark.rule("4.3.moves", "4.4.moves")
    def test_a_private_contact_and_task_stay_with_their_owner(self, office: Office) -> None:
        session = office.session("anna")
        contact = session.create(office.default("anna", Module.CONTACTS), Contact(last_name="A", private=True))
        task = session.create(office.default("anna", Module.TASKS), Task(title="T", private=True))
        for item, module, code in ((contact, Module.CONTACTS, "CON-0165"), (task, Module.TASKS, "TSK-0042")):
            target = office.public("anna", "Public", module)
            assert self.move(office, "anna", item.id, item.folder, target.id) == code

    @pytest.mark.rule("7.moves")
    def test_tasks_neither_leave_nor_enter_shared_folders(self, office: Office) -> None:
        shared = office.share_default("anna", office.grant("bruno", EDITOR), Module.TASKS)
        own = office.default("bruno", Module.TASKS)
        theirs = office.session("anna").create(shared, Task(title="T"))
        mine = office.session("bruno").create(own, Task(title="T"))
        assert self.move(office, "bruno", theirs.id, shared, own) == "TSK-0034"
        assert self.move(office, "bruno", mine.id, own, shared) == "TSK-0034"

    @pytest.mark.rule("5.5.public")
    def test_a_moved_appointment_that_becomes_public_leaves_the_participants_calendars(self, office: Office) -> None:
        session, public = office.session("anna"), office.public("anna", "P", Module.CALENDAR)
        item = session.create(office.default("anna"), meeting(participants=office.invite("bruno")))
        session.update(item.id, item.folder, nothing, destination=public.id)
        assert office.session("bruno").ids(office.default("bruno"), Module.CALENDAR) == ()
        assert session.ids(public.id, Module.CALENDAR) == (item.id,)

    def test_an_appointment_that_becomes_private_enters_the_participants_calendars(self, office: Office) -> None:
        session, public = office.session("anna"), office.public("anna", "P", Module.CALENDAR)
        item = session.create(public.id, meeting(participants=office.invite("bruno")))
        session.update(item.id, public.id, nothing, destination=office.default("anna"))
        assert office.session("bruno").ids(office.default("bruno"), Module.CALENDAR) == (item.id,)

    def test_a_participant_moves_only_the_own_view(self, office: Office) -> None:
        session = office.session("bruno")
        item = office.session("anna").create(office.default("anna"), meeting(participants=office.invite("bruno")))
        own = office.private("bruno", "Own").id
        session.update(item.id, office.default("bruno"), nothing, destination=own)
        assert session.ids(own, Module.CALENDAR) == (item.id,)
        assert session.ids(office.default("bruno"), Module.CALENDAR) == ()
        assert office.session("anna").get(item.id, Module.CALENDAR).folder == office.default("anna")
        public = office.public("bruno").id
        assert self.move(office, "bruno", item.id, own, public) == "APP-0033"
