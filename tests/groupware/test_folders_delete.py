from __future__ import annotations

import pytest

from passerelle.groupware.session import Session
from passerelle.model.errors import Contradiction, Forbidden, NotFound, Refused, Stale
from passerelle.model.folders import GLOBAL_ADDRESS_BOOK, PUBLIC, Module, Rights
from passerelle.model.ids import FolderId, Stamp
from passerelle.model.items import Contact
from tests.groupware.office import AUTHOR, EDITOR, Office, meeting


def refused(session: Session, id_: FolderId) -> str:
    with pytest.raises(Refused) as refusal:
        session.delete_folder(id_)
    return refusal.value.code


class TestDelete:
    """Deleting folders (semantics reference, section 1.6)."""

    @pytest.mark.rule("1.6.all")
    def test_a_folder_goes_with_all_below_and_in_it(self, office: Office) -> None:
        session = office.session("anna")
        a = office.private("anna", "a")
        b = session.create_folder(a.id, "b")
        item = session.create(b.id, meeting())
        session.delete_folder(a.id, expected=Stamp(a.stamp + 1_000_000))
        for id_ in (a.id, b.id):
            with pytest.raises(NotFound):
                session.folder(id_)
        with pytest.raises(NotFound):
            session.get(item.id, Module.CALENDAR)

    def test_an_older_version_is_not_deleted(self, office: Office) -> None:
        folder = office.private("anna", "a")
        with pytest.raises(Stale):
            office.session("anna").delete_folder(folder.id, Stamp(folder.stamp - 1))

    @pytest.mark.rule("1.1.kept")
    def test_system_folders_stay_whoever_asks(self, office: Office) -> None:
        with pytest.raises(Forbidden):
            office.session("anna").delete_folder(GLOBAL_ADDRESS_BOOK)

    @pytest.mark.rule("1.6.default")
    def test_default_folders_stay(self, office: Office) -> None:
        with pytest.raises(Contradiction) as refusal:
            office.session("anna").delete_folder(office.default("anna"))
        assert refusal.value.code == "FLD-0031"

    @pytest.mark.rule("1.6.shared")
    def test_another_user_s_folder_stays(self, office: Office) -> None:
        folder = office.private("anna", "a", Module.CALENDAR, office.grant("bruno", EDITOR))
        assert refused(office.session("bruno"), folder.id) == "FLD-0030"

    @pytest.mark.rule("1.6.admin")
    def test_only_administrators_delete(self, office: Office) -> None:
        folder = office.public("anna", "a", Module.CALENDAR, office.grant("bruno", EDITOR))
        assert refused(office.session("bruno"), folder.id) == "FLD-0010"

    def test_an_invisible_folder_is_not_found(self, office: Office) -> None:
        with pytest.raises(NotFound):
            office.session("bruno").delete_folder(office.private("anna", "a").id)

    @pytest.mark.rule("1.6.items")
    def test_with_delete_own_one_foreign_object_keeps_everything(self, office: Office) -> None:
        owner = Rights(folder=128, read=128, write=128, delete=2, admin=True)
        folder = office.session("anna").create_folder(
            PUBLIC, "a", module=Module.CONTACTS, rights=(office.grant("anna", owner), office.grant("bruno", AUTHOR))
        )  # fmt: skip
        mine = office.session("anna").create(folder.id, Contact(last_name="A"))
        theirs = office.session("bruno").create(folder.id, Contact(last_name="B"))
        assert refused(office.session("anna"), folder.id) == "FLD-0032"
        assert set(office.session("anna").ids(folder.id, Module.CONTACTS)) == {mine.id, theirs.id}
        office.session("bruno").delete(theirs.id, folder.id)
        office.session("anna").delete_folder(folder.id)

    @pytest.mark.rule("1.6.hidden")
    def test_a_hidden_subfolder_keeps_everything(self, office: Office) -> None:
        a = office.public("anna", "a", Module.CALENDAR, office.grant("bruno", EDITOR))
        b = office.session("bruno").create_folder(a.id, "b")
        assert refused(office.session("anna"), a.id) == "FLD-0010"
        assert office.session("bruno").folder(b.id).folder.parent == a.id

    def test_meetings_that_live_in_it_leave_the_calendars_of_their_participants(self, office: Office) -> None:
        folder = office.private("anna", "a")
        item = office.session("anna").create(folder.id, meeting(participants=office.invite("bruno")))
        office.session("anna").delete_folder(folder.id)
        changes = office.session("bruno").changes(office.default("bruno"), Module.CALENDAR)
        assert [stone.id for stone in changes.gone] == [item.id]
        assert list(changes.items) == []


class TestClear:
    """Emptying folders (semantics reference, section 1.6)."""

    @pytest.mark.rule("1.6.clear")
    def test_the_items_go_and_the_folder_stays_with_a_new_stamp(self, office: Office) -> None:
        session, folder = office.session("anna"), office.private("anna", "a")
        session.create(folder.id, meeting())
        assert session.clear_folder(folder.id, folder.stamp) > folder.stamp
        assert session.ids(folder.id, Module.CALENDAR) == ()
        assert session.folder(folder.id).folder.name == folder.name

    def test_a_default_folder_may_be_cleared(self, office: Office) -> None:
        session, id_ = office.session("anna"), office.default("anna", Module.CONTACTS)
        session.create(id_, Contact(last_name="A"))
        session.clear_folder(id_)
        assert session.ids(id_, Module.CONTACTS) == ()

    @pytest.mark.rule("1.6.clear")
    def test_without_the_right_to_delete_all_nothing_goes(self, office: Office) -> None:
        folder = office.private("anna", "a", Module.CALENDAR, office.grant("bruno", AUTHOR))
        item = office.session("anna").create(folder.id, meeting())
        with pytest.raises(Forbidden) as refusal:
            office.session("bruno").clear_folder(folder.id)
        assert refusal.value.code == "FLD-0032"
        assert office.session("anna").get(item.id, Module.CALENDAR).id == item.id

    def test_what_is_private_survives_a_clearing_by_others(self, office: Office) -> None:
        folder = office.private("anna", "a", Module.CALENDAR, office.grant("bruno", EDITOR))
        secret = office.session("anna").create(folder.id, meeting(private=True))
        office.session("anna").create(folder.id, meeting("Open"), ignore_conflicts=True)
        office.session("bruno").clear_folder(folder.id)
        assert office.session("anna").ids(folder.id, Module.CALENDAR) == (secret.id,)

    def test_meetings_of_others_are_left_and_live_on(self, office: Office) -> None:
        invited = meeting(participants=office.invite("bruno"))
        item = office.session("anna").create(office.default("anna"), invited)
        office.session("bruno").clear_folder(office.default("bruno"))
        assert office.session("bruno").ids(office.default("bruno"), Module.CALENDAR) == ()
        assert office.session("anna").get(item.id, Module.CALENDAR).id == item.id

    def test_the_global_address_book_is_never_cleared(self, office: Office) -> None:
        with pytest.raises(Forbidden):
            office.session("anna").clear_folder(GLOBAL_ADDRESS_BOOK)
