"""What an administrator does from the pages: each operation makes sure that the user is one, and notes who did it.

Who is an administrator is said on the command line, or by another administrator (docs/decisions/0037).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import final

from msgspec import Struct

from passerelle.groupware import provision
from passerelle.groupware.admin import groups, resources
from passerelle.groupware.admin.figures import Figures, figures
from passerelle.groupware.admin.removal import Fate, Removal, remove_user
from passerelle.groupware.admin.users import UserChange, change_user_in
from passerelle.groupware.audit import note_command
from passerelle.groupware.feeds import making
from passerelle.groupware.feeds.making import Listed
from passerelle.groupware.logins import current_logins
from passerelle.groupware.passwords import require_password
from passerelle.groupware.principal_rules import check_language, check_login
from passerelle.groupware.session import Session
from passerelle.model.errors import Contradiction, Forbidden, NotFound, Stale
from passerelle.model.ids import EVERYBODY, GroupId, ResourceId, Stamp, UserId
from passerelle.model.principals import Group, Resource, User
from passerelle.model.text import Text
from passerelle.store import Kind
from passerelle.store.blobs import Room
from passerelle.store.integrity.finding import Finding
from passerelle.store.logins import Login


class Organisation(Struct, frozen=True):
    """Everybody and everything, by name."""

    users: tuple[User, ...]
    groups: tuple[Group, ...]
    resources: tuple[Resource, ...]


@final
class Administration:
    """The operations of one administrator.

    Raises:
        Forbidden: by every operation, and when it is made: the user is none.
    """

    def __init__(self, session: Session) -> None:
        self._store = session.store
        self._id = session.user_id
        self._administrator()

    def organisation(self) -> Organisation:
        """All users, groups and resources."""
        self._administrator()
        with self._store.reading() as tx:
            users, things = tx.principals.users(), tx.principals.resources()
            named = [group for group in tx.principals.groups() if group.id != EVERYBODY]
        return Organisation(
            tuple(sorted(users, key=_name)), tuple(sorted(named, key=_name)), tuple(sorted(things, key=_name))
        )

    def add_user(self, draft: User, change: UserChange, password: str) -> User:
        """Add a user as drafted, then changed, in one transaction. Raises as :func:`provision.add_user`."""
        self._administrator()
        check_login(draft.login)
        check_language(draft.locale)
        with self._store.reading() as tx:
            require_password(tx, password, draft)
        hashed = provision.hash_password(password)
        with self._store.writing(self._id, provision.ORIGIN) as tx:
            return change_user_in(tx, provision.add_user_in(tx, draft, hashed), change)

    def change_user(self, id_: UserId, expected: Stamp, change: UserChange) -> User:
        """Change a user. Raises as :func:`admin.users.change_user`, and Stale: somebody did so meanwhile."""
        self._administrator()
        if id_ == self._id and (change.disabled is True or change.administrator is False):
            raise Contradiction("You cannot take your own administration away. Ask another administrator.")
        with self._store.writing(self._id, provision.ORIGIN) as tx:
            user = _known(tx.principals.user(id_))
            if user.stamp != expected:
                raise Stale(Text("{name} was changed meanwhile.", name=user.display_name))
            return change_user_in(tx, user, change)

    def set_password(self, id_: UserId, password: str) -> None:
        """Give a user a new password; every login of the user ends. Raises as :func:`provision.set_password`."""
        me = self._administrator()
        provision.set_password(self._store, self.user(id_).login, password)
        note_command(self._store, f"new password for user {id_}", me)

    def remove_user(self, id_: UserId, fate: Fate, heir: str | None) -> Removal:
        """Remove a user for good. Raises as :func:`admin.removal.remove_user`."""
        self._administrator()
        if id_ == self._id:
            raise Contradiction("You cannot remove yourself. Ask another administrator.")
        return remove_user(self._store, self.user(id_).login, fate, heir, by=self._id)

    def user(self, id_: UserId) -> User:
        """A user. Raises NotFound."""
        self._administrator()
        with self._store.reading() as tx:
            return _known(tx.principals.user(id_))

    def group(self, id_: GroupId) -> tuple[Group, tuple[User, ...]]:
        """A group and its members, by name. Raises NotFound."""
        self._administrator()
        with self._store.reading() as tx:
            group = tx.principals.group(id_)
            if group is None or group.deleted or id_ == EVERYBODY:
                raise NotFound("That group is gone.")
            found = tx.principals.some((Kind.USER, member) for member in group.members)
        return group, tuple(sorted((one for one in found if isinstance(one, User)), key=_name))

    def put_group(
        self, id_: GroupId | None, name: str, display_name: str, logins: Iterable[str], expected: Stamp | None = None
    ) -> Group:
        """Add a group, or give one all these values.

        Raises as :mod:`admin.groups`, and Stale: it was changed since the version that is ``expected``.
        """
        self._administrator()
        with self._store.reading() as tx:
            members = [provision.existing_user(tx, login).id for login in logins]
        if id_ is None:
            return groups.add_group(self._store, name, display_name, members, by=self._id)
        shown = display_name or name
        return groups.change_group(
            self._store, id_, members, name=name, display_name=shown, expected=expected, by=self._id
        )

    def remove_group(self, id_: GroupId) -> None:
        """Remove a group; its members stay. Raises NotFound."""
        self._administrator()
        groups.remove_group(self._store, id_, by=self._id)

    def resource(self, id_: ResourceId) -> Resource:
        """A resource. Raises NotFound."""
        self._administrator()
        with self._store.reading() as tx:
            found = tx.principals.resource(id_)
        if found is None or found.deleted:
            raise NotFound("That resource is gone.")
        return found

    def put_resource(self, wanted: Resource, expected: Stamp | None = None) -> Resource:
        """Add a resource, if its id is none, or give one all these values.

        Raises as :mod:`admin.resources`, and Stale: it was changed since the version that is ``expected``.
        """
        self._administrator()
        shown = wanted.display_name or wanted.name
        if wanted.id < 0:
            return resources.add_resource(
                self._store, wanted.name, shown, email=wanted.email, description=wanted.description, by=self._id
            )
        return resources.change_resource(
            self._store, wanted.id, name=wanted.name, display_name=shown, email=wanted.email,
            description=wanted.description, expected=expected, by=self._id,
        )  # fmt: skip

    def remove_resource(self, id_: ResourceId) -> None:
        """Remove a resource. Raises NotFound."""
        self._administrator()
        resources.remove_resource(self._store, id_, by=self._id)

    def logins(self) -> list[Login]:
        """Where everybody is logged in to the pages, the latest seen first."""
        self._administrator()
        return current_logins(self._store)

    def end_login(self, proof: str) -> None:
        """End a login. Raises NotFound: it has ended already."""
        me = self._administrator()
        with self._store.writing(self._id, provision.ORIGIN) as tx:
            login = tx.logins.get(proof)
            if login is None:
                raise NotFound("That login has ended already.")
            tx.logins.remove(proof)
        note_command(self._store, f"login of user {login.user} ended", me)

    def links(self) -> list[Listed]:
        """The links under which calendars are read without login, by who made them."""
        self._administrator()
        with self._store.reading() as tx:
            return making.listed(tx, tx.feeds.all())

    def revoke_link(self, id_: str) -> None:
        """Take somebody's link back. Raises NotFound: it is gone already."""
        making.revoke_any(self._store, id_, self._administrator())

    def figures(self) -> Figures:
        """How much there is, and what grows."""
        self._administrator()
        with self._store.reading() as tx:
            return figures(tx, datetime.now(UTC))

    def room(self) -> Room:
        """Room where the server keeps its files."""
        self._administrator()
        return self._store.room()

    def check(self) -> list[Finding]:
        """All that is wrong with the store; see :func:`soundness.check` for what that costs."""
        from passerelle.groupware import soundness  # noqa: PLC0415 - a server that starts checks nothing

        self._administrator()
        return soundness.check(self._store)

    def _administrator(self) -> User:
        with self._store.reading() as tx:
            user = tx.principals.user(self._id)
        if user is None or user.deleted or user.disabled or not user.administrator:
            raise Forbidden("Only administrators can do that.")
        return user


def _known(user: User | None) -> User:
    if user is None or user.deleted:
        raise NotFound("That user is gone.")
    return user


def _name(one: User | Group | Resource) -> str:
    return one.display_name.casefold()
