"""Which names and addresses users, groups and resources may have (semantics reference, sections 3 and 10)."""

from __future__ import annotations

import re
import unicodedata

from passerelle.groupware.contacts import is_address
from passerelle.model.errors import Contradiction, Invalid, Missing
from passerelle.model.principals import Group, Resource, User
from passerelle.model.text import Text
from passerelle.store import Reading
from passerelle.translations import LANGUAGES, language_of

MAX_NAME = 255
_LOGIN = re.compile(r"[^\s:\x00-\x1f\x7f]{1,255}")


def check_user(tx: Reading, user: User, before: User | None = None) -> None:
    """Refuse what cannot be of a user, or is another one's. What was so before may stay so.

    Raises:
        Invalid: the login, a name or the address is malformed; another user is called so (CON-0167).
        Missing: there is no display name (CON-0166).
        Contradiction: the login or the address belongs to somebody else.
    """
    if before is None or user.login != before.login:
        check_login(user.login)
        found = tx.principals.user_by_login(user.login)
        if found is not None and found.id != user.id:
            raise Contradiction(Text("There is already a user with the login “{login}”.", login=user.login))
    for name in ("first_name", "last_name"):
        check_text(getattr(user, name), name)
    if before is None or user.display_name != before.display_name:
        _check_display_name(tx, user)
    if before is None or user.email != before.email:
        check_free_address(tx, user.email, user)


def check_login(login: str) -> None:
    """Refuse what cannot be sent with HTTP Basic authentication.

    Raises:
        Invalid: it is empty, too long, or holds blanks or colons.
    """
    if not _LOGIN.fullmatch(login):
        raise Invalid(
            Text("“{login}” cannot be a login: use characters without blanks and colons.", login=login), "login"
        )


def check_free_address(tx: Reading, email: str, owner: User | Resource) -> None:
    """Refuse what is no mail address, and one by which somebody else is found. An empty one is fine.

    Raises:
        Invalid: it is malformed (CON-0100).
        Contradiction: it belongs to another user or resource.
    """
    if email and not is_address(email):
        raise Invalid(Text("“{email}” is no mail address.", email=email), "email", "CON-0100")
    found = tx.principals.by_mail(email)
    if found is not None and (type(found), found.id) != (type(owner), owner.id):
        name = found.display_name
        raise Contradiction(Text("The mail address “{email}” belongs to “{name}” already.", email=email, name=name))


def check_free_name(tx: Reading, principal: Group | Resource) -> None:
    """Refuse the unique name of another group or of another resource, and names that cannot be.

    Raises:
        Missing: it is empty.
        Invalid: it is too long, or holds control characters.
        Contradiction: it is taken.
    """
    is_group = isinstance(principal, Group)
    if not principal.name.strip():
        raise Missing("A group needs a name." if is_group else "A resource needs a name.", "name")
    check_text(principal.name, "name")
    check_text(principal.display_name, "display_name")
    others: tuple[Group | Resource, ...] = tx.principals.groups() if is_group else tx.principals.resources()
    if any(one.name.casefold() == principal.name.casefold() and one.id != principal.id for one in others):
        if is_group:
            raise Contradiction(Text("There is already a group “{name}”.", name=principal.name))
        raise Contradiction(Text("There is already a resource “{name}”.", name=principal.name))


def check_language(language: str) -> None:
    """Refuse a language that we do not speak.

    Raises:
        Invalid: naming those that we do.
    """
    if language_of(language) != language[:2].lower():
        names = ", ".join(LANGUAGES)
        raise Invalid(
            Text(
                "“{text}” is no value for {name}. Use one of: {names}.", text=language, name="--language", names=names
            ),
            "language",
        )


def check_text(text: str, field: str) -> None:
    """Refuse names that nobody could read.

    Raises:
        Invalid: it is too long, or holds control characters.
    """
    if len(text) > MAX_NAME:
        raise Invalid(Text("A name can have {most} characters.", most=MAX_NAME), field)
    if any(unicodedata.category(character) == "Cc" for character in text):
        raise Invalid("A name cannot hold control characters.", field)


def _check_display_name(tx: Reading, user: User) -> None:
    name = user.display_name
    if not name.strip():
        raise Missing("A user needs a display name.", "display_name", "CON-0166")
    check_text(name, "display_name")
    if any(one.display_name.casefold() == name.casefold() and one.id != user.id for one in tx.principals.users()):
        message = Text("Another user is already called “{display_name}”.", display_name=name)
        raise Invalid(message, "display_name", "CON-0167")
