from __future__ import annotations

import pytest

from passerelle.model.errors import Contradiction, Forbidden, NotFound, Refused, Stale
from passerelle.model.folders import (
    GLOBAL_ADDRESS_BOOK,
    PRIVATE,
    PUBLIC,
    SHARED,
    FolderType,
    Module,
    Right,
    Rights,
)
from passerelle.model.ids import FolderId, Stamp
from passerelle.model.principals import PrincipalKind
from tests.groupware.office import EDITOR, FULL_RIGHTS, READER, VISITOR, Office, meeting


def move_refused(office: Office, login: str, id_: FolderId, parent: FolderId) -> str:
    with pytest.raises(Refused) as refusal:
        office.session(login).update_folder(id_, parent=parent)
    return refusal.value.code


class TestUpdate:
    """Names, modules and rights (semantics reference, section 1.5)."""

    def test_a_folder_is_renamed_and_gets_a_new_stamp(self, office: Office) -> None:
        folder = office.private("anna", "Old")
        renamed = office.session("anna").update_folder(folder.id, name="New", expected=folder.stamp)
        assert renamed.name == "New"
        assert renamed.stamp > folder.stamp

    def test_a_change_of_nothing_succeeds_and_leaves_the_stamp(self, office: Office) -> None:
        folder = office.private("anna", "Old")
        assert office.session("anna").update_folder(folder.id, name="Old") == folder

    def test_an_older_version_cannot_be_changed(self, office: Office) -> None:
        folder = office.private("anna", "Old")
        with pytest.raises(Stale):
            office.session("anna").update_folder(folder.id, name="New", expected=Stamp(folder.stamp - 1))

    def test_a_version_from_the_future_is_accepted(self, office: Office) -> None:
        folder = office.private("anna", "Old")
        office.session("anna").update_folder(folder.id, name="New", expected=Stamp(folder.stamp + 1_000_000))

    @pytest.mark.rule("1.5.admin")
    def test_only_administrators_change_a_folder(self, office: Office) -> None:
        folder = office.public("anna", "X", Module.CALENDAR, office.grant("bruno", EDITOR))
        with pytest.raises(Forbidden) as refusal:
            office.session("bruno").update_folder(folder.id, name="Y")
        assert refusal.value.code == "FLD-0010"

    def test_an_invisible_folder_is_not_found(self, office: Office) -> None:
        with pytest.raises(NotFound):
            office.session("bruno").update_folder(office.default("anna"), name="Y")

    @pytest.mark.rule("1.5.name")
    def test_a_default_folder_keeps_its_name(self, office: Office) -> None:
        session, id_ = office.session("anna"), office.default("anna")
        with pytest.raises(Contradiction) as refusal:
            session.update_folder(id_, name="Diary")
        assert refusal.value.code == "FLD-0011"
        assert session.update_folder(id_, name="Calendar").name == "Calendar"

    @pytest.mark.rule("2.4.system")
    def test_a_system_folder_is_not_changed(self, office: Office) -> None:
        with pytest.raises(Forbidden):
            office.session("anna").update_folder(GLOBAL_ADDRESS_BOOK, name="Y")

    def test_a_name_that_is_taken_is_refused(self, office: Office) -> None:
        office.private("anna", "X")
        other = office.private("anna", "Y")
        with pytest.raises(Contradiction) as refusal:
            office.session("anna").update_folder(other.id, name="X")
        assert refusal.value.code == "FLD-0012"

    def test_an_empty_folder_may_hold_something_else(self, office: Office) -> None:
        folder = office.private("anna", "X")
        assert office.session("anna").update_folder(folder.id, module=Module.TASKS).module is Module.TASKS

    @pytest.mark.rule("1.5.module")
    def test_a_folder_with_items_keeps_its_module_and_so_does_a_default_one(self, office: Office) -> None:
        folder, session = office.private("anna", "X"), office.session("anna")
        session.create(folder.id, meeting())
        for id_ in (folder.id, office.default("anna")):
            with pytest.raises(Contradiction):
                session.update_folder(id_, module=Module.TASKS)

    @pytest.mark.rule("1.5.rights")
    def test_rights_replace_the_full_list(self, office: Office) -> None:
        folder = office.private("anna", "X", Module.CALENDAR, office.grant("bruno", READER))
        rights = (office.grant("anna", FULL_RIGHTS), office.grant("carla", READER))
        office.session("anna").update_folder(folder.id, rights=rights)
        assert office.session("carla").folder(folder.id).shared
        with pytest.raises(NotFound):
            office.session("bruno").folder(folder.id)

    @pytest.mark.rule("1.5.rights")
    def test_omitted_rights_are_kept(self, office: Office) -> None:
        folder = office.private("anna", "X", Module.CALENDAR, office.grant("bruno", READER))
        assert office.session("anna").update_folder(folder.id, name="Y").rights == folder.rights

    @pytest.mark.rule("1.5.rights")
    def test_an_empty_list_of_rights_is_refused(self, office: Office) -> None:
        with pytest.raises(Refused):
            office.session("anna").update_folder(office.private("anna", "X").id, rights=())

    @pytest.mark.rule("2.4.default")
    def test_the_owner_of_a_default_folder_stays_its_administrator(self, office: Office) -> None:
        with pytest.raises(Refused):
            office.session("anna").update_folder(office.default("anna"), rights=(office.grant("anna", EDITOR),))

    @pytest.mark.rule("1.2.shared")
    def test_a_shared_folder_is_shown_flat_below_the_shared_root(self, office: Office) -> None:
        folder = office.session("anna").create_folder(office.private("anna", "X").id, "Y")
        office.session("anna").update_folder(
            folder.id, rights=(office.grant("anna", FULL_RIGHTS), office.grant("bruno", READER))
        )
        view = office.session("bruno").folder(folder.id)
        assert (view.shared, view.folder.parent, view.effective) == (True, SHARED, READER)
        assert office.session("anna").folder(folder.id).folder.parent == folder.parent


class TestPublicPaths:
    """Path to root (semantics reference, section 1.7)."""

    def test_a_right_deep_down_shows_the_way_there_and_nothing_on_it(self, office: Office) -> None:
        session = office.session("anna")
        a = office.public("anna", "a")
        b = session.create_folder(a.id, "b")
        c = session.create_folder(b.id, "c", rights=(office.grant("anna", FULL_RIGHTS), office.grant("bruno", READER)))
        seen = office.session("bruno")
        assert [seen.folder(one.id).effective for one in (a, b, c)] == [VISITOR, VISITOR, READER]

    def test_the_way_is_closed_when_the_right_is_withdrawn(self, office: Office) -> None:
        session = office.session("anna")
        a = office.public("anna", "a")
        b = session.create_folder(a.id, "b", rights=(office.grant("anna", FULL_RIGHTS), office.grant("bruno", READER)))
        session.update_folder(b.id, rights=(office.grant("anna", FULL_RIGHTS),))
        with pytest.raises(NotFound):
            office.session("bruno").folder(a.id)

    @pytest.mark.rule("1.7.path")
    def test_a_client_that_echoes_path_entries_does_not_make_them_permanent(self, office: Office) -> None:
        session = office.session("anna")
        a = office.public("anna", "a")
        b = session.create_folder(a.id, "b", rights=(office.grant("anna", FULL_RIGHTS), office.grant("bruno", READER)))
        echoed = tuple(
            Right(kind=right.kind, principal=right.principal, rights=right.rights)
            for right in session.folder(a.id).folder.rights
        )
        session.update_folder(a.id, rights=echoed)
        session.delete_folder(b.id)
        with pytest.raises(NotFound):
            office.session("bruno").folder(a.id)

    @pytest.mark.rule("1.7.private")
    def test_a_private_folder_opens_no_way(self, office: Office) -> None:
        session = office.session("anna")
        a = office.private("anna", "a")
        b = session.create_folder(a.id, "b", rights=(office.grant("anna", FULL_RIGHTS), office.grant("bruno", READER)))
        with pytest.raises(NotFound):
            office.session("bruno").folder(a.id)
        assert office.session("bruno").folder(b.id).folder.parent == SHARED


class TestMove:
    """Another parent (semantics reference, section 1.5)."""

    def test_a_private_folder_moves_below_another_one(self, office: Office) -> None:
        a, b = office.private("anna", "a"), office.private("anna", "b")
        assert office.session("anna").update_folder(b.id, parent=a.id).parent == a.id

    @pytest.mark.rule("1.5.move")
    def test_default_folders_stay(self, office: Office) -> None:
        target = office.private("anna", "a").id
        assert move_refused(office, "anna", office.default("anna"), target) == "FLD-0021"

    @pytest.mark.rule("1.5.move")
    def test_shared_folders_stay(self, office: Office) -> None:
        folder = office.private("anna", "a", Module.CALENDAR, office.grant("bruno", EDITOR))
        assert move_refused(office, "bruno", folder.id, office.default("bruno")) == "FLD-0023"

    @pytest.mark.rule("1.5.move")
    def test_nothing_moves_into_a_shared_folder(self, office: Office) -> None:
        target = office.private("anna", "a", Module.CALENDAR, office.grant("bruno", EDITOR))
        assert move_refused(office, "bruno", office.private("bruno", "b").id, target.id) == "FLD-0024"

    @pytest.mark.rule("1.5.move")
    def test_system_folders_stay(self, office: Office) -> None:
        assert move_refused(office, "anna", GLOBAL_ADDRESS_BOOK, PRIVATE) == "FLD-0025"

    @pytest.mark.rule("1.5.move")
    def test_private_folders_stay_private_and_public_ones_public(self, office: Office) -> None:
        private, public = office.private("anna", "a").id, office.public("anna", "b").id
        assert move_refused(office, "anna", private, public) == "FLD-0026"
        assert move_refused(office, "anna", private, PUBLIC) == "FLD-0026"
        assert move_refused(office, "anna", public, private) == "FLD-0027"

    @pytest.mark.rule("1.5.move")
    def test_a_folder_moves_neither_into_itself_nor_below(self, office: Office) -> None:
        a = office.private("anna", "a").id
        b = office.session("anna").create_folder(a, "b").id
        assert move_refused(office, "anna", a, a) == "FLD-0028"
        assert move_refused(office, "anna", a, b) == "FLD-0045"

    @pytest.mark.rule("1.5.move")
    def test_the_target_must_allow_subfolders(self, office: Office) -> None:
        target = office.public("anna", "a", Module.CALENDAR, office.grant("bruno", READER))
        assert move_refused(office, "bruno", office.public("bruno", "b").id, target.id) == "FLD-0006"

    @pytest.mark.rule("1.5.move")
    def test_all_subfolders_must_be_the_mover_s_to_move(self, office: Office) -> None:
        a = office.public("anna", "a", Module.CALENDAR, office.grant("bruno", FULL_RIGHTS))
        office.session("bruno").create_folder(a.id, "b")
        target = office.public("anna", "c").id
        assert move_refused(office, "anna", a.id, target) == "FLD-0029"

    @pytest.mark.rule("1.5.move")
    def test_a_name_that_is_taken_in_the_target_is_refused(self, office: Office) -> None:
        a, b = office.private("anna", "a"), office.private("anna", "b")
        office.session("anna").create_folder(a.id, "b")
        assert move_refused(office, "anna", b.id, a.id) == "FLD-0012"

    @pytest.mark.rule("1.5.move")
    def test_both_parents_get_a_new_stamp(self, office: Office) -> None:
        session = office.session("anna")
        a, b = office.private("anna", "a"), office.private("anna", "b")
        c = session.create_folder(a.id, "c")
        before = session.folder(a.id).folder.stamp
        session.update_folder(c.id, parent=b.id)
        assert session.folder(a.id).folder.stamp > before
        assert session.folder(b.id).folder.stamp > b.stamp

    def test_a_public_way_moves_along(self, office: Office) -> None:
        session = office.session("anna")
        a, b = office.public("anna", "a"), office.public("anna", "b")
        c = session.create_folder(a.id, "c", rights=(office.grant("anna", FULL_RIGHTS), office.grant("bruno", READER)))
        session.update_folder(c.id, parent=b.id)
        assert office.session("bruno").folder(b.id).effective == VISITOR
        with pytest.raises(NotFound):
            office.session("bruno").folder(a.id)


def test_a_group_s_right_is_every_member_s(office: Office) -> None:
    folder = office.private("anna", "X", Module.CALENDAR, office.grant_group("staff", READER))
    for login in ("bruno", "carla"):
        assert office.session(login).folder(folder.id).effective == READER


def test_everybody_s_right_is_every_user_s(office: Office) -> None:
    everybody = Right(kind=PrincipalKind.GROUP, principal=0, rights=Rights(folder=2))
    folder = office.private("anna", "X", Module.CALENDAR, everybody)
    assert folder.type is FolderType.PRIVATE
    assert office.session("carla").folder(folder.id).effective == VISITOR
