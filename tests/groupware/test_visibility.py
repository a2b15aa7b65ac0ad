from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerelle.groupware.actor import Actor
from passerelle.groupware.visibility import PATH_ENTRY, Tree, normal, path_entries
from passerelle.model.folders import FIRST_ORDINARY, PUBLIC, Folder, FolderType, Module, Right, Rights
from passerelle.model.ids import EVERYBODY, FolderId, GroupId, Stamp, UserId
from passerelle.model.moments import EPOCH
from passerelle.model.principals import PrincipalKind

ROOT_RIGHTS = (Right(kind=PrincipalKind.GROUP, principal=EVERYBODY, rights=Rights(folder=8)),)


def folder(id_: int, parent: int, rights: tuple[Right, ...], type_: FolderType = FolderType.PUBLIC) -> Folder:
    return Folder(
        id=FolderId(id_), parent=FolderId(parent), name=str(id_), module=Module.CALENDAR, type=type_,
        owner=UserId(1), created_by=UserId(1), created=EPOCH, modified_by=UserId(1), stamp=Stamp(1), rights=rights,
    )  # fmt: skip


@st.composite
def public_trees(draw: st.DrawFn) -> list[Folder]:
    """Public folders below the public root, each below an earlier one, with random entries."""
    found = [folder(PUBLIC, 0, ROOT_RIGHTS, FolderType.SYSTEM)]
    for id_ in range(FIRST_ORDINARY, FIRST_ORDINARY + draw(st.integers(1, 8))):
        parent = draw(st.sampled_from([one.id for one in found]))
        granted = draw(
            st.dictionaries(
                st.tuples(st.sampled_from(PrincipalKind), st.integers(1, 3)),
                st.builds(Rights, folder=st.sampled_from([0, 2, 8]), admin=st.booleans()),
                max_size=3,
            )
        )
        entries = tuple(Right(kind=kind, principal=p, rights=r) for (kind, p), r in granted.items())
        found.append(folder(id_, parent, entries))
    return found


def settled(folders: list[Folder]) -> list[Folder]:
    changed = path_entries(Tree(folders, Actor(UserId(1), frozenset())))
    return [msgspec.structs.replace(one, rights=changed.get(one.id, one.rights)) for one in folders]


actors = st.builds(
    lambda user, groups: Actor(UserId(user), frozenset({EVERYBODY, *map(GroupId, groups)})),
    st.integers(1, 3),
    st.sets(st.integers(1, 3), max_size=2),
)


@pytest.mark.rule("1.7.path")
@given(public_trees(), actors)
def test_whoever_sees_a_public_folder_sees_all_above_it(folders: list[Folder], actor: Actor) -> None:
    tree = Tree(settled(folders), actor)
    for one in tree.folders.values():
        if one.id >= FIRST_ORDINARY and tree.visible(one.id):
            assert tree.visible(one.parent)


@given(public_trees(), actors)
def test_path_entries_show_a_folder_and_grant_nothing_else(folders: list[Folder], actor: Actor) -> None:
    before, after = Tree(folders, actor), Tree(settled(folders), actor)
    for one in folders:
        old, new = before.effective(one), after.effective(after.folders[one.id])
        assert (new.read, new.write, new.delete, new.admin) == (old.read, old.write, old.delete, old.admin)
        assert new.folder == old.folder or (old.folder < 2 and new.folder == 2)


@given(public_trees())
def test_path_entries_are_settled_after_one_pass(folders: list[Folder]) -> None:
    once = settled(folders)
    assert settled(once) == once


@pytest.mark.rule("1.7.path")
@given(public_trees())
def test_path_entries_vanish_when_nobody_needs_them(folders: list[Folder]) -> None:
    leafless = [
        one if one.id < FIRST_ORDINARY else msgspec.structs.replace(one, rights=_only_path(one))
        for one in settled(folders)
    ]
    assert all(not one.rights for one in settled(leafless) if one.id >= FIRST_ORDINARY)


def _only_path(one: Folder) -> tuple[Right, ...]:
    return tuple(right for right in one.rights if right.system)


@pytest.mark.rule("1.7.path")
def test_path_entries_are_marked_so_that_editors_can_hide_them() -> None:
    user = Right(kind=PrincipalKind.USER, principal=2, rights=Rights(folder=2, read=4))
    a, b = folder(20, PUBLIC, ()), folder(21, 20, (user,))
    above = settled([folder(PUBLIC, 0, ROOT_RIGHTS, FolderType.SYSTEM), a, b])[1]
    assert above.rights == (Right(kind=PrincipalKind.USER, principal=2, rights=PATH_ENTRY, system=True),)
    assert normal(above.rights) == ()


def test_folders_that_are_each_below_the_other_are_walked_through_once() -> None:
    tree = Tree(
        [folder(50, 51, ()), folder(51, 52, ()), folder(52, 50, ()), folder(53, 52, ())], Actor(UserId(3), frozenset())
    )
    assert sorted(one.id for one in tree.below(FolderId(50))) == [51, 52, 53]
    assert [one.id for one in tree.above(tree.folders[FolderId(53)])] == [52, 50, 51]
