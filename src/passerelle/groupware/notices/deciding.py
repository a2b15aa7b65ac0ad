"""Who gets which notice of a change (semantics reference, section 5.9; RFC 5546, section 3.2).

Three gates stand before a user: the own settings, what was asked for when the item was saved, and the server's switch,
which is asked before any of this. Whose item it is is told in any case; so is everybody of a cancellation that the
own settings do not exclude. Who acts is never told. People from elsewhere always are, unless somebody else from
elsewhere organises the item: then that one alone is, of answers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cached_property

import msgspec
from msgspec import Struct

from passerelle.groupware.addressees import Circle, Directory
from passerelle.groupware.letters import Audience, Invitation, Notice, Party, Version
from passerelle.groupware.notices.deltas import Delta, What, what
from passerelle.groupware.occurrence_rules import with_deleted
from passerelle.groupware.participants import Participants, is_user
from passerelle.model.ids import UserId
from passerelle.model.items import Appointment
from passerelle.model.occurrences import extent
from passerelle.model.participants import Answer, Participant
from passerelle.model.principals import User

MANY = 100
"""Where more people take part, a mail names the first of them, and a person from elsewhere nobody else."""


class Telling(Struct, frozen=True):
    """A change by somebody, to an item of an owner. ``notify`` False: whoever saved it wants nobody here told."""

    delta: Delta
    actor: Party
    owner: UserId
    at: datetime
    notify: bool = True


def decide(people: Directory, telling: Telling) -> Iterator[Notice]:
    """All notices of one change; those without news for their recipient are not among them."""
    delta = telling.delta
    before, after = _live(delta.before), _live(delta.after)
    version = after or before
    if version is None or (_is_over(before, telling.at) and _is_over(after, telling.at)):
        return
    blank = Notice(
        audience=Audience.INTERNAL,
        recipient=telling.actor,
        actor=telling.actor,
        organizer=people.organizer(version.item, telling.owner),
        subject=delta.subject,
        at=telling.at,
        before=_shown(people, before),
        after=_shown(people, after),
        master=delta.master,
    )
    found = _Decision(people, telling, blank, *(_circle(people, one, telling.owner) for one in (before, after)))
    yield from found.internal()
    yield from found.resources()
    if blank.organizer.user is not None:
        yield from found.external()
    else:
        yield from found.replies()


def is_wanted(notice: Notice, user: User, owner: UserId, *, notify: bool) -> bool:
    """Whether a user wants to know, or has to."""
    wishes, happened = user.notices, what(notice.before, notice.after)
    if happened is What.ANSWERED:
        return wishes.answers_to_own if user.id in (owner, notice.organizer.user) else wishes.answers_to_others
    if user.id == owner:
        return True
    return wishes.changes and (notify or happened is What.CANCELLED)


class _Decision:
    """One change, and who had and has to do with it."""

    def __init__(self, people: Directory, telling: Telling, blank: Notice, before: Circle, after: Circle) -> None:
        self._people = people
        self._telling = telling
        self._blank = blank
        self._before = before
        self._after = after
        told, joined = (people.circle(one, telling.owner) for one in (telling.delta.told, telling.delta.joined))
        self._told = Circle(
            users=told.users | (joined.users - {telling.owner}),
            resources=told.resources | joined.resources,
            externals=told.externals + joined.externals,
        )

    def internal(self) -> Iterator[Notice]:
        """Plain notices to users."""
        users = (self._before.users | self._after.users) - self._told.users - {self._telling.actor.user}
        for id_ in sorted(users):
            user, recipient = self._people.user(id_), self._people.party_of(id_)
            if user is None or recipient is None or not recipient.mail:
                continue
            notice = self._for(
                recipient, Audience.INTERNAL, was=id_ in self._before.users, is_=id_ in self._after.users
            )
            if what(notice.before, notice.after) and is_wanted(
                notice, user, self._telling.owner, notify=self._telling.notify
            ):
                yield notice

    def resources(self) -> Iterator[Notice]:
        """Plain notices to the mailboxes of resources, which get what concerns their booking."""
        if not self._telling.notify and self._after.resources:
            return
        for id_ in sorted((self._before.resources | self._after.resources) - self._told.resources):
            recipient = self._people.resource(id_, self._telling.actor)
            if recipient is not None:
                was, is_ = id_ in self._before.resources, id_ in self._after.resources
                notice = self._for(recipient, Audience.INTERNAL, was=was, is_=is_)
                if what(notice.before, notice.after) not in (None, What.ANSWERED):
                    yield notice

    def external(self) -> Iterator[Notice]:
        """Invitations, updates and cancellations to people from elsewhere.

        A mail about a series that waits is to say which changed occurrences they miss, so those have it told anew.
        """
        delta = self._telling.delta
        known = () if delta.is_new_elsewhere else self._before.externals
        old = {one.identity: one for one in known if one.identity not in delta.lost_elsewhere}
        new = {one.identity: one for one in self._after.externals}
        told = {one.identity for one in self._told.externals}
        for identity, participant in {**old, **new}.items():
            if identity in told or not participant.mail:
                continue
            recipient = self._elsewhere(participant.mail, participant.name)
            notice = self._for(recipient, Audience.EXTERNAL, was=identity in old, is_=identity in new)
            if delta.exceptions or what(notice.before, notice.after) not in (None, What.ANSWERED):
                yield self._to_outside(notice, participant)

    def replies(self) -> Iterator[Notice]:
        """Answers of users here to whoever from elsewhere invited them."""
        organizer, before, after = self._blank.organizer, self._blank.before, self._blank.after
        if before is None or not organizer.mail:
            return
        for old in before.item.participants:
            new = _answer_in(after, old, self._telling.owner)
            person = self._people.party_of(UserId(old.id)) if old.id is not None else None
            if new is not None and person is not None and (new.answer, new.message) != (old.answer, old.message):
                yield msgspec.structs.replace(
                    self._blank,
                    audience=Audience.ORGANIZER,
                    recipient=self._elsewhere(organizer.mail, organizer.name),
                    after=after or _with_answer(before, new),
                    answering=person,
                    answer=new.answer,
                    message=new.message,
                )

    def _for(self, recipient: Party, audience: Audience, *, was: bool, is_: bool) -> Notice:
        return msgspec.structs.replace(
            self._blank,
            audience=audience,
            recipient=recipient,
            before=self._blank.before if was else None,
            after=self._blank.after if is_ else None,
        )

    def _elsewhere(self, mail: str, name: str) -> Party:
        """Somebody whose language and zone we do not know: those of whoever writes are the best guess."""
        actor = self._telling.actor
        return Party(mail=mail, name=name, locale=actor.locale, zone=actor.zone)

    def _to_outside(self, notice: Notice, participant: Participant) -> Notice:
        known = tuple(one for one, people in self._exceptions if participant.identity in people)
        missed = (one.recurrence_id for one, people in self._exceptions if participant.identity not in people)
        return msgspec.structs.replace(
            notice,
            before=_alone(notice.before, participant),
            after=_without(_alone(notice.after, participant), tuple(key for key in missed if key is not None)),
            exceptions=known,
        )

    @cached_property
    def _exceptions(self) -> Sequence[tuple[Appointment, frozenset[tuple[str, str]]]]:
        """The changed occurrences of a series with all addresses, each with who takes part in it."""
        found = (self._people.addressed(one) for one in self._telling.delta.exceptions)
        people = (frozenset(each.identity for each in one.participants) for one in self._telling.delta.exceptions)
        return [(one, who) for one, who in zip(found, people, strict=True) if isinstance(one, Appointment)]


def _live(version: Version | None) -> Version | None:
    """The version, unless it is called off."""
    if version is None or (isinstance(version.item, Appointment) and version.item.cancelled):
        return None
    return version


def _circle(people: Directory, version: Version | None, owner: UserId) -> Circle:
    return people.circle(None if version is None else version.item, owner)


def _shown(people: Directory, version: Version | None) -> Version | None:
    return None if version is None else msgspec.structs.replace(version, item=people.addressed(version.item))


def _is_over(version: Version | None, now: datetime) -> bool:
    """Whether an appointment has ended, or was none."""
    if version is None:
        return True
    end = extent(version.item)[1] if isinstance(version.item, Appointment) else None
    return isinstance(version.item, Appointment) and end is not None and end < now


def _alone(version: Version | None, participant: Participant) -> Version | None:
    """The version as one person from elsewhere gets it."""
    if version is None or len(version.item.participants) <= MANY:
        return version
    only: Participants = tuple(one for one in version.item.participants if one.identity == participant.identity)
    item: Invitation = msgspec.structs.replace(version.item, participants=only)
    return msgspec.structs.replace(version, item=item)


def _with_answer(version: Version, answered: Participant) -> Version:
    """The version with another answer of a participant: what is left to tell of an item that is deleted."""
    parties = tuple(answered if one.identity == answered.identity else one for one in version.item.participants)
    item: Invitation = msgspec.structs.replace(version.item, participants=parties)
    return msgspec.structs.replace(version, item=item)


def _without(version: Version | None, missed: tuple[datetime, ...]) -> Version | None:
    """The series as somebody has it who is not invited to some changed occurrences: without these."""
    item = None if version is None else version.item
    if version is None or not missed or not isinstance(item, Appointment) or item.recurrence is None:
        return version
    return msgspec.structs.replace(version, item=with_deleted(item, *missed))


def _answer_in(after: Version | None, old: Participant, owner: UserId) -> Participant | None:
    """The same participant afterwards; who deleted the item has declined."""
    if old.id is None or not is_user(old, UserId(old.id)):
        return None
    if after is None:
        return msgspec.structs.replace(old, answer=Answer.DECLINED, message="") if old.id == owner else None
    return next((one for one in after.item.participants if one.identity == old.identity), None)
