"""Folders and their rights."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerelle.model.errors import Invalid, Missing
from passerelle.model.folders import FULL, Folder, FolderType, Module, Right, Rights
from passerelle.model.ids import FolderId, Stamp, UserId
from passerelle.model.moments import from_milliseconds
from passerelle.model.principals import PrincipalKind
from passerelle.wire.oxxml import folder
from tests.strategies import folders
from tests.wire.oxxml.wire import elements, received, sent

OWN = Right(kind=PrincipalKind.USER, principal=3, rights=FULL)
CALENDAR = Folder(
    id=FolderId(31),
    parent=FolderId(1),
    name="Calendar",
    module=Module.CALENDAR,
    type=FolderType.PRIVATE,
    owner=UserId(3),
    is_default=True,
    created_by=UserId(3),
    created=from_milliseconds(1300000000000),
    modified_by=UserId(3),
    stamp=Stamp(1300000000000),
    rights=(OWN,),
)
SOMEBODY = UserId(4)


def test_a_folder_is_written_in_the_order_of_the_reference() -> None:
    assert folder.encode(CALENDAR, reader=UserId(3)).decode() == (
        "<ox:object_status>CREATE</ox:object_status><ox:title>Calendar</ox:title><ox:owner>3</ox:owner>"
        "<ox:module>calendar</ox:module><ox:type>private</ox:type><ox:defaultfolder>true</ox:defaultfolder>"
        "<ox:created_by>3</ox:created_by><ox:creation_time>1300000000000</ox:creation_time>"
        "<ox:modified_by>3</ox:modified_by><ox:last_modified>1300000000000</ox:last_modified>"
        "<ox:object_id>31</ox:object_id><ox:folder_id>1</ox:folder_id>"
        '<ox:permissions><ox:user ox:folderpermission="128" ox:objectreadpermission="128"'
        ' ox:objectwritepermission="128" ox:objectdeletepermission="128" ox:admin_flag="true">3</ox:user>'
        "</ox:permissions>"
    )


def test_another_user_s_private_folder_is_shared_and_hangs_below_3() -> None:
    said = received(folder.encode(CALENDAR, reader=SOMEBODY))
    assert (said.text("type"), said.text("folder_id")) == ("shared", "3")
    assert folder.read(said).shared


def test_the_global_address_book_hangs_below_2() -> None:
    book = folder.encode(_with(CALENDAR, id=6, parent=5, type=FolderType.PUBLIC), reader=SOMEBODY)
    assert received(book).text("folder_id") == "2"


def test_kde_is_helped_with_an_entry_of_its_own() -> None:
    said = received(folder.encode(CALENDAR, reader=SOMEBODY, explicit=Rights(folder=2, read=4)))
    assert [child.text for child in said.children("permissions")] == ["3", "4"]
    said = received(folder.encode(CALENDAR, reader=UserId(3), explicit=FULL))
    assert [child.text for child in said.children("permissions")] == ["3"]


def test_path_to_root_entries_are_shown_to_peers_that_know_them_only() -> None:
    path = Right(kind=PrincipalKind.GROUP, principal=7, rights=Rights(folder=2), system=True)
    public = _with(CALENDAR, rights=(OWN, path))
    assert folder.read(received(folder.encode(public, reader=SOMEBODY))).folder.rights == (OWN,)
    assert folder.read(received(folder.encode(public, reader=SOMEBODY, extended=True))).folder.rights == (OWN, path)


def test_rights_replace_the_whole_list() -> None:
    said = elements(
        '<ox:permissions><ox:group ox:folderpermission="4" ox:objectreadpermission="4" ox:objectwritepermission="2"'
        ' ox:objectdeletepermission="0" ox:admin_flag="TRUE">0</ox:group></ox:permissions>'
    )
    rights = Rights(folder=4, read=4, write=2, admin=True)
    assert folder.patch(said) == {"rights": (Right(kind=PrincipalKind.GROUP, principal=0, rights=rights),)}


@pytest.mark.parametrize(
    ("inner", "reason"),
    [
        ('<ox:user folderpermission="4">3</ox:user>', "folderpermission"),
        (
            '<ox:user ox:folderpermission="4" ox:objectreadpermission="4" ox:objectwritepermission="2">3</ox:user>',
            "objectdeletepermission",
        ),
    ],
)
def test_all_four_levels_are_mandatory_and_qualified(inner: str, reason: str) -> None:
    with pytest.raises(Missing, match=reason):
        folder.patch(elements(f"<ox:permissions>{inner}</ox:permissions>"))


@pytest.mark.parametrize(
    "inner",
    [
        "<ox:permissions><ox:robot>3</ox:robot></ox:permissions>",
        (
            '<ox:permissions><ox:user ox:folderpermission="129" ox:objectreadpermission="0"'
            ' ox:objectwritepermission="0" ox:objectdeletepermission="0">3</ox:user></ox:permissions>'
        ),
        (
            '<ox:permissions><ox:user ox:folderpermission="2" ox:objectreadpermission="0" ox:objectwritepermission="0"'
            ' ox:objectdeletepermission="0">Anton</ox:user></ox:permissions>'
        ),
        "<ox:module>unbound</ox:module>",
        "<ox:module>contacts</ox:module>",
        "<ox:type>shared</ox:type>",
    ],
)
def test_what_cannot_be_stored_is_refused(inner: str) -> None:
    with pytest.raises(Invalid):
        folder.patch(elements(inner))


def test_kde_s_empty_module_counts_as_absent() -> None:
    said = elements("<ox:title>Sub</ox:title><ox:folder_id>1</ox:folder_id><ox:type>private</ox:type><ox:module/>")
    assert folder.patch(said) == {"name": "Sub", "type": FolderType.PRIVATE}


def test_an_answer_of_an_unknown_module_is_a_structural_folder() -> None:
    said = elements("<ox:object_id>9</ox:object_id><ox:folder_id>0</ox:folder_id><ox:module>infostore</ox:module>")
    assert folder.read(said).folder.module is Module.SYSTEM


def test_an_answer_without_parent_is_refused() -> None:
    with pytest.raises(Missing):
        folder.read(elements("<ox:object_id>9</ox:object_id>"))


@given(folders())
def test_a_folder_reads_back_as_its_owner_sees_it(one: Folder) -> None:
    read = folder.read(received(folder.encode(one, reader=one.owner, extended=True)))
    assert read.folder == one
    assert not read.shared


@given(folders(), st.booleans())
def test_a_written_folder_arrives_as_it_was_meant(one: Folder, with_rights: bool) -> None:
    rights = one.rights if with_rights else None
    said = sent(folder.properties(name=one.name, module=one.module, type_=one.type, rights=rights))
    wanted: dict[str, object] = {"name": one.name, "module": one.module, "type": one.type}
    if rights is not None:
        wanted["rights"] = tuple(right for right in rights if not right.system)
    assert folder.patch(said) == wanted


def _with(one: Folder, **changes: object) -> Folder:
    return msgspec.structs.replace(one, **changes)
