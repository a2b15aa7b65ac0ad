"""Who takes part, and with which answer (semantics reference, sections 5.2 to 5.4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import msgspec

from passerelle.model.errors import Contradiction, Invalid, Missing
from passerelle.model.folders import Folder, FolderType
from passerelle.model.ids import EVERYBODY, GroupId, ResourceId, UserId
from passerelle.model.items import Appointment, Task
from passerelle.model.participants import Answer, Participant, ParticipantKind
from passerelle.model.principals import Group, Resource, User
from passerelle.model.text import Text
from passerelle.store import Reading

Members = Callable[[GroupId], Iterable[UserId]]
"""Who belongs to a group."""

ByMail = Callable[[str], User | Resource | None]
"""Who or what in the directory has a mail address."""

Participants = tuple[Participant, ...]

MAX_PARTICIPANTS = 1000
_INTERNAL = (ParticipantKind.USER, ParticipantKind.GROUP, ParticipantKind.RESOURCE)


def user_participant(user: UserId, answer: Answer = Answer.NONE, message: str = "") -> Participant:
    """The entry of an internal user."""
    return Participant(kind=ParticipantKind.USER, id=user, answer=answer, message=message)


def is_user(participant: Participant, user: UserId) -> bool:
    """Whether an entry is that user's own."""
    return participant.kind is ParticipantKind.USER and participant.id == user


def find(participants: Participants, user: UserId) -> Participant | None:
    """The user's own entry."""
    return next((each for each in participants if is_user(each, user)), None)


def entered(participants: Participants) -> frozenset[UserId]:
    """The users with an entry of their own, whatever the answer in it."""
    return frozenset(UserId(one.id) for one in participants if one.kind is ParticipantKind.USER and one.id is not None)


def involved(participants: Participants, members: Members) -> frozenset[UserId]:
    """All users who take part, by an entry of their own or through a group."""
    users = set(entered(participants))
    for each in participants:
        if each.kind is ParticipantKind.GROUP and each.id is not None:
            users.update(members(GroupId(each.id)))
    return frozenset(users)


def check(item: Appointment | Task, before: Participants = ()) -> None:
    """Refuse a list of participants that cannot be.

    Raises:
        Missing: an external participant without a mail address (APP-0008, TSK-0044). Contradiction: one
        external participant stands twice (APP-0106); a task asks for a resource (TSK-0049). Invalid: there
        are too many.
    """
    is_task = isinstance(item, Task)
    if len(item.participants) > max(MAX_PARTICIPANTS, len(before)):
        raise Invalid(
            Text("At most {most} participants can be invited.", most=MAX_PARTICIPANTS),
            "participants",
        )
    seen = set()
    for each in item.participants:
        if each.kind in (ParticipantKind.EXTERNAL, ParticipantKind.EXTERNAL_GROUP):
            if not each.mail.strip():
                raise Missing("A participant from outside needs a mail address.", "participants",
                              "TSK-0044" if is_task else "APP-0008")  # fmt: skip
            if each.identity in seen:
                raise Contradiction(Text("{mail} is invited twice.", mail=each.mail), "APP-0106")
        elif each.kind is ParticipantKind.RESOURCE and is_task:
            raise Contradiction("A task cannot be given to a resource.", "TSK-0049")
        seen.add(each.identity)


def recognised(participant: Participant, by_mail: ByMail, *, resources: bool) -> Participant:
    """The entry as one of a user, or of a resource if it may be one, whom the directory knows by the mail address."""
    found = by_mail(participant.mail) if participant.kind is ParticipantKind.EXTERNAL else None
    if isinstance(found, User):
        return msgspec.structs.replace(participant, kind=ParticipantKind.USER, id=found.id)
    if isinstance(found, Resource) and resources:
        return msgspec.structs.replace(participant, kind=ParticipantKind.RESOURCE, id=found.id)
    return participant


def unique(participants: Participants) -> Participants:
    """The list without repetitions of internal participants; the first entry of each stays.

    Repeated external ones stay, to be refused: which of two names or answers is meant cannot be told.
    """
    first: dict[tuple[str, str], Participant] = {}
    for each in participants:
        first.setdefault(each.identity, each)
    return tuple(each for each in participants if each.kind not in _INTERNAL or first[each.identity] is each)


def on_create(participants: Participants, folder: Folder, actor: UserId) -> Participants:
    """The participants of a new appointment: the folder's kind says who joins by itself (section 5.2).

    Private: the owner of the folder, who has accepted unless another answer is given. Public: the acting
    user if nobody else is invited; an acting user who is invited has accepted.
    """
    if folder.type is FolderType.PRIVATE:
        return _joined(participants, folder.owner)
    if not participants or find(participants, actor) is not None:
        return _joined(participants, actor)
    return participants


def _joined(participants: Participants, user: UserId) -> Participants:
    if find(participants, user) is None:
        return (user_participant(user, Answer.ACCEPTED), *participants)
    return tuple(
        msgspec.structs.replace(each, answer=Answer.ACCEPTED)
        if is_user(each, user) and each.answer is Answer.NONE
        else each
        for each in participants
    )


def on_update(before: Participants, given: Participants, self_: UserId) -> Participants:
    """The participants after a change: who stays keeps the answer, for an update answers for nobody else.

    ``self_`` is the user on whose behalf the change is made: the acting user, or the owner of a shared
    folder. External participants have no account to answer with, so an answer given for them counts.
    """
    stored = {each.identity: each for each in before}
    return tuple(_kept(stored, each, self_) for each in given)


def _kept(stored: Mapping[tuple[str, str], Participant], given: Participant, self_: UserId) -> Participant:
    old = stored.get(given.identity)
    if old is None:
        return given
    may_answer = is_user(given, self_) or given.kind not in (ParticipantKind.USER, ParticipantKind.GROUP)
    answers = may_answer and given.answer is not Answer.NONE
    return msgspec.structs.replace(
        given,
        name=given.name or old.name,
        mail=given.mail or old.mail,
        answer=given.answer if answers else old.answer,
        message=(given.message or old.message) if answers else old.message,
    )


def check_owner_stays(before: Participants, after: Participants, folder: Folder) -> None:
    """Refuse to take the owner of a private folder off an appointment there.

    Raises:
        Contradiction: APP-0076.
    """
    if folder.type is not FolderType.PRIVATE or find(before, folder.owner) is None:
        return
    if find(after, folder.owner) is None:
        raise Contradiction("The owner of the calendar must stay a participant.", "APP-0076")


def with_answer(participants: Participants, user: UserId, answer: Answer, message: str) -> Participants:
    """The list with the user's answer; a user who takes part through a group gets an entry of the own."""
    if find(participants, user) is None:
        return (*participants, user_participant(user, answer, message))
    return tuple(
        msgspec.structs.replace(each, answer=answer, message=message) if is_user(each, user) else each
        for each in participants
    )


def without_answers(participants: Participants, self_: UserId) -> Participants:
    """The list after the time changed: everybody but ``self_`` has to answer again (section 5.3)."""
    return tuple(
        each if is_user(each, self_) else msgspec.structs.replace(each, answer=Answer.NONE, message="")
        for each in participants
    )


def require_known(tx: Reading, given: Participants) -> None:
    """Refuse internal participants that are not in the directory.

    Raises:
        Invalid: naming the first unknown one.
    """
    for each in given:
        if each.kind in _INTERNAL and not _is_known(tx, each):
            raise Invalid(Text("There is no {kind} {id}.", kind=each.kind, id=each.id or 0), "participants", "APP-0007")


def require_members(given: Participants, before: Participants, members: Members) -> None:
    """Refuse to give a task to a group of nobody.

    Raises:
        Contradiction: TSK-0052.
    """
    known = {each.identity for each in before}
    groups = (each for each in given if each.kind is ParticipantKind.GROUP and each.identity not in known)
    for each in groups:
        if not tuple(members(GroupId(each.id or 0))):
            raise Contradiction(Text("The group {id} has nobody who could do the task.", id=each.id or 0), "TSK-0052")


def _is_known(tx: Reading, participant: Participant) -> bool:
    found: User | Group | Resource | None
    if participant.id is None:
        return False
    if participant.kind is ParticipantKind.GROUP:
        if participant.id == EVERYBODY:
            return True
        found = tx.principals.group(GroupId(participant.id))
    elif participant.kind is ParticipantKind.RESOURCE:
        found = tx.principals.resource(ResourceId(participant.id))
    else:
        found = tx.principals.user(UserId(participant.id))
    return found is not None and not found.deleted
