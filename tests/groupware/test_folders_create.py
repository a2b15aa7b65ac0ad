from __future__ import annotations

import pytest

from passerelle.model.errors import Contradiction, Forbidden, Invalid, Missing, NotFound, Refused
from passerelle.model.folders import (
    FULL,
    GLOBAL_ADDRESS_BOOK,
    PRIVATE,
    PUBLIC,
    SHARED,
    SYSTEM,
    FolderType,
    Module,
    Right,
    Rights,
)
from passerelle.model.ids import FolderId
from passerelle.model.principals import PrincipalKind
from tests.groupware.office import EDITOR, FULL_RIGHTS, READER, VISITOR, Office


def code_of(refusal: pytest.ExceptionInfo[Refused]) -> str:
    return refusal.value.code


def test_a_folder_below_the_private_root_is_private_and_the_creator_s(office: Office) -> None:
    folder = office.session("anna").create_folder(PRIVATE, "Holidays", module=Module.CALENDAR)
    assert (folder.type, folder.owner, folder.created_by) == (FolderType.PRIVATE, *[office.user("anna").id] * 2)
    assert folder.rights == (Right(kind=PrincipalKind.USER, principal=office.user("anna").id, rights=FULL),)
    assert folder.id >= 20


def test_a_folder_below_the_public_root_is_public(office: Office) -> None:
    assert office.session("anna").create_folder(PUBLIC, "Fairs", module=Module.CALENDAR).type is FolderType.PUBLIC


@pytest.mark.rule("1.4.3")
def test_the_type_is_dictated_by_the_parent(office: Office) -> None:
    with pytest.raises(Contradiction) as refusal:
        office.session("anna").create_folder(PRIVATE, "X", module=Module.TASKS, type_=FolderType.PUBLIC)
    assert code_of(refusal) == "FLD-0013"


@pytest.mark.rule("1.4.5")
def test_a_calendar_folder_may_hold_folders_of_other_modules_and_lends_its_own(office: Office) -> None:
    session, parent = office.session("anna"), office.default("anna")
    assert session.create_folder(parent, "Same").module is Module.CALENDAR
    assert session.create_folder(parent, "Jobs", module=Module.TASKS).module is Module.TASKS


def test_the_private_root_lends_no_module(office: Office) -> None:
    with pytest.raises(Missing):
        office.session("anna").create_folder(PRIVATE, "What for?")


@pytest.mark.rule("1.2.modules")
def test_structural_folders_cannot_be_made(office: Office) -> None:
    with pytest.raises(Contradiction) as refusal:
        office.session("anna").create_folder(PRIVATE, "X", module=Module.SYSTEM)
    assert code_of(refusal) == "FLD-0042"


@pytest.mark.parametrize("parent", [SHARED, SYSTEM, GLOBAL_ADDRESS_BOOK])
def test_nobody_makes_folders_below_the_system_s(office: Office, parent: FolderId) -> None:
    with pytest.raises(Forbidden) as refusal:
        office.session("anna").create_folder(parent, "X", module=Module.CONTACTS)
    assert code_of(refusal) == "FLD-0006"


@pytest.mark.rule("1.4.1")
def test_without_the_right_to_create_subfolders_there_are_none(office: Office) -> None:
    parent = office.share_default("anna", office.grant("bruno", READER))
    with pytest.raises(Forbidden) as refusal:
        office.session("bruno").create_folder(parent, "X")
    assert code_of(refusal) == "FLD-0006"


def test_an_invisible_parent_is_not_found(office: Office) -> None:
    with pytest.raises(NotFound):
        office.session("bruno").create_folder(office.default("anna"), "X")
    with pytest.raises(NotFound):
        office.session("bruno").create_folder(FolderId(4711), "X")


@pytest.mark.rule("1.4.4")
def test_a_folder_below_a_shared_one_belongs_to_the_owner_of_that(office: Office) -> None:
    parent = office.share_default("anna", office.grant("bruno", EDITOR))
    folder = office.session("bruno").create_folder(parent, "Projects")
    assert (folder.owner, folder.created_by) == (office.user("anna").id, office.user("anna").id)
    seen = office.session("bruno").folder(folder.id)
    assert seen.shared
    assert seen.effective == EDITOR
    assert office.session("anna").folder(folder.id).effective == FULL


@pytest.mark.rule("1.4.4")
def test_nobody_but_the_owner_administers_a_folder_below_a_shared_one(office: Office) -> None:
    parent = office.share_default("anna", office.grant("bruno", EDITOR))
    with pytest.raises(Contradiction):
        office.session("bruno").create_folder(parent, "X", rights=(office.grant("bruno", FULL_RIGHTS),))


@pytest.mark.rule("1.4.7")
def test_one_user_cannot_have_two_folders_of_a_name_below_the_private_root(office: Office) -> None:
    office.private("anna", "X")
    with pytest.raises(Contradiction) as refusal:
        office.private("anna", "x")
    assert code_of(refusal) == "FLD-0012"


def test_two_users_may_each_have_a_private_folder_of_a_name(office: Office) -> None:
    assert office.private("anna", "X").name == office.private("bruno", "X").name


def test_two_folders_of_a_name_may_differ_in_what_they_hold(office: Office) -> None:
    assert office.private("anna", "X").name == office.private("anna", "X", Module.TASKS).name


def test_two_users_cannot_make_public_folders_of_one_name(office: Office) -> None:
    office.public("anna", "X")
    with pytest.raises(Contradiction) as refusal:
        office.public("bruno", "X")
    assert code_of(refusal) == "FLD-0012"


@pytest.mark.rule("1.4.7")
@pytest.mark.parametrize("name", ["Global address book", "GLOBALES ADRESSBUCH", "Carnet d'adresses global"])
def test_the_names_of_the_global_address_book_are_reserved(office: Office, name: str) -> None:
    with pytest.raises(Contradiction):
        office.public("anna", name, Module.CONTACTS)


@pytest.mark.rule("1.5.name")
@pytest.mark.parametrize("name", ["", "   "])
def test_a_folder_needs_a_name(office: Office, name: str) -> None:
    with pytest.raises(Missing) as refusal:
        office.private("anna", name)
    assert code_of(refusal) == "FLD-0007"


@pytest.mark.parametrize("name", ["x" * 256, "a\x01b"])
def test_a_folder_s_name_is_short_and_printable(office: Office, name: str) -> None:
    with pytest.raises(Invalid):
        office.private("anna", name)


@pytest.mark.rule("2.4.public")
def test_the_creator_of_a_public_folder_administers_it_also_when_left_out(office: Office) -> None:
    folder = office.session("anna").create_folder(
        PUBLIC, "X", module=Module.CALENDAR, rights=(office.grant("bruno", FULL_RIGHTS),)
    )
    assert office.session("anna").folder(folder.id).effective.admin


def test_what_kde_grants_itself_is_enough(office: Office) -> None:
    mine = office.grant("anna", Rights(folder=8, read=2, write=2, delete=2, admin=True))
    folder = office.session("anna").create_folder(office.default("anna"), "KDE", rights=(mine,))
    assert folder.rights == (mine,)


@pytest.mark.rule("1.4.8")
def test_a_user_is_not_shown_two_shared_folders_that_look_alike(office: Office) -> None:
    office.private("anna", "Trips", Module.CALENDAR, office.grant("bruno", READER))
    other = office.private("anna", "Other").id
    with pytest.raises(Contradiction):
        office.session("anna").create_folder(
            other, "Trips", rights=(office.grant("anna", FULL_RIGHTS), office.grant("bruno", VISITOR))
        )


@pytest.mark.rule("1.4.stamp")
def test_a_new_subfolder_stamps_its_parent(office: Office) -> None:
    session, parent = office.session("anna"), office.default("anna")
    before = session.folder(parent).folder.stamp
    session.create_folder(parent, "X")
    assert session.folder(parent).folder.stamp > before


class TestPermissions:
    """Which entries a folder may carry (semantics reference, section 2.4)."""

    def refused(self, office: Office, login: str, rights: tuple[Right, ...], parent: FolderId = PRIVATE) -> str:
        with pytest.raises(Refused) as refusal:
            office.session(login).create_folder(parent, "X", module=Module.CALENDAR, rights=rights)
        return code_of(refusal)

    @pytest.mark.rule("1.4.6", "2.4.admin")
    def test_somebody_must_administer(self, office: Office) -> None:
        assert self.refused(office, "anna", (office.grant("anna", EDITOR),)) == "FLD-0018"

    def test_the_list_must_not_be_empty(self, office: Office) -> None:
        assert self.refused(office, "anna", ()) == "FLD-0018"

    @pytest.mark.rule("2.4.private")
    def test_a_private_folder_has_one_administrator(self, office: Office) -> None:
        both = (office.grant("anna", FULL_RIGHTS), office.grant("bruno", FULL_RIGHTS))
        assert self.refused(office, "anna", both) == "FLD-0015"

    @pytest.mark.rule("2.4.private")
    def test_a_group_cannot_administer_a_private_folder(self, office: Office) -> None:
        rights = (office.grant("anna", EDITOR), office.grant_group("staff", FULL_RIGHTS))
        assert self.refused(office, "anna", rights) == "FLD-0016"

    @pytest.mark.rule("2.4.private")
    def test_nobody_but_the_owner_administers_a_private_folder(self, office: Office) -> None:
        assert self.refused(office, "anna", (office.grant("bruno", FULL_RIGHTS),)) == "FLD-0017"

    @pytest.mark.rule("2.4.public")
    def test_a_public_folder_may_have_several_administrators(self, office: Office) -> None:
        both = (office.grant("anna", FULL_RIGHTS), office.grant("bruno", FULL_RIGHTS))
        folder = office.session("anna").create_folder(PUBLIC, "X", module=Module.TASKS, rights=both)
        assert office.session("bruno").folder(folder.id).effective.admin

    @pytest.mark.rule("1.4.9")
    def test_nobody_stands_twice_in_the_list(self, office: Office) -> None:
        twice = (office.grant("anna", FULL_RIGHTS), office.grant("bruno", READER), office.grant("bruno", VISITOR))
        self.refused(office, "anna", twice)

    @pytest.mark.rule("2.1.values")
    @pytest.mark.parametrize("level", [-2, 3, 130])
    def test_levels_are_even_and_at_most_128(self, office: Office, level: int) -> None:
        rights = (office.grant("anna", FULL_RIGHTS), office.grant("bruno", Rights(folder=2, read=level)))
        self.refused(office, "anna", rights)

    @pytest.mark.rule("2.4.principals")
    @pytest.mark.parametrize("principal", [-1, 2147483647, 4711])
    def test_rights_are_for_principals_that_exist(self, office: Office, principal: int) -> None:
        stranger = Right(kind=PrincipalKind.GROUP, principal=principal, rights=READER)
        assert self.refused(office, "anna", (office.grant("anna", FULL_RIGHTS), stranger)) == "FLD-0044"
