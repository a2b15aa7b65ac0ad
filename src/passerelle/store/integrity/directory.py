"""Folders, users, groups and resources: the columns that queries use repeat what the content says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial

import msgspec
from msgspec import Struct
from sqlalchemy import Row, Table, delete, insert, select, update

from passerelle.model.folders import Folder
from passerelle.model.ids import GroupId
from passerelle.model.principals import Group, Resource, User
from passerelle.model.text import Text
from passerelle.store.integrity.finding import BACKUP, Finding
from passerelle.store.principal_names import Principal, kind_of, names_of
from passerelle.store.schema import folders, groups, members, principal_names, resources, users
from passerelle.store.transaction import Reading, Writing

_REWRITTEN = Text("Write the columns anew from the content.")


class _Kind(Struct, frozen=True):
    """How one kind of object is kept: its table, its type, and the columns that repeat its content."""

    word: str
    table: Table
    type: type[Folder | User | Group | Resource]
    repeated: Callable[..., Mapping[str, object]]


def _of_folder(folder: Folder) -> Mapping[str, object]:
    return {"id": folder.id, "parent": folder.parent, "stamp": folder.stamp}


def _of_user(user: User) -> Mapping[str, object]:
    return {
        "id": user.id,
        "login": user.login,
        "login_key": user.login.casefold(),
        "mail_key": user.email.casefold(),
        "stamp": user.stamp,
        "deleted": user.deleted,
    }


def _of_group(group: Group) -> Mapping[str, object]:
    return {"id": group.id, "stamp": group.stamp, "deleted": group.deleted}


def _of_resource(resource: Resource) -> Mapping[str, object]:
    mail_key = resource.email.casefold()
    return {"id": resource.id, "mail_key": mail_key, "stamp": resource.stamp, "deleted": resource.deleted}


_KINDS = (
    _Kind("folder", folders, Folder, _of_folder),
    _Kind("user", users, User, _of_user),
    _Kind("group", groups, Group, _of_group),
    _Kind("resource", resources, Resource, _of_resource),
)


def columns_repeat_the_content(tx: Reading) -> Iterator[Finding]:
    """The content of each folder and principal can be read, and its columns repeat it."""
    for kind in _KINDS:
        decoder = msgspec.json.Decoder(kind.type)
        for row in tx.inspection.connection.execute(select(kind.table).order_by(kind.table.c.id)).all():
            yield from _look_at(kind, decoder, row)


def _look_at(
    kind: _Kind, decoder: msgspec.json.Decoder[Folder | User | Group | Resource], row: Row[*tuple[object, ...]]
) -> Iterator[Finding]:
    columns = row._mapping  # noqa: SLF001 - SQLAlchemy's documented name
    where = f"{kind.word} {columns['id']}"
    try:
        repeated = kind.repeated(decoder.decode(bytes(columns["content"])))
    except msgspec.MsgspecError:
        yield Finding(rule="content", where=where, what=Text("The content cannot be read."), remedy=BACKUP)
        return
    wrong = {name: value for name, value in repeated.items() if columns[name] != value}
    if not wrong:
        return
    is_other = "id" in wrong  # whose the row is then, nobody can tell
    yield Finding(
        rule="columns",
        where=where,
        what=Text("Columns disagree with the content: {names}.", names=", ".join(wrong)),
        remedy=BACKUP if is_other else _REWRITTEN,
        cure=None if is_other else partial(_rewrite, kind.table, columns["id"], wrong),
    )


def _rewrite(table: Table, id_: int, values: Mapping[str, object], tx: Writing) -> None:
    tx.inspection.connection.execute(update(table).where(table.c.id == id_).values(values))


def names_lead_to_those_who_have_them(tx: Reading) -> Iterator[Finding]:
    """The table that is asked for names holds those of all who are there, and no others."""
    kept: dict[tuple[str, int], set[bytes]] = {}
    for row in tx.inspection.connection.execute(select(principal_names)):
        kept.setdefault((row.kind, row.principal), set()).add(bytes(row.name))
    known: list[Principal] = [*tx.principals.users(), *tx.principals.groups(), *tx.principals.resources()]
    right = {(kind_of(one).value, int(one.id)): names_of(one) for one in known}
    for kind, id_ in sorted(kept.keys() | right.keys()):
        names = right.get((kind, id_), set())
        if kept.get((kind, id_), set()) != names:
            yield Finding(
                rule="columns",
                where=f"{kind} {id_}",
                what=Text("The table of names disagrees with the directory."),
                remedy=_REWRITTEN,
                cure=partial(_rename, kind, id_, names),
            )


def _rename(kind: str, id_: int, names: set[bytes], tx: Writing) -> None:
    connection = tx.inspection.connection
    here = (principal_names.c.kind == kind, principal_names.c.principal == id_)
    connection.execute(delete(principal_names).where(*here))
    if names:
        rows = [{"kind": kind, "principal": id_, "name": name} for name in names]
        connection.execute(insert(principal_names), rows)


def members_are_those_of_the_group(tx: Reading) -> Iterator[Finding]:
    """The table that is asked for a user's groups holds each group's members."""
    kept: dict[int, set[int]] = {}
    for group, user in tx.inspection.connection.execute(select(members.c.group_id, members.c.user_id)):
        kept.setdefault(group, set()).add(user)
    for group in tx.principals.groups():
        if kept.get(group.id, set()) != set(group.members):
            yield Finding(
                rule="columns",
                where=f"group {group.id}",
                what=Text("The table of members disagrees with the group."),
                remedy=_REWRITTEN,
                cure=partial(_rewrite_members, group.id),
            )


def _rewrite_members(id_: GroupId, tx: Writing) -> None:
    group = tx.principals.group(id_)
    connection = tx.inspection.connection
    connection.execute(delete(members).where(members.c.group_id == id_))
    if group is not None and group.members:
        rows = [{"group_id": id_, "user_id": member} for member in dict.fromkeys(group.members)]
        connection.execute(insert(members), rows)
