"""Groups: made, renamed, given other members, removed (semantics reference, section 10)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec

from passerelle.groupware import folders, group_lists
from passerelle.groupware.access import require_current
from passerelle.groupware.actor import ORIGIN, SYSTEM_USER
from passerelle.groupware.admin.dissolving import dissolve
from passerelle.groupware.admin.grants import withdraw
from passerelle.groupware.principal_rules import check_free_name
from passerelle.model.errors import NotFound
from passerelle.model.ids import EVERYBODY, GroupId, Stamp, UserId
from passerelle.model.principals import Group, PrincipalKind
from passerelle.model.text import Text
from passerelle.store import Reading, Store, Writing


def add_group(
    store: Store, name: str, display_name: str = "", members: Iterable[UserId] = (), *, by: UserId = SYSTEM_USER
) -> Group:
    """Add a group, and its distribution list to the global address book.

    Raises:
        Contradiction: the name is taken.
        NotFound: a member does not exist.
    """
    with store.writing(by, ORIGIN) as tx:
        return add_group_in(tx, name, display_name, members)


def add_group_in(tx: Writing, name: str, display_name: str = "", members: Iterable[UserId] = ()) -> Group:
    """Add a group within a transaction. Raises as :func:`add_group` does."""
    check_free_name(tx, Group(id=GroupId(-1), name=name, display_name=display_name))
    return group_lists.settle(tx, tx.principals.add_group(name, display_name or name, _existing(tx, members)))


def change_group(
    store: Store,
    id_: GroupId,
    members: Iterable[UserId] | None = None,
    *,
    name: str | None = None,
    display_name: str | None = None,
    expected: Stamp | None = None,
    by: UserId = SYSTEM_USER,
) -> Group:
    """Give a group other members or another name; what is None stays.

    The folders in which it holds rights change for those who came and went.

    Raises:
        NotFound: the group or a member does not exist.
        Contradiction: the name is another group's.
        Stale: it was changed since the version that is ``expected``.
    """
    with store.writing(by, ORIGIN) as tx:
        before = _group(tx, id_)
        require_current(before.stamp, expected)
        wanted = msgspec.structs.replace(
            before,
            name=before.name if name is None else name,
            display_name=before.display_name if display_name is None else display_name,
            members=before.members if members is None else _existing(tx, members),
        )
        if wanted == before:
            return before
        check_free_name(tx, wanted)
        return _store(tx, before, wanted)


def change_members(
    store: Store, id_: GroupId, *, joining: Iterable[UserId] = (), leaving: Iterable[UserId] = ()
) -> Group:
    """Let users into a group, and others out of it; who is in or out already stays so.

    Raises:
        NotFound: the group or a new member does not exist.
    """
    with store.writing(SYSTEM_USER, ORIGIN) as tx:
        return change_members_in(tx, id_, joining=joining, leaving=leaving)


def change_members_in(
    tx: Writing, id_: GroupId, *, joining: Iterable[UserId] = (), leaving: Iterable[UserId] = ()
) -> Group:
    """Change members within a transaction. Raises as :func:`change_members` does."""
    before = _group(tx, id_)
    members = tuple(sorted({*before.members, *_existing(tx, joining)} - set(leaving)))
    wanted = msgspec.structs.replace(before, members=members)
    return before if wanted == before else _store(tx, before, wanted)


def remove_group(store: Store, id_: GroupId, *, by: UserId = SYSTEM_USER) -> None:
    """Remove a group, with its distribution list and its rights in folders; its members stay invited where it was.

    Raises:
        NotFound: the group does not exist.
    """
    with store.writing(by, ORIGIN) as tx:
        group = _group(tx, id_)
        dissolve(tx, group, datetime.now(UTC))
        tx.principals.remove_group(id_)
        group_lists.settle(tx, msgspec.structs.replace(group, members=(), deleted=True))
        withdraw(tx, PrincipalKind.GROUP, id_)


def find_group(tx: Reading, name: str) -> Group:
    """The group with a unique name, whatever its case, or with that number.

    Raises:
        NotFound: there is none.
    """
    groups = tx.principals.groups()
    found = [group for group in groups if group.name.casefold() == name.casefold()]
    found += [group for group in groups if str(group.id) == name]
    if not found:
        raise NotFound(Text("There is no group “{name}”. “passerelle server group list” shows all.", name=name))
    return found[0]


def _store(tx: Writing, before: Group, wanted: Group) -> Group:
    changed = group_lists.settle(tx, tx.principals.replace_group(wanted))
    if wanted.members != before.members:
        folders.settle_group(tx, wanted.id)
    return changed


def _group(tx: Reading, id_: GroupId) -> Group:
    group = tx.principals.group(id_)
    if group is None or group.deleted or id_ == EVERYBODY:
        raise NotFound(Text("There is no group {id} that could be changed.", id=id_))
    return group


def _existing(tx: Reading, members: Iterable[UserId]) -> tuple[UserId, ...]:
    wanted = sorted(set(members))
    for id_ in wanted:
        user = tx.principals.user(id_)
        if user is None or user.deleted:
            raise NotFound(Text("There is no user {id}.", id=id_))
    return tuple(wanted)
