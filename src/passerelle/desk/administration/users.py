"""Users: listed, added, changed, given a password, disabled and removed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec import UNSET
from starlette.responses import Response

from passerelle.desk import saving
from passerelle.desk.fields import whole
from passerelle.desk.visit import Typed, Visit
from passerelle.desk.zones import zone_names
from passerelle.groupware.admin.administration import Administration
from passerelle.groupware.admin.removal import Fate
from passerelle.groupware.admin.users import UserChange
from passerelle.model.errors import Invalid, Refused
from passerelle.model.ids import Stamp, UserId
from passerelle.model.principals import Capability, User
from passerelle.model.text import Text
from passerelle.translations import LANGUAGES

MODULE: Final = "/admin"
_SHOWN: Final = 200
_MIB: Final = 1024 * 1024
_MOST_MIB: Final = 1024 * 1024
_MOST: Final = 100_000
_TEXTS: Final = ("login", "first_name", "last_name", "display_name", "email", "zone")
CAPABILITIES: Final = {
    Capability.CALENDAR: Text("Calendar"),
    Capability.CONTACTS: Text("Contacts"),
    Capability.TASKS: Text("Tasks"),
    Capability.PUBLIC: Text("change public folders"),
    Capability.SHARED: Text("see folders of others"),
}


def page(administration: Administration, visit: Visit) -> Response:
    """The users."""
    return visit.page("administration/users.html", _list(administration, visit))


def rows(administration: Administration, visit: Visit) -> Response:
    """The list alone."""
    return visit.page("administration/user_rows.html", _list(administration, visit))


def form(administration: Administration, visit: Visit) -> Response:
    """The dialog of a user, or of a new one."""
    user = _named(administration, visit)
    blank = {"zone": visit.session.user.zone, "language": visit.session.user.locale[:2]}
    values = blank if user is None else _as_values(user)
    granted = {one.value for one in Capability} - (set() if user is None else {one.value for one in user.withheld})
    return _dialog(visit, user, values | {f"may_{name}": "1" for name in granted})


def save(administration: Administration, visit: Visit) -> Response:
    """Add or change a user as the form says; if that is refused, the form says why."""
    user = _named(administration, visit)
    try:
        change = _change(visit)
        if user is None:
            draft = _draft(visit)
            administration.add_user(draft, change, visit.fields.get("password", ""))
        else:
            administration.change_user(user.id, Stamp(visit.number("stamp")), change)
    except Refused as error:
        return _dialog(visit, user, visit.fields, error)
    return visit.done(Text("The user is saved."))


def password(administration: Administration, visit: Visit) -> Response:
    """The dialog for another password."""
    user = administration.user(UserId(visit.number("id")))
    return visit.page("administration/user_password.html", {"user": user, "error": None})


def set_password(administration: Administration, visit: Visit) -> Response:
    """Give a user another password; the old one and all logins end."""
    user = administration.user(UserId(visit.number("id")))
    try:
        administration.set_password(user.id, visit.fields.get("password", ""))
    except Refused as error:
        values = {"user": user, "error": visit.words.say(error.text)}
        return visit.page("administration/user_password.html", values, 422)
    return visit.done(Text("{name} has a new password.", name=user.display_name))


def removal(administration: Administration, visit: Visit) -> Response:
    """The dialog that asks what becomes of a user's items."""
    return _removal(administration, visit)


def remove(administration: Administration, visit: Visit) -> Response:
    """Remove a user for good."""
    fate = visit.fields.get("fate", "")
    heir = visit.fields.get("heir", "").strip() or None
    try:
        if fate not in {one.value for one in Fate}:
            raise Invalid("Say what becomes of the items.", "fate")
        done = administration.remove_user(UserId(visit.number("id")), Fate(fate), heir)
    except Refused as error:
        return _removal(administration, visit, error)
    return visit.done(done.told)


def _list(administration: Administration, visit: Visit) -> dict[str, object]:
    words = visit.fields.get("search", "").casefold().split()
    users = administration.organisation().users
    found = [one for one in users if all(word in _searched(one) for word in words)]
    limit = whole(visit.fields.get("limit", "") or str(_SHOWN), "limit", _MOST)
    more = limit + _SHOWN if len(found) > limit else 0
    return {
        "module": MODULE,
        "part": "users",
        "users": found[:limit],
        "count": len(found),
        "more": more,
        "search": visit.fields.get("search", ""),
    }


def _searched(user: User) -> str:
    return f"{user.login} {user.display_name} {user.email}".casefold()


def _named(administration: Administration, visit: Visit) -> User | None:
    return administration.user(UserId(visit.number("id"))) if visit.fields.get("id") else None


def _as_values(user: User) -> dict[str, str]:
    values = {name: str(getattr(user, name)) for name in _TEXTS}
    return values | {
        "language": user.locale[:2],
        "quota": "" if user.attachment_quota is None else str(user.attachment_quota // _MIB),
        "disabled": "1" if user.disabled else "",
        "administrator": "1" if user.administrator else "",
    }


def _draft(visit: Visit) -> User:
    """A new user, as far as one is made of the form's texts."""
    said = _texts(visit)
    shown = said["display_name"] or f"{said['first_name']} {said['last_name']}".strip() or said["login"]
    return User(
        id=UserId(0),
        login=said["login"],
        display_name=shown,
        first_name=said["first_name"],
        last_name=said["last_name"],
        email=said["email"],
        zone=said["zone"],
        locale=visit.fields.get("language", ""),
    )


def _change(visit: Visit) -> UserChange:
    """What the form says of a user.

    Raises:
        Invalid: the limit is no number.
    """
    fields, said = visit.fields, _texts(visit)
    quota = fields.get("quota", "").strip()
    return UserChange(
        login=said["login"],
        first_name=said["first_name"],
        last_name=said["last_name"],
        display_name=said["display_name"] or UNSET,
        email=said["email"],
        zone=said["zone"],
        locale=fields.get("language", ""),
        disabled="disabled" in fields,
        administrator="administrator" in fields,
        attachment_quota=whole(quota, "attachment_quota", _MOST_MIB) * _MIB if quota else None,
        withheld=frozenset(one for one in Capability if f"may_{one.value}" not in fields),
    )


def _texts(visit: Visit) -> dict[str, str]:
    return {name: visit.fields.get(name, "").strip() for name in _TEXTS}


def _dialog(visit: Visit, user: User | None, values: Mapping[str, str], error: Refused | None = None) -> Response:
    return visit.page(
        "administration/user.html",
        {
            "record": user,
            "values": Typed(values),
            "capabilities": CAPABILITIES,
            "languages": LANGUAGES,
            "zones": zone_names(),
            "is_self": user is not None and user.id == visit.session.user_id,
            "error": None if error is None else visit.words.say(saving.reason(error)),
        },
        200 if error is None else 422,
    )


def _removal(administration: Administration, visit: Visit, error: Refused | None = None) -> Response:
    user = administration.user(UserId(visit.number("id")))
    others = [one for one in administration.organisation().users if one.id != user.id]
    values = {
        "user": user,
        "others": others,
        "heir": visit.fields.get("heir", ""),
        "fate": visit.fields.get("fate", ""),
        "error": None if error is None else visit.words.say(error.text),
    }
    return visit.page("administration/user_removal.html", values, 200 if error is None else 422)
