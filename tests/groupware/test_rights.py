from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerelle.groupware.actor import Actor
from passerelle.groupware.rights import NOTHING, concerns, effective, is_visible, reaches
from passerelle.model.folders import Right, Rights
from passerelle.model.ids import EVERYBODY, GroupId, UserId
from passerelle.model.principals import PrincipalKind

folder_levels = st.sampled_from([0, 2, 4, 8, 128])
item_levels = st.sampled_from([0, 2, 4, 128])
rights_values = st.builds(
    Rights, folder=folder_levels, read=item_levels, write=item_levels, delete=item_levels, admin=st.booleans()
)
entries = st.lists(
    st.builds(Right, kind=st.sampled_from(PrincipalKind), principal=st.integers(0, 5), rights=rights_values),
    max_size=8,
)
actors = st.builds(
    lambda user, groups: Actor(UserId(user), frozenset({EVERYBODY, *map(GroupId, groups)})),
    st.integers(1, 5),
    st.sets(st.integers(1, 5), max_size=3),
)


@pytest.mark.rule("1.7.maximum")
@given(entries, actors)
def test_effective_rights_are_the_maximum_of_what_concerns_the_user(found: list[Right], actor: Actor) -> None:
    mine = [right.rights for right in found if concerns(right, actor)] or [NOTHING]
    result = effective(found, actor)
    for level in ("folder", "read", "write", "delete", "admin"):
        assert getattr(result, level) == max(getattr(one, level) for one in mine)


@given(entries, st.builds(Right, kind=st.sampled_from(PrincipalKind), principal=st.integers(0, 5),
                          rights=rights_values), actors)  # fmt: skip
def test_one_entry_more_never_takes_a_right_away(found: list[Right], more: Right, actor: Actor) -> None:
    before, after = effective(found, actor), effective([*found, more], actor)
    assert all(one <= other for one, other in zip(_levels(before), _levels(after), strict=True))


@given(entries, actors, st.integers(1, 5))
def test_joining_a_group_never_takes_a_right_away(found: list[Right], actor: Actor, group: int) -> None:
    joined = Actor(actor.user, actor.groups | {GroupId(group)})
    before, after = effective(found, actor), effective(found, joined)
    assert all(one <= other for one, other in zip(_levels(before), _levels(after), strict=True))


@given(entries, actors)
def test_entries_of_others_grant_nothing(found: list[Right], actor: Actor) -> None:
    others = [right for right in found if not concerns(right, actor)]
    assert effective(others, actor) == NOTHING
    assert not is_visible(NOTHING)


@pytest.mark.rule("2.1.values")
@given(item_levels, st.integers(1, 3), actors)
def test_who_reaches_foreign_items_reaches_the_own(level: int, creator: int, actor: Actor) -> None:
    if reaches(level, UserId(creator), actor):
        assert reaches(level, actor.user, actor)


@pytest.mark.rule("2.1.everybody")
def test_everybody_s_entry_counts_for_every_user() -> None:
    right = Right(kind=PrincipalKind.GROUP, principal=EVERYBODY, rights=Rights(folder=2))
    assert is_visible(effective([right], Actor(UserId(9), frozenset({EVERYBODY}))))


@pytest.mark.rule("1.7.visible")
def test_an_administrator_sees_the_folder_without_any_other_right() -> None:
    assert is_visible(Rights(admin=True))
    assert not is_visible(Rights(read=4, write=4, delete=4))


def _levels(rights: Rights) -> tuple[int, ...]:
    return tuple(int(value) for value in msgspec.structs.astuple(rights))
