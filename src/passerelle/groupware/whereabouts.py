"""A user's own time zone and language."""

from __future__ import annotations

import msgspec

from passerelle.groupware.actor import Actor
from passerelle.groupware.principal_rules import check_language
from passerelle.model.errors import NotFound
from passerelle.model.moments import zone_info
from passerelle.model.principals import User
from passerelle.model.text import Text
from passerelle.store import Writing


def choose(tx: Writing, actor: Actor, *, zone: str, locale: str) -> User:
    """Let the actor's appointments follow a zone, and pages and mails speak a language, from now on.

    Raises:
        NotFound: the user is gone.
        Invalid: there is no such zone, or we do not speak the language.
    """
    user = tx.principals.user(actor.user)
    if user is None or user.deleted:
        raise NotFound(Text("There is no user {user}.", user=actor.user))
    zone_info(zone)
    check_language(locale)
    return tx.principals.replace_user(msgspec.structs.replace(user, zone=zone, locale=locale))
