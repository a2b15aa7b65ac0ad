"""Who has to do with an item, and under which address: the addressees of mails about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec
from msgspec import Struct

from passerelle.groupware.calendars import members_in
from passerelle.groupware.letters import Invitation, Party
from passerelle.groupware.participants import Participants, involved
from passerelle.model.folders import Folder, FolderType
from passerelle.model.ids import GroupId, ResourceId, UserId
from passerelle.model.participants import Participant, ParticipantKind
from passerelle.model.principals import User
from passerelle.model.records import ItemRecord
from passerelle.store import Reading

_EXTERNAL = (ParticipantKind.EXTERNAL, ParticipantKind.EXTERNAL_GROUP)


class Circle(Struct, frozen=True):
    """Who has to do with an item at one time: users, resources, and people from elsewhere by their address."""

    users: frozenset[UserId] = frozenset()
    resources: frozenset[ResourceId] = frozenset()
    externals: tuple[Participant, ...] = ()


class Directory:
    """Looks people up in the directory, each once."""

    def __init__(self, tx: Reading) -> None:
        self._tx = tx
        self._users: dict[UserId, User | None] = {}
        self._members = members_in(tx)

    def user(self, id_: UserId) -> User | None:
        """A user who is still there."""
        if id_ not in self._users:
            found = self._tx.principals.user(id_)
            self._users[id_] = None if found is None or found.deleted else found
        return self._users[id_]

    def circle(self, item: Invitation | None, owner: UserId) -> Circle:
        """Who has to do with an item: its owner and who takes part; nobody if there is none."""
        if item is None:
            return Circle()
        parties = item.participants
        rooms = (ResourceId(one.id) for one in parties if one.kind is ParticipantKind.RESOURCE and one.id is not None)
        return Circle(
            users=involved(parties, self._members) | {owner},
            resources=frozenset(rooms),
            externals=tuple(one for one in parties if is_outside(one)),
        )

    def party_of(self, id_: UserId) -> Party | None:
        """A user as somebody who writes or gets mail; None for one who is gone."""
        user = self.user(id_)
        return None if user is None else party(user)

    def resource(self, id_: ResourceId, like: Party) -> Party | None:
        """A resource's mailbox, read by people like ``like``; None without one."""
        found = self._tx.principals.resource(id_)
        if found is None or found.deleted or not found.email:
            return None
        return Party(mail=found.email, name=found.display_name, locale=like.locale, zone=like.zone)

    def organizer(self, item: Invitation, owner: UserId) -> Party:
        """Who organises an item: whom it names, else its owner. A user here is known by the id."""
        named = item.organizer
        if named is None or (named.id is None and not named.mail):
            return self.party_of(owner) or Party(mail="")
        user = self._tx.principals.user(UserId(named.id)) if named.id is not None else self._by_mail(named.mail)
        if user is not None and not user.deleted:
            return party(user)
        return Party(mail=named.mail, name=named.name)

    def addressed(self, item: Invitation) -> Invitation:
        """The item with a name and an address for each participant; groups are the people in them."""
        return msgspec.structs.replace(item, alarm=None, participants=tuple(self._addressed(item.participants)))

    def _addressed(self, participants: Participants) -> Iterator[Participant]:
        alone = {one.id for one in participants if one.kind is ParticipantKind.USER}
        for each in participants:
            if each.kind is ParticipantKind.USER and each.id is not None:
                yield self._named(each, UserId(each.id))
            elif each.kind is ParticipantKind.RESOURCE and each.id is not None:
                yield self._as_resource(each, ResourceId(each.id))
            elif each.kind is ParticipantKind.GROUP and each.id is not None:
                members = sorted(set(self._members(GroupId(each.id))) - alone)
                alone |= set(members)
                yield from (self._named(_member(each, one), one) for one in members)
            else:
                yield each

    def _named(self, participant: Participant, id_: UserId) -> Participant:
        user = self.user(id_)
        if user is None:
            return participant
        return msgspec.structs.replace(participant, name=user.display_name, mail=user.email)

    def _as_resource(self, participant: Participant, id_: ResourceId) -> Participant:
        found = self._tx.principals.resource(id_)
        if found is None:
            return participant
        return msgspec.structs.replace(participant, name=found.display_name, mail=found.email)

    def _by_mail(self, mail: str) -> User | None:
        found = self._tx.principals.by_mail(mail)
        return found if isinstance(found, User) else None


def is_outside(participant: Participant) -> bool:
    """Whether a participant is known by the mail address only."""
    return participant.kind in _EXTERNAL


def party(user: User) -> Party:
    """A user as somebody who writes or gets mail."""
    return Party(mail=user.email, name=user.display_name, user=user.id, locale=user.locale, zone=user.zone)


def owner_of(record: ItemRecord, home: Folder | None) -> UserId:
    """Whose item it is: the owner's of the calendar it lives in; in a public folder, who made it."""
    return home.owner if home is not None and home.type is FolderType.PRIVATE else record.created_by


def has_others(items: Iterable[Invitation], owner: UserId, actor: UserId) -> bool:
    """Whether anybody but the actor has to do with one of several items."""
    return owner != actor or any(_is_shared(item, actor) for item in items)


def _is_shared(item: Invitation, actor: UserId) -> bool:
    if item.organizer is not None and item.organizer.id != actor:
        return True
    return any(one.kind is not ParticipantKind.USER or one.id != actor for one in item.participants)


def _member(group: Participant, id_: UserId) -> Participant:
    return msgspec.structs.replace(group, kind=ParticipantKind.USER, id=id_)
