"""Groups and their members."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import Response

from passerelle.desk import saving
from passerelle.desk.administration.users import MODULE
from passerelle.desk.fields import lines
from passerelle.desk.parties import MOST
from passerelle.desk.visit import Typed, Visit
from passerelle.groupware.admin.administration import Administration
from passerelle.model.errors import Refused
from passerelle.model.ids import GroupId
from passerelle.model.principals import Group, User
from passerelle.model.text import Text


def page(administration: Administration, visit: Visit) -> Response:
    """The groups."""
    return visit.page("administration/groups.html", _list(administration))


def rows(administration: Administration, visit: Visit) -> Response:
    """The list alone."""
    return visit.page("administration/group_rows.html", _list(administration))


def form(administration: Administration, visit: Visit) -> Response:
    """The dialog of a group, or of a new one."""
    group, members = _named(administration, visit)
    values = {} if group is None else {"name": group.name, "display_name": group.display_name}
    return _dialog(visit, group, values | {"members": "\n".join(map(_line, members))})


def people(_administration: Administration, visit: Visit) -> Response:
    """Users whose names begin as what was typed, as the dialog has its members."""
    found = visit.session.lookup(visit.fields.get("who", ""), MOST)
    return visit.page("calendar/names.html", {"names": [_line(one) for one in found if isinstance(one, User)]})


def save(administration: Administration, visit: Visit) -> Response:
    """Add or change a group as the form says; if that is refused, the form says why."""
    group, _members = _named(administration, visit)
    logins = [_login(one) for one in lines(visit.fields.get("members", "")).split("\n") if one.strip()]
    name, shown = visit.fields.get("name", "").strip(), visit.fields.get("display_name", "").strip()
    try:
        expected = None if group is None else saving.stamp_of(visit)
        administration.put_group(None if group is None else group.id, name, shown, logins, expected)
    except Refused as error:
        return _dialog(visit, group, visit.fields, error)
    return visit.done(Text("The group is saved."))


def remove(administration: Administration, visit: Visit) -> Response:
    """Remove a group."""
    administration.remove_group(GroupId(visit.number("id")))
    return visit.done(Text("The group is removed."))


def _list(administration: Administration) -> dict[str, object]:
    return {"module": MODULE, "part": "groups", "groups": administration.organisation().groups}


def _named(administration: Administration, visit: Visit) -> tuple[Group | None, tuple[User, ...]]:
    return administration.group(GroupId(visit.number("id"))) if visit.fields.get("id") else (None, ())


def _line(user: User) -> str:
    """A member, as one line of the dialog."""
    return f"{user.display_name} <{user.login}>"


def _login(line: str) -> str:
    """The login in a line, which may be all of it."""
    return line.strip().rpartition("<")[2].removesuffix(">")


def _dialog(visit: Visit, group: Group | None, values: Mapping[str, str], error: Refused | None = None) -> Response:
    shown = {
        "record": group,
        "values": Typed(values),
        "error": None if error is None else visit.words.say(saving.reason(error)),
    }
    return visit.page("administration/group.html", shown, 200 if error is None else 422)
