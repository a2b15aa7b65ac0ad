"""A user's choice of mails."""

from __future__ import annotations

import msgspec

from passerelle.groupware import reminders
from passerelle.groupware.actor import Actor
from passerelle.model.errors import NotFound
from passerelle.model.principals import Notices, User
from passerelle.model.text import Text
from passerelle.store import Writing


def choose(tx: Writing, actor: Actor, wishes: Notices) -> User:
    """Let the actor get these mails from now on.

    Raises:
        NotFound: the user is gone.
    """
    user = tx.principals.user(actor.user)
    if user is None or user.deleted:
        raise NotFound(Text("There is no user {user}.", user=actor.user))
    chosen = tx.principals.replace_user(msgspec.structs.replace(user, notices=wishes))
    reminders.rebuild(tx, chosen)
    return chosen
