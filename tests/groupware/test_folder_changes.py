from __future__ import annotations

import pytest

from passerelle.groupware import provision
from passerelle.groupware.views import FolderChanges
from passerelle.model.errors import NotFound
from passerelle.model.folders import GLOBAL_ADDRESS_BOOK, PRIVATE, PUBLIC, Module
from passerelle.model.ids import FolderId, Stamp
from tests.groupware.office import FULL_RIGHTS, READER, Office
from tests.support.work import counted


def now(office: Office) -> Stamp:
    """A stamp after everything that happened."""
    with office.store.reading() as tx:
        return Stamp(tx.folders.clock() + 1)


def ids(changes: FolderChanges) -> set[FolderId]:
    return {view.folder.id for view in changes.changed}


def test_a_user_sees_the_system_s_folders_the_address_book_and_the_own(office: Office) -> None:
    seen = ids(office.session("anna").folders())
    assert {PRIVATE, PUBLIC, GLOBAL_ADDRESS_BOOK} < seen
    assert {office.default("anna", module) for module in (Module.CALENDAR, Module.CONTACTS, Module.TASKS)} < seen
    assert not {office.default("bruno"), FolderId(5)} & seen


def test_every_visible_folder_has_a_visible_parent(office: Office) -> None:
    office.share_default("bruno", office.grant("anna", READER))
    session = office.session("anna")
    nested = session.create_folder(office.public("carla", "P", Module.TASKS, office.grant("anna", FULL_RIGHTS)).id, "N")
    session.create_folder(nested.id, "M")
    views = session.folders().changed
    assert all(view.folder.parent in {one.folder.id for one in views} for view in views)


def test_only_what_changed_is_listed(office: Office) -> None:
    since = now(office)
    folder = office.private("anna", "X")
    assert ids(office.session("anna").folders(since)) == {folder.id}
    assert ids(office.session("anna").folders(folder.stamp)) == {folder.id}
    assert office.session("anna").folders(now(office)) == FolderChanges(changed=())


def test_a_deleted_folder_is_gone_for_who_could_see_it_and_nobody_else(office: Office) -> None:
    folder = office.private("anna", "X", Module.CALENDAR, office.grant("bruno", READER))
    since = now(office)
    office.session("anna").delete_folder(folder.id)
    assert office.session("anna").folders(since).gone == (folder.id,)
    assert office.session("bruno").folders(since).gone == (folder.id,)
    assert office.session("carla").folders(since).gone == ()
    assert office.session("anna").folders(now(office)).gone == ()


def test_a_folder_whose_right_is_withdrawn_is_gone(office: Office) -> None:
    folder = office.private("anna", "X", Module.CALENDAR, office.grant("bruno", READER))
    since = now(office)
    office.session("anna").update_folder(folder.id, rights=(office.grant("anna", FULL_RIGHTS),))
    assert office.session("bruno").folders(since).gone == (folder.id,)
    assert office.session("carla").folders(since).gone == ()


def test_a_folder_that_one_never_saw_is_never_gone(office: Office) -> None:
    folder = office.private("anna", "Secret")
    office.session("anna").update_folder(folder.id, name="More secret")
    office.session("anna").delete_folder(folder.id)
    assert folder.id not in office.session("bruno").folders().gone


def test_a_new_right_makes_a_folder_appear(office: Office) -> None:
    since = now(office)
    folder = office.share_default("anna", office.grant("bruno", READER))
    assert ids(office.session("bruno").folders(since)) == {folder}


@pytest.mark.rule("1.7.group")
def test_who_leaves_a_group_loses_its_folders_and_who_joins_gets_them(office: Office) -> None:
    folder = office.private("anna", "X", Module.CALENDAR, office.grant_group("staff", READER))
    since = now(office)
    staff = office.group("staff")
    provision.change_group(office.store, staff.id, [office.user("carla").id])
    assert office.session("bruno").folders(since).gone == (folder.id,)
    assert ids(office.session("carla").folders(since)) == {folder.id}
    with pytest.raises(NotFound):
        office.session("bruno").folder(folder.id)
    since = now(office)
    provision.change_group(office.store, staff.id, [office.user("bruno").id])
    assert ids(office.session("bruno").folders(since)) == {folder.id}
    assert office.session("carla").folders(since).gone == (folder.id,)


def test_a_removed_group_takes_its_folders_along(office: Office) -> None:
    folder = office.private("anna", "X", Module.CALENDAR, office.grant_group("staff", READER))
    since = now(office)
    provision.remove_group(office.store, office.group("staff").id)
    assert office.session("bruno").folders(since).gone == (folder.id,)


def test_the_way_to_a_public_folder_goes_with_it(office: Office) -> None:
    a = office.public("anna", "a")
    b = office.session("anna").create_folder(
        a.id, "b", rights=(office.grant("anna", FULL_RIGHTS), office.grant("bruno", READER))
    )
    since = now(office)
    office.session("anna").delete_folder(b.id)
    assert set(office.session("bruno").folders(since).gone) == {a.id, b.id}


def test_where_all_folders_stand_is_asked_in_as_many_statements_however_many_there_are(office: Office) -> None:
    session = office.session("anna")
    with counted(office.store) as few:
        known = session.positions()
    for number in range(20):
        session.create_folder(PRIVATE, f"Number {number}", module=Module.TASKS)
    session.positions()  # the tree has changed, and is read anew
    with counted(office.store) as many:
        assert len(session.positions()) == len(known) + 20
    assert many.statements <= few.statements
