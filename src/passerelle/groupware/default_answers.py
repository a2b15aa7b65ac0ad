"""What users answer by default when they are invited (semantics reference, section 5.2).

Each user chooses one answer for invitations from private calendars and one for those from public ones. It is put in
where nobody said another answer, and only when somebody is newly invited: a new time asks everybody again.
"""

from __future__ import annotations

import msgspec

from passerelle.groupware.actor import Actor
from passerelle.groupware.participants import Participants
from passerelle.model.errors import NotFound
from passerelle.model.folders import Folder, FolderType
from passerelle.model.ids import UserId
from passerelle.model.participants import Answer, Participant, ParticipantKind
from passerelle.model.principals import User
from passerelle.model.text import Text
from passerelle.store import Reading, Writing


def choose(tx: Writing, actor: Actor, *, private: Answer, public: Answer) -> User:
    """Answer the actor's invitations so from now on; those that are there stay as they are.

    Raises:
        NotFound: the user is gone.
    """
    user = tx.principals.user(actor.user)
    if user is None or user.deleted:
        raise NotFound(Text("There is no user {user}.", user=actor.user))
    return tx.principals.replace_user(msgspec.structs.replace(user, answer_private=private, answer_public=public))


def filled(tx: Reading, participants: Participants, before: Participants, home: Folder) -> Participants:
    """The participants with the default answers of those users who were not among ``before`` and have given none."""
    known = {each.identity for each in before}
    return tuple(each if each.identity in known else _filled(tx, each, home) for each in participants)


def _filled(tx: Reading, each: Participant, home: Folder) -> Participant:
    if each.kind is not ParticipantKind.USER or each.id is None or each.answer is not Answer.NONE:
        return each
    user = tx.principals.user(UserId(each.id))
    if user is None:
        return each
    default = user.answer_private if home.type is FolderType.PRIVATE else user.answer_public
    return each if default is Answer.NONE else msgspec.structs.replace(each, answer=default)
