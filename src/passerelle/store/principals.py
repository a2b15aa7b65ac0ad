"""Users, groups and resources, live and removed (semantics reference, section 10): the directory."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import NamedTuple, TypeVar

import msgspec
from msgspec.structs import replace
from sqlalchemy import Select, Table, bindparam, delete, insert, select, update

from passerelle.model.errors import NotFound
from passerelle.model.ids import EVERYBODY, GroupId, ResourceId, Stamp, UserId
from passerelle.model.principals import Group, Resource, User
from passerelle.model.text import Text
from passerelle.store.among import among
from passerelle.store.block import Block, WritingBlock
from passerelle.store.clock import Sequence
from passerelle.store.content import encode
from passerelle.store.journal import Action, Kind, Row, record
from passerelle.store.principal_names import Principal, alike, beginning, rename
from passerelle.store.schema import DIRECTORY, groups, members, resources, users

P = TypeVar("P", User, Group, Resource)

_decode_user = msgspec.json.Decoder(User).decode
_decode_group = msgspec.json.Decoder(Group).decode
_decode_resource = msgspec.json.Decoder(Resource).decode


def _by_id(table: Table) -> Select[bytes]:
    return select(table.c.content).where(table.c.id == bindparam("id_"))


def _live(table: Table) -> Select[bytes]:
    return select(table.c.content).where(~table.c.deleted).order_by(table.c.id)


def _since(table: Table) -> Select[bytes]:
    return select(table.c.content).where(table.c.stamp >= bindparam("since_")).order_by(table.c.stamp)


_USER, _GROUP, _RESOURCE = _by_id(users), _by_id(groups), _by_id(resources)
_USERS, _GROUPS, _RESOURCES = _live(users), _live(groups), _live(resources)
_USERS_SINCE, _GROUPS_SINCE, _RESOURCES_SINCE = _since(users), _since(groups), _since(resources)
_BY_LOGIN = select(users.c.content, users.c.password_hash).where(
    users.c.login_key == bindparam("key_"), ~users.c.deleted
)
_USER_BY_MAIL = _USERS.where(users.c.mail_key == bindparam("key_"))
_RESOURCE_BY_MAIL = _RESOURCES.where(resources.c.mail_key == bindparam("key_"))
_ACCOUNTS = select(users.c.id, users.c.content, users.c.password_hash).where(
    among(users.c.id, "ids_"), ~users.c.deleted
)
_SOME = {
    kind: (select(table.c.content).where(among(table.c.id, "ids_")), decode)
    for kind, table, decode in (
        (Kind.USER, users, _decode_user),
        (Kind.GROUP, groups, _decode_group),
        (Kind.RESOURCE, resources, _decode_resource),
    )
}
_GROUPS_OF = select(members.c.group_id).where(members.c.user_id == bindparam("user_"))


class DirectoryChanges(NamedTuple):
    """What changed in the directory; removed principals are among them, flagged ``deleted``."""

    users: tuple[User, ...]
    groups: tuple[Group, ...]
    resources: tuple[Resource, ...]


class PrincipalsReading:
    """Looks up users, groups and resources. By id, removed ones are found too, flagged; else only live ones."""

    def __init__(self, block: Block) -> None:
        self._block = block

    def user(self, id_: UserId) -> User | None:
        """The user with an id, perhaps a removed one."""
        content = self._block.connection.scalar(_USER, {"id_": id_})
        return None if content is None else _decode_user(content)

    def group(self, id_: GroupId) -> Group | None:
        """The group with an id, perhaps a removed one."""
        content = self._block.connection.scalar(_GROUP, {"id_": id_})
        return None if content is None else _decode_group(content)

    def resource(self, id_: ResourceId) -> Resource | None:
        """The resource with an id, perhaps a removed one."""
        content = self._block.connection.scalar(_RESOURCE, {"id_": id_})
        return None if content is None else _decode_resource(content)

    def users(self) -> tuple[User, ...]:
        """All live users, by id."""
        return tuple(_decode_user(content) for content in self._block.connection.scalars(_USERS))

    def groups(self) -> tuple[Group, ...]:
        """All live groups that are stored, by id."""
        return tuple(_decode_group(content) for content in self._block.connection.scalars(_GROUPS))

    def resources(self) -> tuple[Resource, ...]:
        """All live resources, by id."""
        return tuple(_decode_resource(content) for content in self._block.connection.scalars(_RESOURCES))

    def groups_of(self, user: UserId) -> frozenset[GroupId]:
        """The groups a user is in, with the one of everybody."""
        return frozenset({EVERYBODY, *self._block.connection.scalars(_GROUPS_OF, {"user_": user})})

    def user_by_login(self, login: str) -> User | None:
        """The live user with a login, whatever its case."""
        found = self.credentials(login)
        return None if found is None else found[0]

    def credentials(self, login: str) -> tuple[User, str | None] | None:
        """The live user with a login, and the hash of the password; None there if the user has none."""
        row = self._block.connection.execute(_BY_LOGIN, {"key_": login.casefold()}).first()
        return None if row is None else (_decode_user(row[0]), row[1])

    def by_mail(self, mail: str) -> User | Resource | None:
        """The live user, else the live resource, with a mail address, whatever its case."""
        if not mail:
            return None
        key = {"key_": mail.casefold()}
        content = self._block.connection.scalar(_USER_BY_MAIL, key)
        if content is not None:
            return _decode_user(content)
        content = self._block.connection.scalar(_RESOURCE_BY_MAIL, key)
        return None if content is None else _decode_resource(content)

    def some(self, ids: Iterable[tuple[Kind, int]]) -> list[Principal]:
        """Those with some kinds and ids, perhaps removed ones; users first, then groups, then resources."""
        by_kind: dict[Kind, list[int]] = {kind: [] for kind in _SOME}
        for kind, id_ in ids:
            by_kind[kind].append(id_)
        found: list[Principal] = []
        for kind, wanted in by_kind.items():
            if wanted:
                query, decode = _SOME[kind]
                found += [decode(content) for content in self._block.connection.scalars(query, {"ids_": wanted})]
        return found

    def beginning(self, start: str, most: int) -> list[Principal]:
        """At most so many of whom a word of the name, the address or the login begins with a text, without accents."""
        return self.some(beginning(self._block, start, most))

    def alike(self, name: str) -> list[Principal]:
        """Those who have a name, apart from case and accents; perhaps as the end of theirs."""
        return self.some(alike(self._block, name))

    def seals(self, ids: Iterable[UserId]) -> dict[UserId, bytes]:
        """For each of several live users something that differs once the account, the password included, changes."""
        return {
            UserId(id_): sha256(content + (password_hash or "").encode()).digest()
            for id_, content, password_hash in self._block.connection.execute(_ACCOUNTS, {"ids_": list(ids)})
        }

    def changed_since(self, stamp: Stamp) -> DirectoryChanges:
        """What changed at ``stamp`` or later, in the order of change."""
        scalars, since = self._block.connection.scalars, {"since_": stamp}
        return DirectoryChanges(
            tuple(_decode_user(content) for content in scalars(_USERS_SINCE, since)),
            tuple(_decode_group(content) for content in scalars(_GROUPS_SINCE, since)),
            tuple(_decode_resource(content) for content in scalars(_RESOURCES_SINCE, since)),
        )

    def clock(self) -> Stamp:
        """The position of the last change in the directory."""
        return Stamp(self._block.positions.counter(DIRECTORY))


class PrincipalsWriting(PrincipalsReading):
    """Adds, replaces and removes principals. Ids of the three kinds come from one sequence."""

    def __init__(self, block: WritingBlock) -> None:
        super().__init__(block)
        self._writing = block
        self._ids = Sequence(block.connection, "principal")

    def add_user(  # noqa: PLR0913 - what a user is made of
        self,
        login: str,
        display_name: str,
        *,
        first_name: str = "",
        last_name: str = "",
        email: str = "",
        zone: str = "UTC",
        locale: str = "en",
        password_hash: str | None = None,
    ) -> User:
        """Add a user under a new id. The login must not be in use (``IntegrityError`` otherwise)."""
        user = User(
            id=UserId(self._ids.take()),
            login=login,
            display_name=display_name,
            first_name=first_name,
            last_name=last_name,
            email=email,
            zone=zone,
            locale=locale,
        )
        added = self.put(user)
        if password_hash is not None:
            self.set_password(user.id, password_hash)
        return added

    def add_group(self, name: str, display_name: str, members: tuple[UserId, ...] = ()) -> Group:
        """Add a group under a new id."""
        id_ = GroupId(self._ids.take())
        return self.put(Group(id=id_, name=name, display_name=display_name, members=members))

    def add_resource(self, name: str, display_name: str, email: str = "", description: str = "") -> Resource:
        """Add a resource under a new id."""
        id_ = ResourceId(self._ids.take())
        return self.put(Resource(id=id_, name=name, display_name=display_name, email=email, description=description))

    def replace_user(self, user: User) -> User:
        """Give a user new values; the password stays. Raises NotFound."""
        _existing(self.user(user.id), "user", user.id)
        return self.put(user)

    def replace_group(self, group: Group) -> Group:
        """Give a group new values, members included. Raises NotFound."""
        _existing(self.group(group.id), "group", group.id)
        return self.put(group)

    def put(self, principal: P) -> P:
        """Insert or replace a principal under its own id; return it with its new stamp."""
        stamped = replace(principal, stamp=self._writing.positions.take((DIRECTORY,)))
        if isinstance(stamped, User):
            login = {"login": stamped.login, "login_key": stamped.login.casefold()}
            self._store(users, Kind.USER, stamped, {**login, "mail_key": stamped.email.casefold()})
        elif isinstance(stamped, Group):
            self._store(groups, Kind.GROUP, stamped, {})
            self._store_members(stamped)
        else:
            self._store(resources, Kind.RESOURCE, stamped, {"mail_key": stamped.email.casefold()})
        return stamped

    def set_password(self, id_: UserId, password_hash: str | None) -> None:
        """Replace the hash of a user's password; None locks the user out. Raises NotFound.

        The directory's clock moves, so that whoever let the user in with the old password learns of it.
        """
        _existing(self.user(id_), "user", id_)
        self._writing.positions.take((DIRECTORY,))
        self._writing.connection.execute(update(users).where(users.c.id == id_).values(password_hash=password_hash))

    def remove_user(self, id_: UserId) -> Stamp:
        """Remove a user, also from all groups. The entry stays, flagged, to name authors. Raises NotFound."""
        user = _existing(self.user(id_), "user", id_)
        for group in self.groups():
            if id_ in group.members:
                self.put(replace(group, members=tuple(member for member in group.members if member != id_)))
        self.set_password(id_, None)
        return self.put(replace(user, deleted=True)).stamp

    def remove_group(self, id_: GroupId) -> Stamp:
        """Remove a group; its entry stays, flagged and without members. Raises NotFound."""
        group = _existing(self.group(id_), "group", id_)
        return self.put(replace(group, members=(), deleted=True)).stamp

    def remove_resource(self, id_: ResourceId) -> Stamp:
        """Remove a resource; its entry stays, flagged. Raises NotFound."""
        resource = _existing(self.resource(id_), "resource", id_)
        return self.put(replace(resource, deleted=True)).stamp

    def _store(self, table: Table, kind: Kind, principal: User | Group | Resource, columns: dict[str, str]) -> None:
        values = {
            **columns,
            "content": encode(principal),
            "stamp": principal.stamp,
            "deleted": principal.deleted,
        }
        connection = self._writing.connection
        previous = connection.scalar(_by_id(table), {"id_": principal.id})
        if previous is None:
            self._ids.pass_over(principal.id)
            connection.execute(insert(table), {"id": principal.id, **values})
        else:
            connection.execute(update(table).where(table.c.id == principal.id).values(values))
        rename(self._writing, principal)
        action = Action.CREATED if previous is None else Action.CHANGED
        action = Action.REMOVED if principal.deleted else action
        record(
            self._writing,
            [Row(DIRECTORY, principal.stamp, kind, principal.id, action, previous)],
        )

    def _store_members(self, group: Group) -> None:
        connection = self._writing.connection
        connection.execute(delete(members).where(members.c.group_id == group.id))
        rows = [{"group_id": group.id, "user_id": member} for member in dict.fromkeys(group.members)]
        if rows:
            connection.execute(insert(members), rows)


def _existing(principal: P | None, word: str, id_: int) -> P:
    if principal is None:
        raise NotFound(Text("There is no {word} {id}.", word=word, id=id_))
    return principal
